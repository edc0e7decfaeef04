package scenarios

import "slices"

// Forgery is a way to forge a webhook.
type Forgery string

// The forgeries, see [Forgeries].
const (
	NoSignature    Forgery = "no-signature"
	WrongKey       Forgery = "wrong-key"
	AnotherAccount Forgery = "another-account"
	BodyChanged    Forgery = "body-changed"
	TwoDecimals    Forgery = "two-decimals"
	UpperCase      Forgery = "upper-case"
	UnknownID      Forgery = "unknown-charge"
	SaysCaptured   Forgery = "says-captured"

	// Correctly signed, with a wrong value; also faults of charge.get.
	AnotherAmount   Forgery = "another-amount"
	AnotherCurrency Forgery = "another-currency"
	AnotherOrder    Forgery = "another-order"
)

// wrongValues are the forgeries that change a value of the charge.
var wrongValues = []Forgery{AnotherAmount, AnotherCurrency, AnotherOrder}

// ForgeryDoc explains a [Forgery].
type ForgeryDoc struct {
	Forgery  Forgery
	What     string // what is sent
	Reaction string // what a correct merchant does
}

var forgeries = []ForgeryDoc{
	{NoSignature, "the genuine body, without hashstring and hash", "refuses it: it is not signed"},
	{WrongKey, "the genuine body, signed with a key of no account", "refuses it: the signature does not match the merchant's key"},
	{AnotherAccount, "the genuine body, signed with another merchant's key", "refuses it: only the merchant's own key counts"},
	{BodyChanged, "signed, then the amount in the body multiplied by ten", "refuses it, or uses no value of it without checking"},
	{TwoDecimals, "hashstring over the amount rounded to two decimals, where KWD has three; hash is correct", "refuses it by hashstring; or accepts it by hash, which covers the body"},
	{UpperCase, "both signatures in upper-case hex", "may accept or refuse it, but must not fail; the charge itself is genuine"},
	{UnknownID, "correctly signed, for a charge that does not exist", "fulfils nothing: no order has this charge"},
	{SaysCaptured, "correctly signed, CAPTURED, for a charge that is not captured according to GET", "fulfils nothing until GET says CAPTURED too"},
	{AnotherAmount, "correctly signed, with a tenth of the amount", "fulfils nothing: the amount is not that of the order"},
	{AnotherCurrency, "correctly signed, with the same number in another currency", "fulfils nothing: the currency is not that of the order"},
	{AnotherOrder, "correctly signed, with the references of another order of the account", "fulfils neither order: the charge is not of the order that it names"},
}

// WrongValue reports whether the forgery changes a value of the charge, so that the webhook is correctly signed.
func (f Forgery) WrongValue() bool { return slices.Contains(wrongValues, f) }

// Forgeries lists all forgeries.
func Forgeries() []ForgeryDoc { return append([]ForgeryDoc(nil), forgeries...) }

func forgeryNames() []string {
	var names []string
	for _, f := range forgeries {
		names = append(names, string(f.Forgery))
	}
	return names
}

func (f *Forgery) read(text string) error { return oneOf((*string)(f), text, forgeryNames()) }
func (f *Forgery) write() string          { return string(*f) }
func (f *Forgery) schema() object         { return enum(forgeryNames()...) }
