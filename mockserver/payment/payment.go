package payment

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Payment is a charge or an authorization: both are paid by a payer on a page, or, for a capture of an authorization, without one. Tap's
// objects are made from it by [Payment.Charge] and [Payment.Authorization]. A copy shares its past, which is only ever appended to.
type Payment struct {
	Head
	Base  string // of its page link
	Token string // of its page link

	State         // now
	past  []State // before each change, oldest first

	Retrieved int // number of GETs so far

	Page        Page
	kind        tap.KindNumber
	Deciding    bool // the bank has been asked and has not decided
	Abandoned   bool // it expired: no payer is sent back
	EndedOnPage bool // a person has done their part at the page, and is to be sent back

	trackDelay    time.Duration // from the creation to the date of the track
	customerDelay time.Duration // likewise of the customer
}

// State is the part of a payment that changes: what one version of it is.
type State struct {
	Request *tap.PaymentRequest // as sent, with the merchant's updates since; never changed
	Status  tap.Status
	Amount  tap.Amount // requested, or captured if the bank captured another amount
	Result  tap.Result
	Bank    *tap.Result // KNET's code and word, once the bank has decided; never changed
	Source  string      // the source id; KNET's once the payer chose it

	At       time.Time // of the last move before it or at it
	Activity string    // id of the move that led to it, which the merchant sees as an activity; "" if an update did

	drawn *References // nil before the first end; never changed

	Redirect, Post Delivered
	auto           autoState // of an authorization
}

// Delivered is a [tap.DeliveryStatus] in one byte.
type Delivered uint8

// The states of a redirect or a webhook. The zero value is Pending.
const (
	Pending Delivered = iota
	Succeeded
	Failed
)

// Status returns it in Tap's word.
func (d Delivered) Status() tap.DeliveryStatus {
	return [...]tap.DeliveryStatus{tap.DeliveryPending, tap.DeliverySuccess, tap.DeliveryError}[d]
}

// References are what Tap and the bank draw when a payment ends.
type References struct {
	Track, Payment, Receipt          string // of the first end
	Customer                         string // likewise; shown once the charge is captured
	Gateway, Acquirer, Authorization string // of the last end
}

// References returns the charge's references, which are empty before it has ended.
func (s *State) References() References {
	if s.drawn == nil || !s.Status.Final() {
		return References{}
	}
	return *s.drawn
}

// maxChanges bounds the changes of one object, so that its versions stay cheap to make.
const maxChanges = 64

// MoveError says that an object, named as "charge chg_…", cannot make a move.
type MoveError struct{ Object, From, To string }

// Error names the object and both statuses.
func (e *MoveError) Error() string {
	return fmt.Sprintf("%s is %s and cannot become %s", e.Object, e.From, e.To)
}

// ChangesError says that an object has the maximum number of changes.
type ChangesError struct{ Object string }

// Error names the object and the maximum of changes.
func (e *ChangesError) Error() string {
	return fmt.Sprintf("%s has %d changes, which is the maximum", e.Object, maxChanges)
}

// Apply moves the charge to another state; no other place does so. With late it also allows the late moves, which only a later result
// that a scenario scheduled can make. If the tables of moves do not have the move, nothing changes and the error is a [*MoveError]; it is a
// [*ChangesError] if the charge has 64 changes.
func (c *Payment) Apply(to State, late bool) error {
	if m := tap.MovesOf(c.Kind()); !m.CanBecome(c.Status, to.Status) && !(late && m.CanBecomeLate(c.Status, to.Status)) {
		return &MoveError{c.words(), string(c.Status), string(to.Status)}
	}
	return c.change(to)
}

// change makes a version. The error is a [*ChangesError]; then nothing changes.
func (c *Payment) change(to State) error {
	if len(c.past) >= maxChanges-1 { // the creation is one
		return &ChangesError{c.words()}
	}
	c.past = append(c.past[:len(c.past):len(c.past)], c.State)
	c.State = to
	return nil
}

// Update makes a version with other texts, unless nothing changes. The error is a [*ChangesError].
func (c *Payment) Update(u *tap.Update, facts []Fact) ([]Fact, error) {
	request, changes := u.Charge(c.Request)
	if !changes {
		return facts, nil
	}
	to := c.State
	to.Request, to.Activity = request, ""
	if err := c.change(to); err != nil {
		return facts, err
	}
	return append(facts, Said(tap.EventUpdated, "")), nil
}

// moves is how many moves the charge has made, with its creation.
func (c *Payment) moves() (n int) {
	for i := range c.Latest() + 1 {
		if c.version(i).Activity != "" {
			n++
		}
	}
	return n
}

// Latest returns the number of the charge's present version; the one at its creation is 0.
func (c *Payment) Latest() int { return len(c.past) }

// Version returns the charge as it was just before the change that follows its n-th version. What is not part of a version (the page, the
// counts) is as it is now.
func (c Payment) Version(n int) Payment {
	if n < c.Latest() {
		c.State, c.past = c.past[n], c.past[:n:n]
	}
	return c
}

// version is the state of the n-th version.
func (c *Payment) version(n int) *State {
	if n < len(c.past) {
		return &c.past[n]
	}
	return &c.State
}

// Original returns the payment as the create answer showed it.
func (c Payment) Original() Payment {
	c = c.Version(int(c.Answer))
	c.Source, c.Redirect, c.Post = c.Request.Source, Pending, Pending
	return c
}

// Over reports whether the payment has ended, so that the payer has nothing left to do at the page.
func (c *Payment) Over() bool { return c.Status != tap.Initiated }

// PageURL returns the address of the payment page: a path and query of Tap's form (Tap API 11, Rest of v2 2.1).
func (c *Payment) PageURL() string {
	return c.Base + "/" + c.Settings.PagePath + "/v2/payment/tap_process.aspx?" + c.Kind().Prefix() + "=" + tap.EscapeToken(c.Token)
}

// ReturnURL returns the address to which the page of an ended payment links.
func (c *Payment) ReturnURL() string { return tap.ReturnURL(c.Request.RedirectURL, c.ID) }

// Kind is whether the payment is a charge or an authorization.
func (c *Payment) Kind() tap.Kind { return c.kind.Kind() }

// Name names the payment as an object.
func (c *Payment) Name() tap.Object { return tap.Object{Kind: c.Kind(), ID: c.ID} }

// words names it in messages, such as "charge chg_…".
func (c *Payment) words() string { return string(c.Kind()) + " " + c.ID }

// Money is an amount with the decimals of its currency, such as 0.500 KWD.
func Money(a tap.Amount, currency string) string { return Text(a, currency) + " " + currency }

// Text is [Money] without the currency.
func Text(a tap.Amount, currency string) string {
	places, _ := tap.Decimals(currency)
	return a.Text(places)
}

// NewPayment makes an INITIATED payment and draws what it has from its creation on. ids are those of its account, seed begins its draws. The
// first activity is dated soon after the creation, as in recorded charges (Tap API 10.1, inferred).
func NewPayment(kind tap.Kind, ids tap.IDs, seed, ordinal uint64, req *tap.PaymentRequest, settings *tap.Settings, now time.Time) Payment {
	now = now.Truncate(time.Millisecond)
	c := Payment{
		Head: Head{Ordinal: ordinal, Created: now, Settings: settings}, kind: kind.Number(),
		State: State{Request: req, Status: tap.Initiated, Amount: req.Amount, Result: tap.PlainResult(tap.Initiated), Source: req.Source, At: now},
	}
	var draws rand.PCG // on its own, so that the charge is not moved to the heap
	draws.Seed(seed, ordinal)
	draw := rand.New(&draws)
	c.ID = ids.Payment(kind, settings.ChargeStyle, now, ordinal)
	c.trackDelay = delay(draw, 93, 60)
	c.customerDelay = c.trackDelay + delay(draw, 20, 80)
	c.Activity = c.activity(ids, now.Add(c.customerDelay+delay(draw, 10, 40)), 0)
	c.Token, c.draws = tap.PageToken(draw), draws
	return c
}
