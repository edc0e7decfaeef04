package gateway

import (
	"math"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Newest returns the latest charges that are wanted, the latest first, at most max, and whether there are more. With after they are those before
// the charge of that id; the error is a [*NoChargeError] if the account does not have it. Unlike [Account.Charges] it looks at no more charges than
// it needs to, and locks the account for short times only.
func (a *Account) Newest(wanted func(*Payment) bool, after string, max int) (some []Payment, more bool, err error) {
	behind := listStart(false)
	if after != "" {
		if behind, err = a.ordinalOf(tap.KindCharge, after); err != nil {
			return nil, false, err
		}
	}
	a.walk(tap.KindCharge, &tap.ListRequest{To: math.MaxInt64}, behind, func(c *Payment) bool {
		switch {
		case !wanted(c):
		case len(some) == max:
			more = true
			return false
		default:
			some = append(some, *c)
		}
		return true
	})
	return some, more, nil
}
