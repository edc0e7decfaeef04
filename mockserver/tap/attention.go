package tap

// Attention says what a person should look at in a payment object. The values add up, and stay when a later attempt succeeds.
type Attention uint8

// What needs attention.
const (
	WebhookRefused   Attention = 1 << iota // a genuine webhook was not acknowledged
	SignatureRefused                       // and the status says that the signature was refused, see [RefusesSignature]
	Unreachable                            // its post.url can probably not be reached
	Assumption                             // a value was used that is not confirmed for Tap; under the setting assumption_findings
)

// Words name what needs attention, the same in lists and searches.
func (a Attention) Words() (all []string) {
	switch {
	case a&SignatureRefused != 0:
		all = append(all, "signature refused")
	case a&WebhookRefused != 0:
		all = append(all, "webhook refused")
	}
	if a&Unreachable != 0 {
		all = append(all, "post.url unreachable")
	}
	if a&Assumption != 0 {
		all = append(all, "assumption")
	}
	return all
}
