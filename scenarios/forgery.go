package scenarios

// Forge is a way to falsify a webhook.
type Forgery string

// The lies, see [Forgeries].
const (
	NoSignature    Forgery = "no-signature"
	WrongKey       Forgery = "wrong-key"
	AnotherAccount Forgery = "another-account"
	BodyChanged    Forgery = "body-changed"
	TwoDecimals    Forgery = "two-decimals"
	UpperCase      Forgery = "upper-case"
	Replay         Forgery = "replay"
	UnknownID      Forgery = "unknown-charge"
	SaysCaptured   Forgery = "says-captured"
)

// ForgeryDoc explains a [Forge].
type ForgeryDoc struct {
	Forgery  Forgery
	What     string // what is sent
	Reaction string // what a sound merchant does
}

var forgeries = []ForgeryDoc{
	{NoSignature, "the genuine body, without hashstring and hash", "refuses it: nobody has signed it"},
	{WrongKey, "the genuine body, signed with a key that nobody has", "refuses it: the signature does not fit his key"},
	{AnotherAccount, "the genuine body, signed with another merchant's key", "refuses it: a valid signature of somebody else is none"},
	{BodyChanged, "signed, and then the amount in the body was multiplied by ten", "refuses it, or takes no value from it that he has not checked"},
	{TwoDecimals, "hashstring over the amount rounded to two decimals, where KWD has three; hash is right", "refuses it by hashstring; or takes it by hash, which is over the body"},
	{UpperCase, "both signatures in upper-case hex", "may take or refuse it, but must not fail; the charge itself is genuine"},
	{Replay, "the last genuine webhook once more, byte for byte", "takes it as known: nothing is fulfilled a second time"},
	{UnknownID, "properly signed, for a charge that does not exist", "fulfils nothing: no order of his has this charge"},
	{SaysCaptured, "properly signed, CAPTURED, for a charge that GET says is not", "fulfils nothing before GET says CAPTURED too"},
}

// Forgeries lists the catalogue of falsified webhooks.
func Forgeries() []ForgeryDoc { return append([]ForgeryDoc(nil), forgeries...) }

func forgeryNames() []string {
	var names []string
	for _, l := range forgeries {
		names = append(names, string(l.Forgery))
	}
	return names
}

func (l *Forgery) read(text string) error { return oneOf((*string)(l), text, forgeryNames()) }
func (l *Forgery) write() string          { return string(*l) }
func (l *Forgery) schema() object         { return enum(forgeryNames()...) }
