package gateway

import (
	"strconv"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

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
