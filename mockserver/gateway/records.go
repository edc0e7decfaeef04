package gateway

import (
	"github.com/tapmock/tapmock/mockserver/payment"
)

// records holds objects of one kind that follow no scenario, by id. They count in the limits as charges do, but need no place on a shelf: without
// room for another one, the account's oldest goes.
type records[T any] struct {
	all   map[string]T
	order []string // ids, the oldest first
}

// get returns a record, and whether there is one.
func (r *records[T]) get(id string) (T, bool) {
	one, ok := r.all[id]
	return one, ok
}

// put replaces a record or adds one.
func (r *records[T]) put(id string, one T) {
	if r.all == nil {
		r.all = map[string]T{}
	}
	if _, known := r.all[id]; !known {
		r.order = append(r.order, id)
	}
	r.all[id] = one
}

// oldest removes the oldest record, and returns its id; "" if there is none.
func (r *records[T]) oldest() string {
	if len(r.order) == 0 {
		return ""
	}
	id := r.order[0]
	r.order = r.order[1:]
	delete(r.all, id)
	return id
}

func (r *records[T]) len() int { return len(r.order) }

// roomForRecord makes room for one more record in the limits of the account and of the server. drop removes the account's oldest of the same kind
// and reports false if there is none; then one of another kind goes. The error is a [*FullError].
func (t *tx) roomForRecord(drop func() bool) error {
	g := t.a.gw
	if t.records() < g.limits.Charges {
		if g.records.Add(1) <= int64(g.limits.ServerCharges) {
			return nil
		}
		g.records.Add(-1)
	}
	for _, drop := range []func() bool{drop, t.dropToken, t.dropCustomer, t.dropInvoice} {
		if drop() {
			return nil
		}
	}
	return &FullError{Limit: "server-charges", Max: g.limits.ServerCharges}
}

// records is how many records the account has.
func (t *tx) records() int { return t.customers.len() + t.tokens.len() + t.invoices.len() }

// forgetRecords gives back what the account's records have of the server's limit.
func (t *tx) forgetRecords() {
	t.a.gw.records.Add(-int64(t.records()))
	for v := range t.invoices.all() {
		t.forgetInvoice(v)
	}
	t.customers, t.tokens = records[payment.Customer]{}, records[payment.Token]{}
}
