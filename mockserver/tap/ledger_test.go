package tap

import (
	"slices"
	"strings"
	"testing"
)

// TestLedger checks every entry of the ledger, and that ledger and settings refer to each other.
func TestLedger(t *testing.T) {
	seen := map[string]bool{}
	var used []string
	for _, e := range Ledger() {
		if e.Behaviour == "" || !slices.Contains(Marks(), e.Mark) || seen[e.Behaviour] {
			t.Errorf("entry %+v: it has no text or no mark, or is in the ledger twice", e)
		}
		seen[e.Behaviour] = true
		if !strings.HasPrefix(e.Source, "Tap API ") && !strings.HasPrefix(e.Source, "Rest of v2 ") && !strings.HasPrefix(e.Source, "KNET page ") {
			t.Errorf("%s: source %q is not a heading of a fact sheet", e.Behaviour, e.Source)
		}
		if e.Setting != "" && !slices.Contains(SettingNames(), e.Setting) {
			t.Errorf("%s: there is no setting %s", e.Behaviour, e.Setting)
		}
		used = append(used, e.Setting)
	}
	for _, name := range SettingNames() {
		if !slices.Contains(used, name) && name != "assumption_findings" { // a setting of the mock alone
			t.Errorf("setting %s is not in the ledger", name)
		}
	}
}
