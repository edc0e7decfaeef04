package gateway

import (
	"iter"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// capturesOf are the captures of an authorization, the last first: charges of their own, which run in its lane. The one at hand may be
// removed. A charge has none.
func (t *tx) capturesOf(authorization *Payment) iter.Seq[*Payment] {
	return func(yield func(*Payment) bool) {
		if authorization.Kind() != tap.KindAuthorization {
			return
		}
		for place := authorization.last; place != 0; {
			c := t.payments.at(place)
			if place = c.before; !yield(c) {
				return
			}
		}
	}
}
