package compare

import "testing"

// TestOwn has texts of two payments that are equal without their ids, orders and times, and some that are not.
func TestOwn(t *testing.T) {
	t.Parallel()
	a, b := own{"chg_TS01A", "7"}, own{"chg_TS02B", "8"}
	for _, c := range []struct {
		one, other string
		same       bool
	}{
		{"order 7, attempt 7", "order 8, attempt 7", true},
		{"order 7, attempt 7", "order 8, attempt 8", false},
		{"to http://shop/?order=7&tap_id=chg_TS01A", "to http://shop/?order=8&tap_id=chg_TS02B", true},
		{"refund re_TS01 at 2026-11-27 08:09:44.5 by whd_3", "refund re_TS99 at 2027-01-01T00:00:00Z by whd_44", true},
		{"refund re_TS01", "refund auth_TS01", false},
		{"12.345 KWD", "12.35 KWD", false},
		{"", "", true},
	} {
		if got := a.detail(c.one) == b.detail(c.other); got != c.same {
			t.Errorf("%q and %q: %q, %q", c.one, c.other, a.detail(c.one), b.detail(c.other))
		}
	}
}
