package gateway

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Charge is a payment: the gateway's own view of it, from which [Charge.Object] makes Tap's. Copies handed out by the
// gateway are the reader's to keep.
type Charge struct {
	ID       string
	Ordinal  uint64 // of its account, from 1
	Created  time.Time
	Request  *tap.ChargeRequest
	Settings *tap.Settings // in force when it was created
	Base     string        // of its page link
	Token    string        // of its page link

	Status   tap.Status
	Result   tap.Result
	Bank     *tap.Result // KNET's code and word, once the bank has answered
	Source   string      // the source id; KNET's once the payer chose it
	Redirect tap.DeliveryStatus
	Post     tap.DeliveryStatus
	History  []Change // never empty: the first is the creation

	Track, Payment, Receipt          string // drawn at creation, shown once the charge has ended
	Customer                         string // likewise, shown once it is captured
	Gateway, Acquirer, Authorization string // drawn at the end

	Retrieved   int      // how often a GET has asked for it
	Assumptions []string // that the payment rests on, under the setting assumption_findings: true

	Page   Page
	Script *scenarios.Script // what is played; never nil

	fingerprint         uint64 // of the request's body, to tell a replay with another one
	draw                *rand.Rand
	expiry              *Effect       // nil once it has run or is needless
	createdBy           uint64        // journal entry of the creation
	settledBy           uint64        // journal entry of the last change
	deciding            bool          // the bank has been asked and has not answered
	abandoned           bool          // it expired, so that nobody is there to be sent back
	automatic           bool          // an automatic payer has been at it
	endedOnPage         bool          // a person has done his part, and is to be sent back
	returnAllowed       bool          // the payer may go
	returnAllowedBy     uint64        // journal entry that let him go
	returnAllowedSignal chan struct{} // closed then; nil unless somebody waits
	progress            *progress     // nil without a scenario

	pending int // effects on the timeline or under way, and payers who are being sent back
	busy    bool
	waiting []*Effect // due while another effect of the charge runs
	resting bool      // in the account's idle list
	gone    bool      // thrown away by a reset
}

// Change is one move of a charge, shown to the merchant as an activity.
type Change struct {
	To       tap.Status
	At       time.Time
	Activity string // id
}

// MoveError says that a charge cannot make a move.
type MoveError struct {
	Charge   string
	From, To tap.Status
}

// Error names the charge and both statuses.
func (e *MoveError) Error() string {
	return fmt.Sprintf("charge %s is %s and cannot become %s", e.Charge, e.From, e.To)
}

// Apply moves the charge; it is the only place that does. The change's own status says where to; late allows the moves that only a
// later truth may take, which a scenario has scheduled. If the tables of moves have no such move nothing changes and the
// error is a [*MoveError].
func (c *Charge) Apply(change Change, result tap.Result, late bool) error {
	if !c.Status.CanBecome(change.To) && !(late && c.Status.CanBecomeLate(change.To)) {
		return &MoveError{c.ID, c.Status, change.To}
	}
	c.History = append(c.History[:len(c.History):len(c.History)], change)
	c.Status, c.Result = change.To, result
	return nil
}

// Original is the charge as it was when it was created.
func (c Charge) Original() Charge {
	c.Status, c.Result, c.Bank = tap.Initiated, tap.PlainResult(tap.Initiated), nil
	c.Source, c.History = c.Request.Source, c.History[:1]
	c.Redirect, c.Post = tap.DeliveryPending, tap.DeliveryPending
	return c
}

// PageURL is the address of the payment page: a path and query of Tap's shape (Tap API 11).
func (c *Charge) PageURL() string {
	return c.Base + "/" + c.Settings.PagePath + "/v2/payment/tap_process.aspx?chg=" + tap.EscapeToken(c.Token)
}
