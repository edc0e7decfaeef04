package gateway

import "github.com/tapmock/tapmock/mockserver/tap"

// Mark says what a person should look at in an object's trace. Marks add up, and stay when a later attempt succeeds.
type Mark uint8

// The marks.
const (
	WebhookRefused   Mark = 1 << iota // a genuine webhook was not acknowledged
	SignatureRefused                  // it was refused with a status with which merchants refuse a signature
	Doubted                           // its post.url can probably not be reached
	Assumed                           // a value was used that is not confirmed for Tap; under assumption_findings
)

// markOf is what a fact adds to the marks of its object.
func markOf(f *fact) (m Mark) {
	switch sent := f.sent(); {
	case f.Event() == tap.EventAssumption:
		return Assumed
	case sent == nil || sent.Forged() != "" || f.call.OK():
	case tap.RefusesSignature(f.call.Status):
		return WebhookRefused | SignatureRefused
	default:
		return WebhookRefused
	}
	return m
}

// mark adds what a fact says to the marks of its object.
func (t *tx) mark(object tap.Object, f *fact) {
	if m := markOf(f); m != 0 {
		if o := t.find(object); o != nil {
			o.run().Marks |= m
		}
	}
}
