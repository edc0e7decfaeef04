package payment

import (
	"slices"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestAssumptionsAreInTheLedger compares the assumptions that are recorded with the ledger.
func TestAssumptionsAreInTheLedger(t *testing.T) {
	ledger := tap.Ledger()
	for _, a := range Assumptions() {
		i := slices.IndexFunc(ledger, func(e tap.LedgerEntry) bool { return e.Behaviour == a.Behaviour })
		if i < 0 {
			t.Errorf("%q is not in the ledger", a.Behaviour)
			continue
		}
		if e := ledger[i]; e.Mark != tap.Inferred && e.Mark != tap.NothingFound || e.Setting != a.Setting && a.Setting != "" {
			t.Errorf("%q: the ledger has mark %s and setting %q, the object %q", a.Behaviour, e.Mark, e.Setting, a.Setting)
		}
	}
	if n := len(Assumptions()); n < 10 {
		t.Errorf("only %d assumptions were compared", n)
	}
}
