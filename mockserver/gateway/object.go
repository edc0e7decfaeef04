package gateway

import (
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// object is a payment object as the run of its script, its webhooks and the journal see it, whatever its kind. The state holds objects by
// value, each kind on a shelf of its own: an object is a pointer to one, good for as long as the account is locked.
//
// Another kind with a script needs a name and a prefix (kind.go of package tap), its body and request in package tap, its moves in package
// payment, a shelf in state.go, a case in find and place below, its request for the choice of a scenario (request.go), what a webhook of it
// showed (evidence.go), its trace (trace.go), handlers, and its own part of package scenarios; refund.go of each package shows them. A kind
// without a script is a record: see records.go.
type object interface {
	Name() tap.Object
	head() *payment.Head
	run() *progress

	text(payment.Fact) string // what a fact says besides its event, in one line
	conclude(*tx, effect)     // gives it the result that an effect brings

	post() (url string, status *payment.Delivered) // its webhook
	notifies(*scenarios.Script) bool               // whether the webhook steps of a script notify the merchant
	version() version                              // as it is now
	at(*tx, version) evidence                      // as it was
}

// find returns an object of the account, or nil.
func (t *tx) find(name tap.Object) object {
	switch name.Kind {
	case tap.KindCharge, tap.KindAuthorization:
		return orNil(t.payments.find(name.ID))
	case tap.KindRefund:
		return orNil(t.refunds.find(name.ID))
	case tap.KindInvoice:
		return orNil(t.invoices.find(name.ID))
	}
	return nil
}

// place returns the object of a kind at a place of its shelf, or nil.
func (t *tx) place(kind tap.Kind, number uint64) object {
	switch kind {
	case tap.KindCharge, tap.KindAuthorization:
		return orNil(t.payments.at(number))
	case tap.KindRefund:
		return orNil(t.refunds.at(number))
	case tap.KindInvoice:
		return orNil(t.invoices.at(number))
	}
	return nil
}

// orNil is the object, or nil without a type.
func orNil[T any, P pointer[T]](p P) object {
	if p == nil {
		return nil
	}
	return p
}

// of returns the object of an effect that is under way, or nil if the account was reset since, or if it has no object.
func (t *tx) of(e effect) object {
	if t.epoch != e.Args.epoch {
		return nil
	}
	return t.find(e.Args.object)
}

// laneOf returns the lane of an object, 0 for nil.
func laneOf(o object) uint64 {
	if o == nil {
		return 0
	}
	return o.run().lane
}
