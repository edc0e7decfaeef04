package gateway

import (
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Update changes the description, metadata and receipt of a payment of a kind, unless a fault of the call prevents it, and returns the payment
// and that fault, or nil. Errors: [*NoChargeError], [*NoAuthorizationError], [*payment.ChangesError].
func (a *Account) Update(kind tap.Kind, id string, u *tap.Update) (shown Payment, f *scenarios.Fault, err error) {
	a.update(func(t *tx) {
		var c *Payment
		if c, err = t.paymentOf(kind, id); err == nil {
			f, err = t.updated(c, scenarios.UpdateOf(kind), func(facts []payment.Fact) ([]payment.Fact, error) { return c.Update(u, facts) })
			shown = *c
		}
	})
	return shown, f, err
}

// UpdateRefund is [Account.Update] for a refund's metadata. Errors: [*NoRefundError], [*payment.ChangesError].
func (a *Account) UpdateRefund(id string, u *tap.Update) (shown RefundView, f *scenarios.Fault, err error) {
	a.update(func(t *tx) {
		var r *Refund
		if r, err = t.refund(id); err == nil {
			f, err = t.updated(r, scenarios.UpdateRefund, func(facts []payment.Fact) ([]payment.Fact, error) { return r.Update(u, facts) })
			shown = t.refundView(r)
		}
	})
	return shown, f, err
}

// updated makes an update, unless the fault that is injected into the call comes before it.
func (t *tx) updated(o object, on scenarios.Operation, move func([]payment.Fact) ([]payment.Fact, error)) (*scenarios.Fault, error) {
	f := t.fault(o, on)
	if f != nil && !f.Commits() {
		return f, nil
	}
	facts, err := move(nil)
	if err == nil {
		t.emit(o, facts, 0)
	}
	return f, err
}
