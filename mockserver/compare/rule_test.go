package compare

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestFormsOfGenerated draws ids and references at many times: within a style their forms must not differ, or equal payments would.
func TestFormsOfGenerated(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, style := range []tap.Style{tap.StyleNewest, tap.Style2023, tap.Style2022} {
		forms := map[string]map[string]string{"id": {}, "payment": {}, "receipt": {}}
		for range 1_000 {
			at := time.UnixMilli(1_700_000_000_000 + r.Int64N(1e11))
			for of, text := range map[string]string{"id": tap.ID("chg", style, at, r), "payment": tap.PaymentReference(style, at, r), "receipt": tap.ReceiptID(style, at, r)} {
				forms[of][form(textNode(text))] = text
			}
		}
		for of, all := range forms {
			if len(all) != 1 {
				t.Errorf("%s of style %s: %v", of, style, all)
			}
		}
	}
}

// TestForm writes the form of values in words.
func TestForm(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"chg_TS01A44"`: "chg_ and 7 letters and digits", `"src_kw.knet"`: "src_ and 7 characters", `"1795766984542"`: "13 digits", `1795766984542`: "a number of 13 digits", `1`: "a number of 1 digit",
		`12.5`: "a number", `""`: "empty", `null`: "null", `true`: "a boolean", `"B22230"`: "6 letters and digits", `"o-1"`: "3 characters", `"_x"`: "2 characters", `"a_"`: "a_ and 0 digits",
	} {
		if got := form(parse([]byte(value))); got != want {
			t.Errorf("the form of %s is %q, want %q", value, got, want)
		}
	}
}
