package scenarios

// Lie is a way to falsify a webhook.
type Lie string

// The lies, see [Lies].
const (
	NoSignature    Lie = "no-signature"
	WrongKey       Lie = "wrong-key"
	AnotherAccount Lie = "another-account"
	BodyChanged    Lie = "body-changed"
	TwoDecimals    Lie = "two-decimals"
	UpperCase      Lie = "upper-case"
	Replay         Lie = "replay"
	UnknownID      Lie = "unknown-charge"
	SaysCaptured   Lie = "says-captured"
)

// LieDoc explains a [Lie].
type LieDoc struct {
	Lie      Lie
	What     string // what is sent
	Reaction string // what a sound merchant does
}

var lies = []LieDoc{
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

// Lies lists the catalogue of falsified webhooks.
func Lies() []LieDoc { return append([]LieDoc(nil), lies...) }

func lieNames() []string {
	var names []string
	for _, l := range lies {
		names = append(names, string(l.Lie))
	}
	return names
}

func (l *Lie) read(text string) error { return oneOf((*string)(l), text, lieNames()) }
func (l *Lie) write() string          { return string(*l) }
func (l *Lie) schema() object         { return enum(lieNames()...) }
