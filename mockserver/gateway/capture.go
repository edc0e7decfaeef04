package gateway

import (
	"fmt"
	"iter"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// A capture is a charge whose source is an authorization (Rest of v2 2.4, documented). It has no page; it is created in its end state, unless a
// scenario delays the bank, and it runs in the lane of its authorization.

// CaptureError says why an authorization cannot be captured.
type CaptureError struct {
	Status   tap.Status // of the authorization, if it is not AUTHORIZED
	Voiding  bool       // a void of it is pending
	Currency string     // of the authorization, if the capture has another one
	Full     bool       // the authorization has as many captures as the mock keeps
	Left     tap.Amount // of the authorization, otherwise
}

// Error says which of the reasons it is.
func (e *CaptureError) Error() string {
	switch {
	case e.Status != "":
		return "source.id: the authorization is " + string(e.Status) + ", only one that is AUTHORIZED can be captured"
	case e.Voiding:
		return "source.id: a void of the authorization is pending"
	case e.Currency != "":
		return "currency: that of the authorization is " + e.Currency
	case e.Full:
		return fmt.Sprintf("the authorization has %d captures, which is the most that tapmock keeps of one; capture larger amounts", maxCaptures)
	}
	return "amount: " + e.Left.String() + " is left of the authorization"
}

// maxCaptures bounds the captures of one authorization.
const maxCaptures = 200

// capturable returns the authorization that a request captures. Errors: [*NoAuthorizationError], [*CaptureError].
func (t *tx) capturable(req *tap.PaymentRequest) (*Payment, error) {
	a, err := t.authorization(req.Source)
	if err != nil {
		return nil, err
	}
	switch left := t.capturableOf(a); {
	case a.Status != tap.Authorized:
		return nil, &CaptureError{Status: a.Status}
	case a.voiding:
		return nil, &CaptureError{Voiding: true}
	case req.Currency != a.Request.Currency:
		return nil, &CaptureError{Currency: a.Request.Currency}
	case req.Amount > left:
		return nil, &CaptureError{Left: left}
	case count(t.capturesOf(a)) >= maxCaptures:
		return nil, &CaptureError{Full: true}
	}
	return a, nil
}

// capturableOf is what is left of an authorization for more captures. A capture that the bank has not decided counts.
func (t *tx) capturableOf(a *Payment) tap.Amount {
	left := a.Amount
	for c := range t.capturesOf(a) {
		if c.holds() {
			left -= c.Amount
		}
	}
	return left
}

// holds reports whether a capture counts against what is left of its authorization: the bank has captured it or has not decided.
func (c *Payment) holds() bool { return c.Status == tap.Captured || !c.Status.Final() }

// canStillCapture reports whether what is left of an authorization is enough for a later result of one of its captures.
func (t *tx) canStillCapture(a, c *Payment) bool {
	return a.Status == tap.Authorized && (c.holds() || c.Amount <= t.capturableOf(a))
}

// capturesOf are the captures of an authorization, the last first. The one at hand may be removed. A charge has none.
func (t *tx) capturesOf(a *Payment) iter.Seq[*Payment] {
	return func(yield func(*Payment) bool) {
		if a.Kind() != tap.KindAuthorization {
			return
		}
		for place := uint64(a.last); place != 0; {
			c := t.payments.at(place)
			if place = uint64(c.before); !yield(c) {
				return
			}
		}
	}
}

// authorizationOf is the authorization that a charge captures, or nil.
func (t *tx) authorizationOf(c *Payment) *Payment {
	if c.Kind() != tap.KindCharge || !c.Request.IsCapture() {
		return nil
	}
	return t.payments.at(c.lane)
}

// isCapture reports whether the object is a charge that captures an authorization.
func isCapture(o object) bool {
	c, ok := o.(*Payment)
	return ok && c.Request.IsCapture()
}

// join makes a charge one of the captures of an authorization.
func (t *tx) join(a, c *Payment) {
	c.lane, c.before, a.last = a.lane, a.last, uint32(c.number)
	if a.listedIdle {
		t.idleCaptures++
	}
}

// decideCapture asks the bank for its decision on a capture, which by default comes at once.
func (t *tx) decideCapture(c *Payment) {
	t.decide(c, c.createdBy)
	c.Answer = int8(c.Latest())
}

// afterMove does what follows for authorizations from a move of a payment: one that is authorized gets its auto, and one that a charge has
// captured has less left, and is CAPTURED once nothing is, or by the first capture if the setting authorization_partial_capture says so.
func (t *tx) afterMove(c *Payment, cause uint64) {
	t.scheduleAuto(c, cause)
	a := t.authorizationOf(c)
	if a == nil || c.Status != tap.Captured {
		return
	}
	left := t.capturableOf(a)
	if whole := left == 0 || a.Settings.AuthorizationPartialCapture == string(tap.Captured); whole && a.Status == tap.Authorized {
		if err := a.CaptureInFull(t.now(), t.a.ids); err != nil { // it stays AUTHORIZED, with nothing left
			t.note(a.Name(), cause, tap.EventChangeRefused, err.Error())
		}
	}
	seq := t.emit(a, []payment.Fact{a.CapturedBy(c.Amount, left, c.ID)}, cause)
	if a.Status != tap.Authorized {
		t.moved(a, seq)
	}
}
