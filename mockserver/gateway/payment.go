package gateway

import (
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
