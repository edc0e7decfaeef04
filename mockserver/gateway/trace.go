package gateway

import "slices"

// Trace returns a charge, its journal entries, and its scheduled effects, including those at gates. Errors: [*NoChargeError], and
// [*EvictedError] if entries were evicted.
func (a *Account) Trace(id string) (c Payment, entries []Entry, scheduled []Effect, err error) {
	a.update(func(t *tx) {
		var found *Payment
		if found, err = t.charge(id); err != nil {
			return
		}
		c = *found
		entries, scheduled, err = t.trace(found)
	})
	return c, entries, scheduled, err
}

// TraceRefund is [Account.Trace] for a refund. Errors: [*NoRefundError], [*EvictedError].
func (a *Account) TraceRefund(id string) (r Refund, entries []Entry, scheduled []Effect, err error) {
	a.update(func(t *tx) {
		var found *Refund
		if found, err = t.refund(id); err != nil {
			return
		}
		r = *found
		entries, scheduled, err = t.trace(found)
	})
	return r, entries, scheduled, err
}

// TraceInvoice is [Account.Trace] for an invoice. Errors: [*NoInvoiceError], [*EvictedError].
func (a *Account) TraceInvoice(id string) (v Invoice, entries []Entry, scheduled []Effect, err error) {
	a.update(func(t *tx) {
		var found *Invoice
		if found, err = t.invoice(id); err != nil {
			return
		}
		v = *found
		entries, scheduled, err = t.trace(found)
	})
	return v, entries, scheduled, err
}

// TraceAuthorization is [Account.Trace] for an authorization. Errors: [*NoAuthorizationError], [*EvictedError].
func (a *Account) TraceAuthorization(id string) (of Authorization, entries []Entry, scheduled []Effect, err error) {
	a.update(func(t *tx) {
		var p *Payment
		if p, err = t.authorization(id); err != nil {
			return
		}
		of = t.withCaptures(p)
		entries, scheduled, err = t.trace(p)
	})
	return of, entries, scheduled, err
}

// trace returns the journal entries of an object and its scheduled effects.
func (t *tx) trace(o object) (entries []Entry, scheduled []Effect, err error) {
	id := o.Name().ID
	entries, err = t.ask(Question{After: o.run().createdBy - 1, Object: id})
	queued, atGates := t.timeline.Scheduled()
	return entries, slices.DeleteFunc(describeAll(append(queued, atGates...)), func(e Effect) bool { return e.Object.ID != id }), err
}
