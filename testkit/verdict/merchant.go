package verdict

import (
	"context"
	"fmt"
)

// Merchant is the system under test, as its adapter shows it. It uses the mock's address and the account's key, and its webhook and
// return addresses are reachable from the mock.
type Merchant interface {
	// Checkout takes an order, creates its charge, and returns the address of the payment page. An empty address without an error
	// means that nothing is left to pay. After an error it is called again with the same order, as by a payer who tries again.
	Checkout(ctx context.Context, o Order) (payURL string, err error)
	// State returns the state of an order.
	State(ctx context.Context, orderID string) (State, error)
}

// Partial is a [Merchant] that may not have all that its type has methods for, such as one that hands each call on to a shop elsewhere.
type Partial interface {
	// Has reports whether the merchant has a method: Reconcile, Refund, or Authorize with Capture and Void.
	Has(method string) bool
}

// ability is the merchant as a T, and whether it has the method that a T adds.
func ability[T any](m Merchant, method string) (able T, ok bool) {
	able, ok = m.(T)
	if p, partial := m.(Partial); ok && partial {
		ok = p.Has(method)
	}
	return able, ok
}

// BrokenError is returned by an adapter that cannot show the merchant: it cannot be reached, or answers something else than it should. A
// check ends at once with it, because it says nothing of the integration.
type BrokenError struct {
	Step   string // what the check wanted to do
	Came   string // what came instead
	Wanted string // what should have come, and what to do about it
}

// Error is one sentence.
func (e *BrokenError) Error() string { return e.Step + ": " + e.Came + "; wanted " + e.Wanted }

// Reconciler is a [Merchant] with a job that checks open and ended orders. A check runs it at the end of each story. Without it, the
// stories in which only such a job can help are not played.
type Reconciler interface {
	Reconcile(ctx context.Context) error
}

// Order is an order of the check.
type Order struct {
	ID        string // unique; the charge's reference.order, if the merchant passes it on
	Amount    string // in KWD, with three decimals
	FirstName string
	Email     string
}

// State is the state of an order at the merchant.
type State struct {
	Paid      bool
	Amount    string // of the order, in KWD; "": unknown
	Said      string // the merchant's own word for it, where an adapter had to translate it
	Fulfilled int    // how often the goods were handed over or the account was credited
	Refunded  bool   // all of the order's money is back with the payer, as a [Refunder] was asked to or after a late capture
}

// String is the state in words.
func (s State) String() string {
	text := "unpaid"
	if s.Paid {
		text = "paid"
	}
	if s.Said != "" {
		text += fmt.Sprintf(" (it says %.60q)", s.Said)
	}
	switch s.Fulfilled {
	case 0:
		text += ", not fulfilled"
	case 1:
		text += ", fulfilled once"
	default:
		text += fmt.Sprintf(", fulfilled %d times", s.Fulfilled)
	}
	if s.Refunded {
		text += ", refunded"
	}
	return text
}

// taken reports whether the merchant treats the order as paid.
func (s State) taken() bool { return s.Paid || s.Fulfilled > 0 }

// resolved reports whether the payer of a captured charge has goods or money.
func (s State) resolved() bool { return s.Refunded || s.Paid && s.Fulfilled > 0 }
