package tap

import (
	"slices"
	"strings"
)

// Kind names a kind of payment object in scenarios, the journal and the control API.
type Kind string

// The kinds of payment objects.
const (
	KindCharge        Kind = "charge"
	KindRefund        Kind = "refund"
	KindAuthorization Kind = "authorization"
	KindCustomer      Kind = "customer"
	KindToken         Kind = "token"
	KindInvoice       Kind = "invoice"
)

var kinds = []Kind{"", KindCharge, KindRefund, KindAuthorization, KindCustomer, KindToken, KindInvoice}

// IsPayment reports whether objects of the kind are paid by a payer: charges and authorizations.
func (k Kind) IsPayment() bool { return k == KindCharge || k == KindAuthorization }

// Kinds lists the kinds of payment objects.
func Kinds() []Kind { return slices.Clone(kinds[1:]) }

// KindNumber is a [Kind] in one byte. The zero value is "".
type KindNumber uint8

// Kind returns the kind.
func (n KindNumber) Kind() Kind { return kinds[n] }

// Number returns the kind in one byte, 0 if there is no such kind.
func (k Kind) Number() KindNumber { return KindNumber(max(0, slices.Index(kinds, k))) }

// Prefix is what the ids of the kind begin with, before the underscore; "" for no kind.
func (k Kind) Prefix() string {
	switch k {
	case KindCharge:
		return "chg"
	case KindRefund:
		return "re"
	case KindAuthorization:
		return "auth"
	case KindCustomer:
		return "cus"
	case KindToken:
		return "tok"
	case KindInvoice:
		return "inv"
	}
	return ""
}

// KindOf is the kind of an object by the prefix of its id, "" if it has that of no kind.
func KindOf(id string) Kind {
	for _, kind := range kinds[1:] {
		if strings.HasPrefix(id, kind.Prefix()+"_") {
			return kind
		}
	}
	return ""
}

// Object names a payment object of an account.
type Object struct {
	Kind Kind
	ID   string
}
