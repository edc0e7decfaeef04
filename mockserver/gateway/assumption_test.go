package gateway

import (
	"slices"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestAssumptionsAreInTheLedger compares the assumptions that are recorded with the ledger.
func TestAssumptionsAreInTheLedger(t *testing.T) {
	ledger := tap.Ledger()
	for _, a := range assumptions {
		i := slices.IndexFunc(ledger, func(e tap.LedgerEntry) bool { return e.Behaviour == a.behaviour })
		if i < 0 {
			t.Errorf("%q is not in the ledger", a.behaviour)
			continue
		}
		if e := ledger[i]; e.Mark != tap.Inferred && e.Mark != tap.NothingFound || e.Setting != a.setting && a.setting != "" {
			t.Errorf("%q: the ledger has mark %s and setting %q, the gateway %q", a.behaviour, e.Mark, e.Setting, a.setting)
		}
	}
	if len(assumptions) < 10 {
		t.Errorf("only %d assumptions were compared", len(assumptions))
	}
}
