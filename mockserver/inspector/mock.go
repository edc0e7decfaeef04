package inspector

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Mock is the server that the pages are about. An account is named by its name, never by its key.
type Mock interface {
	// Welcome is what a page shows of the server, for a request: its address as the browser reaches it, and the account of the published key.
	Welcome(*http.Request) Welcome
	// Accounts lists the accounts, the last used first.
	Accounts() []Account
	// Client calls the control API for an account, inside the process. It is nil if there is no such account.
	Client(account string) *control.Client
	// Overview is the state of an account, as the control API's call account. ok is false if there is no such account.
	Overview(account string) (o control.Account, ok bool)
	// Do makes a call of the control API for an account, as a test makes it: path follows the prefix of the API, body is JSON or empty.
	Do(ctx context.Context, account, method, path string, body []byte) (status int, answer []byte)
	// Enter opens the account of a secret key and returns its name, or reports that the text is the admin token. The error says what is wrong
	// with the text; it does not contain it.
	Enter(secret string) (account string, admin bool, err error)
	// Payments returns the latest charges of an account that are wanted, at most max, and whether there are more. With after they are those
	// before the charge with that id. The error is a [*control.Error].
	Payments(account string, wanted func(*Payment) bool, after string, max int) ([]Payment, bool, error)
	// Key is the secret key of an account, to compute signatures with; no page shows it.
	Key(account string) string
	// Get is the body with which GET would answer now for a charge or an authorization, without being such a call.
	Get(account, id string) ([]byte, error)
	// AccountOf is the name of the account that has the charge with an id, or "".
	AccountOf(charge string) string
	// Moved waits until an account is not at a place any more, or ctx is done, and returns where it is. With ok false there is no such account.
	Moved(ctx context.Context, account string, from Place) (now Place, ok bool)
	// Lifetime is done when the server stops.
	Lifetime() context.Context
}

// Welcome is what the first screen says of the server.
type Welcome struct {
	Base    string // address of the mock, without a slash at its end
	Key     string // a secret key to use, or "" if only configured keys have accounts
	Account string // name of that key's account, or ""
	Open    bool   // the pages ask for no key: only this machine reaches them, and no key and no admin token is configured
	Curl    string // a command that creates a charge
	Card    string // number of a test card
	Expiry  string // expiries with which it pays
	Readme  string // address of the documentation
}

// Account is an account in the list of those to choose from.
type Account struct {
	Name string
	Key  string // its secret key, shortened
}

// Place is where an account's journal is, and how many calls of the API and changes by the control API it has had. It changes with each of them,
// and with a reset.
type Place struct{ Epoch, Seq, Call, Change uint64 }

// String is the place as the id of an event.
func (p Place) String() string { return fmt.Sprintf("%d-%d-%d-%d", p.Epoch, p.Seq, p.Call, p.Change) }

// Payment is one charge in the list.
type Payment struct {
	ID         string
	Status     tap.Status
	Amount     tap.Amount
	Currency   string
	Order      string        // reference.order
	Customer   *tap.Customer // as the merchant sent it; to be searched, not shown
	Method     string        // id of its source
	Scenario   string
	Created    time.Time
	PostStatus tap.DeliveryStatus
	Posts      bool // whether it has a post.url
	Attention  tap.Attention
}
