package gateway

import "github.com/tapmock/tapmock/mockserver/tap"

// attentionTo is what a fact says that a person should look at.
func attentionTo(f *fact) tap.Attention {
	switch sent := f.sent(); {
	case f.Event() == tap.EventAssumption:
		return tap.Assumption
	case sent == nil || sent.Forged() != "" || f.call.OK():
		return 0
	case tap.RefusesSignature(f.call.Status):
		return tap.WebhookRefused | tap.SignatureRefused
	}
	return tap.WebhookRefused
}

// attend adds what a fact says to what a person should look at in its object.
func (t *tx) attend(object tap.Object, f *fact) {
	if a := attentionTo(f); a != 0 {
		if o := t.find(object); o != nil {
			o.run().Attention |= a
		}
	}
}
