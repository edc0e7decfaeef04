package gateway

import (
	"github.com/tapmock/tapmock/mockserver/tap"
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
