package control

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Prefix is the path under which the control API is served.
const Prefix = "/_tapmock/v1"

// AccountHeader names the account of a call with the admin token: its secret key or its name.
const AccountHeader = "X-Tapmock-Account"

// Error is the error of a failed call.
type Error struct {
	Status  int    `json:"-"`       // HTTP status
	Code    string `json:"code"`    // unauthorized, bad_request, not_found, busy, backwards, evicted, too_large, full, misdirected (a host for which the mock does not answer) or forbidden (a site that may not call); internal: the Go client got an answer that is not of tapmock
	Message string `json:"message"` // what is wrong, where, and what to do
}

// Error is the message.
func (e *Error) Error() string { return e.Message }

// errorBody is the body of a failed call.
type errorBody struct {
	Error Error `json:"error"`
}

// Account is the state of an account.
type Account struct {
	Name            string    `json:"name"`             // shown in logs and lists instead of the key
	Charges         int       `json:"charges"`          // kept now
	EvictedCharges  int       `json:"evicted_charges"`  // evicted to stay within the limits
	LastEntry       uint64    `json:"last_entry"`       // seq of the journal's last entry
	EvictedEntries  uint64    `json:"evicted_entries"`  // journal entries evicted to stay within the limits
	ScheduledCount  int       `json:"scheduled_count"`  // number of scheduled effects, also those that wait at gates
	Now             time.Time `json:"now"`              // on the account's clock
	Frozen          bool      `json:"frozen"`           // whether the clock is frozen
	DefaultScenario string    `json:"default_scenario"` // scenario of charges for which none is chosen; "" is none
	Queue           []string  `json:"queue"`            // scenarios of the next charges
	InFlight        []string  `json:"in_flight"`        // deliveries under way
	Findings        int       `json:"findings"`         // journal entries that fail a test: assumption, unknown_request

	NextDue       *time.Time `json:"next_due,omitempty"`       // when the next effect is due that runs by itself; absent if all of them wait at gates or are held back
	Checking      bool       `json:"checking"`                 // whether a check has the account to itself
	CheckingSince *time.Time `json:"checking_since,omitempty"` // when that check began, in real time
}

// begunCheck is the beginning of an answer that is held as long as a check.
type begunCheck struct {
	Check uint64 `json:"check"` // number of the check, for EndCheck
}

type accounts struct {
	Accounts []Account `json:"accounts"`
}

// settings are settings by their keys: text as -set takes it; in a change also a boolean, a number, or null to inherit.
type settings struct {
	Settings map[string]any `json:"settings"`
}

// ScenarioInfo is one scenario in a list.
type ScenarioInfo struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// Scenarios are the scenarios that charges of an account can follow, in the order in which they are matched.
type Scenarios struct {
	Own             []ScenarioInfo `json:"own"`              // of the account
	Server          []ScenarioInfo `json:"server"`           // of the server's files
	Library         []ScenarioInfo `json:"library"`          // built in
	DefaultScenario string         `json:"default_scenario"` // of charges for which none is chosen; "" is none
}

// next names the scenario of the next charge: a name, several joined by +, or a scenario file, whose first scenario is used.
type next struct {
	Scenario string `json:"scenario,omitempty"`
	YAML     string `json:"yaml,omitempty"`
}

type queue struct {
	Queue []string `json:"queue"`
}

type defaultScenario struct {
	Scenario       string `json:"scenario"`
	RefundScenario string `json:"refund_scenario,omitempty"` // of refunds; to set it, send its name as scenario

	AuthorizationScenario string `json:"authorization_scenario,omitempty"` // of authorizations, in the same way
	InvoiceScenario       string `json:"invoice_scenario,omitempty"`       // of invoices, in the same way
}

// Clock is the clock of an account.
type Clock struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
}

type advance struct {
	By string `json:"by"` // such as 90s, 72h or 3d; next: until the next scheduled effect is due
}

type freeze struct {
	At *time.Time `json:"at,omitempty"` // without it: the clock's current time
}

// Moved is the result of moving a clock.
type Moved struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
	Ran    int       `json:"ran"`   // number of effects
	Gates  []string  `json:"gates"` // gates at which due effects wait
}

// Object names a payment object.
type Object struct {
	Kind tap.Kind `json:"kind"` // charge
	ID   string   `json:"id"`
}

// Effect is a scheduled effect, such as a webhook attempt.
type Effect struct {
	ID      string    `json:"id"` // such as eff_12, until it has run
	Text    string    `json:"text"`
	Kind    string    `json:"kind"` // expire, settle, correct, webhook, return, payer or answer
	Object  *Object   `json:"object,omitempty"`
	Due     time.Time `json:"due"`
	Attempt int       `json:"attempt,omitempty"`
	Gate    string    `json:"gate,omitempty"`
	Held    bool      `json:"held,omitempty"` // whether it was held back by HoldEffect, and is not run when it is due
}

// Timeline is what is scheduled in an account.
type Timeline struct {
	Now       time.Time `json:"now"`
	Scheduled []Effect  `json:"scheduled"` // in the order in which they become due
	Waiting   []Effect  `json:"waiting"`   // due and waiting at gates, or held back
}

// Gate is a name at which steps of scenarios wait until it is released.
type Gate struct {
	Name    string   `json:"name"`
	Open    bool     `json:"open"`
	Waiting []Effect `json:"waiting"`
}

type gates struct {
	Gates []Gate `json:"gates"`
}

// end chooses how a charge ends.
type end struct {
	Outcome string `json:"outcome"` // as in the panel of the payment page: captured, no-funds, wrong-pin, host-timeout, cancelled, expired, closed, webhook-never, webhook-twice, webhook-late or captured-later
}

type release struct {
	Charge string `json:"charge,omitempty"` // only for the object with this id and what shares its lane; without it for all
}

type released struct {
	Released int `json:"released"`
}

// Charge is the state of a charge in the mock.
type Charge struct {
	ID             string             `json:"id"`
	Status         tap.Status         `json:"status"`
	Code           string             `json:"code"`    // response.code
	Message        string             `json:"message"` // response.message
	Amount         string             `json:"amount"`  // with the decimals of the currency
	Currency       string             `json:"currency"`
	Order          string             `json:"order,omitempty"`    // reference.order
	Scenario       string             `json:"scenario,omitempty"` // the scenario that the charge follows
	Created        time.Time          `json:"created"`
	Screen         string             `json:"screen,omitempty"` // screen of the page that the payer has reached: choice, entry or confirm
	PageURL        string             `json:"page_url"`         // of the payment page
	PostStatus     tap.DeliveryStatus `json:"post_status"`      // post.status
	PostURL        string             `json:"post_url,omitempty"`
	RedirectStatus tap.DeliveryStatus `json:"redirect_status"` // redirect.status
	Gets           int                `json:"gets"`            // number of GET requests of the charge
}

// Charges is a page of a list of charges, the latest first.
type Charges struct {
	Charges []Charge `json:"charges"`
	HasMore bool     `json:"has_more"`
	Evicted int      `json:"evicted"` // charges evicted to stay within the limits, which are in no list
}

// Authorization is the state of an authorization in the mock.
type Authorization struct {
	Charge             // of the authorization
	Auto     *tap.Auto `json:"auto,omitempty"` // what becomes of it by itself
	Captured string    `json:"captured"`       // the sum that charges have captured, with the decimals of the currency
	Captures []string  `json:"captures"`       // ids of those charges, the last first
}

// Authorizations is a list of authorizations, the latest first.
type Authorizations struct {
	Authorizations []Authorization `json:"authorizations"`
	HasMore        bool            `json:"has_more"`
}

// AuthorizationTrace is an authorization with all its journal entries and scheduled effects.
type AuthorizationTrace struct {
	Authorization Authorization `json:"authorization"`
	Entries       []Entry       `json:"entries"` // oldest first
	Scheduled     []Effect      `json:"scheduled"`
	Text          string        `json:"text"` // the same as readable text
}

// Refund is the state of a refund in the mock.
type Refund struct {
	ID         string             `json:"id"`
	ChargeID   string             `json:"charge_id"`
	Status     tap.RefundStatus   `json:"status"`
	Code       string             `json:"code"`    // response.code
	Message    string             `json:"message"` // response.message
	Amount     string             `json:"amount"`  // with the decimals of the currency
	Currency   string             `json:"currency"`
	Reason     string             `json:"reason"`
	Reference  string             `json:"reference,omitempty"` // reference.merchant
	Scenario   string             `json:"scenario,omitempty"`  // the scenario that the refund follows
	Created    time.Time          `json:"created"`
	PostStatus tap.DeliveryStatus `json:"post_status"` // post.status
	PostURL    string             `json:"post_url,omitempty"`
}

// Refunds is a list of refunds, the latest first.
type Refunds struct {
	Refunds []Refund `json:"refunds"`
	HasMore bool     `json:"has_more"`
}

// RefundTrace is a refund with all its journal entries and scheduled effects.
type RefundTrace struct {
	Refund    Refund   `json:"refund"`
	Entries   []Entry  `json:"entries"` // oldest first
	Scheduled []Effect `json:"scheduled"`
	Text      string   `json:"text"` // the same as readable text
}

// Trace is a charge with all its journal entries and scheduled effects.
type Trace struct {
	Charge    Charge   `json:"charge"`
	Entries   []Entry  `json:"entries"` // oldest first
	Scheduled []Effect `json:"scheduled"`
	Text      string   `json:"text"` // the same as readable text
}

// Entry is one entry of the journal.
type Entry struct {
	Seq      uint64    `json:"seq"`             // from 1, without gaps
	Cause    uint64    `json:"cause,omitempty"` // seq of the entry that caused it
	At       time.Time `json:"at"`              // on the account's clock
	Event    tap.Event `json:"event"`
	Object   *Object   `json:"object,omitempty"`
	Delivery string    `json:"delivery,omitempty"` // id of the webhook delivery
	Detail   string    `json:"detail,omitempty"`
	Response *Response `json:"response,omitempty"` // the merchant's, to a webhook or to the payer's return
}

// Response is the merchant's response to a webhook or a return, or the reason why there was none.
type Response struct {
	Status  int     `json:"status,omitempty"`  // HTTP
	Failure string  `json:"failure,omitempty"` // why there was no response: timeout, refused, …
	Remedy  string  `json:"remedy,omitempty"`  // what to do about the failure
	Body    string  `json:"body,omitempty"`    // its beginning
	TookMS  float64 `json:"took_ms"`           // real time: the only value of a journal that differs between two runs of the same calls with the same seed
}

// OK reports whether the merchant acknowledged with a 2xx status.
func (r *Response) OK() bool { return r.Status/100 == 2 }

// Journal is a part of the journal.
type Journal struct {
	Entries   []Entry `json:"entries"`
	HasMore   bool    `json:"has_more"`
	LastEntry uint64  `json:"last_entry"` // seq of the journal's last entry
}

// JournalQuery selects entries of the journal. Without After and Wait the latest come first, else the oldest after After.
type JournalQuery struct {
	After  uint64        // only entries with a larger seq, oldest first
	Before uint64        // only entries with a smaller seq, latest first; 0: no bound
	Oldest bool          // oldest first also with After 0
	Event  tap.Event     // only this event
	Object string        // only entries of the object with this id
	Limit  int           // at most this many; 0: 1,000
	Wait   time.Duration // how long to wait for the first one, in real time; at most a minute
}

// Webhook is one webhook delivery with its attempts, explained.
type Webhook struct {
	ID       string           `json:"id"` // such as whd_3
	Object   Object           `json:"object"`
	Forge    string           `json:"forge,omitempty"`     // how it was forged: as in scenarios, or signature if a call chose its signatures
	Replay   bool             `json:"replay,omitempty"`    // whether it repeats an earlier delivery
	ResendOf string           `json:"resend_of,omitempty"` // id of the delivery whose bytes a call has sent again, such as whd_2
	URL      string           `json:"url"`
	Attempts []WebhookAttempt `json:"attempts"` // oldest first
}

// WebhookAttempt is one attempt to deliver a webhook.
type WebhookAttempt struct {
	Attempt    int               `json:"attempt"` // from 1; copies of a webhook are attempts with the same number
	Entry      uint64            `json:"entry"`   // seq of its journal entry
	At         time.Time         `json:"at"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`             // as sent; see masked
	Masked     bool              `json:"masked,omitempty"` // whether card numbers or keys in the body or the address are masked here; hash is that of the sent body
	Parts      []Part            `json:"parts"`            // of the hashed string
	Hashed     string            `json:"hashed"`           // the string that hashstring signs
	HashString string            `json:"hashstring"`       // as sent
	Hash       string            `json:"hash"`             // as sent
	Response   Response          `json:"response"`
	Curl       string            `json:"curl"` // a command that sends it again; empty if masked
}

// Part is one labelled value of the hashed string.
type Part struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Webhooks is a page of a list of webhook deliveries, the latest first.
type Webhooks struct {
	Webhooks []Webhook `json:"webhooks"`
	HasMore  bool      `json:"has_more"`
}

// resend chooses how a webhook is sent again.
type resend struct {
	Signature *string `json:"signature,omitempty"` // for both headers, hashstring and hash; one line of at most 200 bytes
}

// RelayTask is a call to the merchant that a relay makes instead of the mock, under the setting delivery=relay: a webhook, or the
// payer's return. ID 0 is none.
type RelayTask struct {
	ID         uint64 `json:"id"`
	Visit      string `json:"visit,omitempty"` // address to open, as the payer's browser does
	URL        string `json:"url,omitempty"`   // of a webhook
	Key        string `json:"key,omitempty"`   // the secret key that signs the webhook
	Body       string `json:"body,omitempty"`
	Parts      []Part `json:"parts,omitempty"` // of the hashed string
	Format     string `json:"format,omitempty"`
	Sent       string `json:"sent,omitempty"`     // sent instead of the body, if it was changed after signing
	OneHash    bool   `json:"one_hash,omitempty"` // send hashstring without hash
	Unsigned   bool   `json:"unsigned,omitempty"`
	UpperCase  bool   `json:"upper_case,omitempty"` // both signatures in upper-case hex
	Signature  string `json:"signature,omitempty"`  // sent in both headers instead of the signatures
	Copies     int    `json:"copies"`
	Concurrent bool   `json:"concurrent,omitempty"` // send all copies concurrently
	TimeoutMS  int64  `json:"timeout_ms"`
}

type relayResult struct {
	Responses []Response `json:"responses"` // one for each copy
}

type done struct{}

// Dropped is what a reset dropped.
type Dropped struct {
	Charges   int      `json:"charges"`
	Entries   int      `json:"entries"`   // of the journal
	Scheduled []Effect `json:"scheduled"` // effects that no longer run
	InFlight  []string `json:"in_flight"` // deliveries that were under way
	Aborted   bool     `json:"aborted"`   // whether those deliveries were aborted because they took too long
	Queue     []string `json:"queue"`     // scenarios that waited for a charge
	Accounts  int      `json:"accounts"`  // number of reset accounts; more than one only with the admin token
}
