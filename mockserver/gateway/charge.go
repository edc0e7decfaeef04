package gateway

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Charge is a payment as the gateway keeps it; [Charge.Object] makes Tap's object from it. The gateway returns copies, which do
// not change.
type Charge struct {
	ID       string
	Ordinal  uint64 // of its account, from 1
	Created  time.Time
	Request  *tap.ChargeRequest
	Settings *tap.Settings // in force when it was created
	Base     string        // of its page link
	Token    string        // of its page link

	Status   tap.Status
	Amount   tap.Amount // requested, or captured if the bank captured another amount
	Result   tap.Result
	Bank     *tap.Result // KNET's code and word, once the bank has decided
	Source   string      // the source id; KNET's once the payer chose it
	Redirect tap.DeliveryStatus
	Post     tap.DeliveryStatus
	History  []Change // never empty: the first is the creation

	Track, Payment, Receipt          string // drawn at the end
	Customer                         string // likewise, shown once the charge is captured
	Gateway, Acquirer, Authorization string // drawn at the end

	Retrieved   int      // number of GETs so far
	Assumptions []string // that the payment depends on, under the setting assumption_findings

	Page   Page
	Script *scenarios.Script // never nil

	fingerprint         uint64 // of the request's body, to detect a repeated request with a different one
	draw                *rand.Rand
	trackDelay          time.Duration // from the creation to the date of the track, see refer
	customerDelay       time.Duration // likewise of the customer
	expiry              *Effect       // nil once it has run or is not needed
	createdBy           uint64        // journal entry of the creation
	settledBy           uint64        // journal entry of the last change
	deciding            bool          // the bank has been asked and has not decided
	abandoned           bool          // it expired: no payer is sent back
	automatic           bool          // an automatic payer has acted on the page
	endedOnPage         bool          // a person has done their part at the page, and is to be sent back
	returnAllowed       bool          // the payer may be sent back
	returnAllowedBy     uint64        // journal entry that allowed it
	returnAllowedSignal chan struct{} // closed then; nil if nothing waits for it
	returnAdded         []string      // the parameters with which the payer was sent back, the same each time; nil before
	progress            *progress     // nil without a scenario

	pending    int       // effects on the timeline or under way, and payers who are being sent back
	busy       bool      // an effect of the charge runs
	waiting    []*Effect // due while another effect of the charge runs
	listedIdle bool      // it is in the account's idle list
	dropped    bool      // a reset has removed it
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

// Apply moves the charge to the status of the change; no other place does so. With late it also allows the late moves, which only
// a later result that a scenario scheduled can make. If the tables of moves do not have the move, nothing changes and the error
// is a [*MoveError].
func (c *Charge) Apply(change Change, result tap.Result, late bool) error {
	if !c.Status.CanBecome(change.To) && !(late && c.Status.CanBecomeLate(change.To)) {
		return &MoveError{c.ID, c.Status, change.To}
	}
	c.History = append(c.History[:len(c.History):len(c.History)], change)
	c.Status, c.Result = change.To, result
	return nil
}

// Original returns the charge as it was at its creation.
func (c Charge) Original() Charge {
	c.Status, c.Result, c.Bank = tap.Initiated, tap.PlainResult(tap.Initiated), nil
	c.Amount, c.Source, c.History = c.Request.Amount, c.Request.Source, c.History[:1]
	c.Redirect, c.Post = tap.DeliveryPending, tap.DeliveryPending
	return c
}

// PageURL returns the address of the payment page: a path and query of Tap's form (Tap API 11).
func (c *Charge) PageURL() string {
	return c.Base + "/" + c.Settings.PagePath + "/v2/payment/tap_process.aspx?chg=" + tap.EscapeToken(c.Token)
}
