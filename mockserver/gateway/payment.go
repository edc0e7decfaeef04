package gateway

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Payment is a charge or an authorization of an account with the progress of its scenario. The gateway returns copies, which do not change.
type Payment struct {
	payment.Payment
	progress

	last   uint32 // place of its last refund, or of its last capture if it is an authorization, which leads to the others; 0: it has none
	before uint32 // of a capture: place of the one before it; 0: it is the first
}

func (c *Payment) head() *payment.Head { return &c.Head }

func (c *Payment) run() *progress { return &c.progress }

func (c *Payment) text(f payment.Fact) string {
	if f.Event() == tap.EventReturned {
		return "to " + describeReturn(c, c.returned())
	}
	return c.Describe(f)
}

func (c *Payment) conclude(t *tx, e effect) {
	switch e.Args.kind {
	case Expire:
		t.expire(c, e)
	case Settle:
		t.bankDecides(c, e)
	case Correct:
		t.correct(c, e)
	case VoidNow:
		t.voidNow(c, e.Args.cause)
	case RunAuto:
		t.runAuto(c, e)
	}
}

func (c *Payment) post() (string, *payment.Delivered) { return c.Request.PostURL, &c.Post }

func (c *Payment) version() version {
	return version{c.ID, c.Kind().Number(), int16(c.Latest()), c.Source == tap.SourceKNET}
}

func (c *Payment) at(_ *tx, v version) evidence {
	then := c.Version(int(v.number))
	if then.Source = c.Request.Source; v.knet {
		then.Source = tap.SourceKNET
	}
	return paymentEvidence{then}
}

// notifies reports whether a script's webhook steps notify the merchant: never without post.url; the plain webhook only after the
// charge has ended, and not if it was ABANDONED (Tap API 5.4).
func (c *Payment) notifies(script *scenarios.Script) bool {
	switch {
	case c.Request.PostURL == "":
		return false
	case !script.PlainWebhook:
		return true
	case c.Status == tap.Abandoned || !c.Status.Final():
		return false
	case c.Status == tap.Cancelled:
		return c.Settings.WebhookCancelled
	}
	return true
}

// NoChargeError says that the account has no charge with this id. Evicted counts the charges that the account dropped to stay
// within its limits: the id may be one of them.
type NoChargeError struct{ Evicted int }

// Error says whether the charge may have been dropped.
func (e *NoChargeError) Error() string {
	if e.Evicted == 0 {
		return "this key's account has no such charge; each key is an account of its own"
	}
	return fmt.Sprintf("this key's account has no such charge; it has evicted %d charges to stay within its limits", e.Evicted)
}

// Charge returns the charge as it is now. The error is a [*NoChargeError], also for another account's charge.
func (a *Account) Charge(id string) (charge Payment, err error) {
	a.update(func(t *tx) {
		var c *Payment
		if c, err = t.charge(id); err == nil {
			charge = *c
		}
	})
	return charge, err
}

// Charges returns the account's charges that are wanted, the latest first, at most max, and whether there are more. With after they are the
// charges created before the charge of that id; the error is a [*NoChargeError] if the account does not have it.
func (a *Account) Charges(wanted func(*Payment) bool, after string, max int) (some []Payment, more bool, err error) {
	a.update(func(t *tx) {
		below := uint64(math.MaxUint64)
		if after != "" {
			var c *Payment
			if c, err = t.charge(after); err != nil {
				return
			}
			below = c.Ordinal
		}
		var found []*Payment
		for c := range t.payments.all() {
			if c.Kind() == tap.KindCharge && c.Ordinal < below && wanted(c) {
				found = append(found, c)
			}
		}
		slices.SortFunc(found, func(x, y *Payment) int { return cmp.Compare(y.Ordinal, x.Ordinal) })
		for _, c := range found[:min(len(found), max)] {
			some = append(some, *c)
		}
		more = len(found) > max
	})
	return some, more, err
}

// charge returns a charge of the account. The error is a [*NoChargeError].
func (t *tx) charge(id string) (*Payment, error) {
	if c := t.payments.find(id); c != nil && c.Kind() == tap.KindCharge {
		return c, nil
	}
	return nil, &NoChargeError{Evicted: t.evicted}
}

// paymentOf returns a payment of a kind. The error is a [*NoChargeError] or a [*NoAuthorizationError].
func (t *tx) paymentOf(kind tap.Kind, id string) (*Payment, error) {
	if kind == tap.KindAuthorization {
		return t.authorization(id)
	}
	return t.charge(id)
}

// Retrieve returns a payment of a kind as a GET shows it, and the fault that is injected into the call, or nil. The error is a [*NoChargeError]
// or a [*NoAuthorizationError].
func (a *Account) Retrieve(kind tap.Kind, id string) (shown Payment, f *scenarios.Fault, err error) {
	a.update(func(t *tx) {
		var c *Payment
		if c, err = t.paymentOf(kind, id); err == nil {
			c.Retrieved++
			f = t.fault(c, scenarios.GetOf(kind))
			shown = t.shownTo(c, f)
		}
	})
	return shown, f, err
}

// shownTo returns the charge as the answer to a call with this fault shows it.
func (t *tx) shownTo(c *Payment, f *scenarios.Fault) Payment {
	shown := *c
	switch {
	case f == nil || f.Fault == nil:
	case f.Fault.Word == scenarios.Stale:
		shown.Payment = c.Version(c.Latest() - 1)
	case f.Fault.WrongValue() != "":
		shown.Payment = withWrongValue(c.Payment, f.Fault.WrongValue(), t.otherOrder(c))
	}
	return shown
}
