package gateway

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// version names an object as it was at a time.
type version struct {
	id     string
	kind   tap.KindNumber
	number int16
	knet   bool // KNET was the source of the charge then, which can change without a version
}

// evidence is an object as a webhook showed it.
type evidence interface {
	signed(s *Sent, key string) Delivery // the webhook, with the signatures that the scenario wants
	masked() (shown evidence, same bool) // without card numbers and keys in the merchant's texts; same: there were none
}

// Sent is what is remembered of a webhook: which version of which object it showed, from which its bytes are made again. It is not changed
// after it has been sent.
type Sent struct {
	Attempt int // from 1

	url      string
	delivery uint64 // its number
	of       version
	twist    *twist // nil: it is genuine
}

// twist is what makes a webhook another one than the genuine one of its charge.
type twist struct {
	forge    scenarios.Forgery
	seed     uint64              // of the invented parts of a forged webhook
	other    *tap.PaymentRequest // of another order, for a webhook with a wrong value; may be nil
	replay   bool
	replayed *Sent // what a replay repeats; may be nil

	resendOf  uint64 // number of the delivery that a call of the control API has sent again as this one
	signature string // that such a call has chosen for both headers, or ""
}

// Delivery is the id of the webhook delivery, unique in the account.
func (s *Sent) Delivery() string { return deliveryID(s.delivery) }

// ResendOf is the id of the delivery that a call of the control API has sent again as this one, or "".
func (s *Sent) ResendOf() string {
	if n := s.twisted().resendOf; n != 0 {
		return deliveryID(n)
	}
	return ""
}

// Replay reports whether the webhook repeats another one.
func (s *Sent) Replay() bool { return s.twisted().replay }

// Forged says how the webhook is forged, or "": as a scenario words it, or signature if its signatures were chosen in a call of the
// control API.
func (s *Sent) Forged() string {
	if s.twisted().signature != "" {
		return "signature"
	}
	return string(s.twisted().forge)
}

func (s *Sent) twisted() twist {
	if s.twist == nil {
		return twist{}
	}
	return *s.twist
}

// describe returns the result of an attempt in one line. It contains no real time, so that it is the same in every run.
func (s *Sent) describe(t *Attempt, i, copies int) string {
	text := "attempt " + strconv.Itoa(s.Attempt)
	if copies > 1 {
		text += ", copy " + strconv.Itoa(i+1) + " of " + strconv.Itoa(copies)
	}
	if s.Forged() != "" {
		text += ", forged (" + s.Forged() + ")"
	}
	if s.Replay() {
		text += ", a replay"
	}
	return text + ", to " + describeURL(s.origin().url) + ": " + t.String()
}

// origin is the webhook whose bytes are sent, and to whose address: the one that a replay repeats.
func (s *Sent) origin() *Sent {
	for s.twisted().replayed != nil {
		s = s.twist.replayed
	}
	return s
}

// EvidenceError says that the bytes of a webhook cannot be made again, because the object that it showed was evicted.
type EvidenceError struct{ Delivery string }

// Error names the delivery and the remedy.
func (e *EvidenceError) Error() string {
	return "the charge that webhook delivery " + e.Delivery + " showed was evicted to stay within the limit, and with it the bytes of the webhook; raise -limit charges"
}

// shown returns the object that a webhook showed, as it was. The error is an [*EvidenceError].
func (t *tx) shown(s *Sent) (evidence, error) {
	v := s.origin().of
	o := t.find(tap.Object{Kind: v.kind.Kind(), ID: v.id})
	if o == nil {
		return nil, &EvidenceError{s.Delivery()}
	}
	return o.at(t, v), nil
}

// Message makes the bytes of a webhook of the account as they were sent. The error is an [*EvidenceError].
func (a *Account) Message(s *Sent) (d Delivery, err error) {
	var then evidence
	a.update(func(t *tx) { then, err = t.shown(s) })
	if err != nil {
		return d, err
	}
	return s.message(a.key, then), nil
}

// Shown makes the bytes of a webhook as they were sent, and as the control API shows them: without card numbers and keys in the merchant's
// texts. masked reports whether there were any; otherwise both are the same. The error is an [*EvidenceError].
func (a *Account) Shown(s *Sent) (sent, shown Delivery, masked bool, err error) {
	var then evidence
	a.update(func(t *tx) { then, err = t.shown(s) })
	if err != nil {
		return sent, shown, false, err
	}
	sent = s.message(a.key, then)
	plain, how := *s.origin(), s.origin().twisted()
	then, same := then.masked()
	plain.url = tap.Mask(sent.URL)
	if how.other != nil {
		how.other = how.other.Masked()
	}
	if same && plain.url == sent.URL && how.other == s.origin().twisted().other {
		return sent, sent, false, nil
	}
	how.signature, plain.twist = s.twisted().signature, &how
	return sent, plain.message(a.key, then), true, nil
}

// message makes the webhook's bytes from the object that it showed, with the account's key the same in every call.
func (s *Sent) message(key string, then evidence) Delivery {
	d := then.signed(s.origin(), key)
	d.Signature = s.twisted().signature
	return d
}

// forgeable is what the signature of a webhook is made from, for an object of any kind.
type forgeable struct {
	id                                          string
	amount                                      tap.Amount
	places                                      int
	currency, gateway, payment, status, created string

	parts func(amount string) []tap.Part // of an object with other parts; nil: those of a charge
}

// forge signs the message as the forgery wants it. body makes the body with another amount.
func (f *forgeable) forge(d Delivery, how scenarios.Forgery, body func(tap.Amount) []byte) Delivery {
	amount := f.amount.Text(f.places)
	switch how {
	case scenarios.NoSignature:
		d.Unsigned = true
	case scenarios.WrongKey:
		d.Key = "sk_test_guessed"
	case scenarios.AnotherAccount:
		d.Key = anotherKey(d.Key)
	case scenarios.TwoDecimals:
		amount = f.amount.Rounded(2).Text(2)
	case scenarios.UpperCase:
		d.UpperCase = true
	case scenarios.BodyChanged:
		d.Sent = body(f.amount * 10)
	}
	if f.parts != nil {
		d.Parts = f.parts(amount)
		return d
	}
	d.Parts = tap.HashParts(f.id, amount, f.currency, f.gateway, f.payment, f.status, f.created)
	return d
}

// anotherKey returns the key of a different merchant.
func anotherKey(key string) string {
	return "sk_test_" + hex.EncodeToString(binary.BigEndian.AppendUint64(nil, hash64("another "+key)))
}
