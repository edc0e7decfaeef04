package scenarios

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
)

// ForgeryDoc explains a [Forgery].
type ForgeryDoc struct {
	Forgery  Forgery
	What     string // what is sent
	Reaction string // what a sound merchant does
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
}

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
