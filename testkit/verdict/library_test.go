package verdict

import (
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

// TestEveryScenarioIsPlayed compares the library of scenarios with the stories of a check.
func TestEveryScenarioIsPlayed(t *testing.T) {
	t.Parallel()
	without := map[string]string{
		"chaos/mild":    "its faults are random",
		"chaos/harsh":   "its faults are random",
		"payer/pays":    "it races with the merchant's storing of the charge; payer/before-answer plays the worst case",
		"api/list-down": "a merchant need not list charges",

		"invoice/webhook-twice": "the verdict has no merchant with invoices", "invoice/webhook-late": "the verdict has no merchant with invoices",
		"invoice/webhook-never": "the verdict has no merchant with invoices", "invoice/webhook-forged": "the verdict has no merchant with invoices",
		"invoice/create-lost": "the verdict has no merchant with invoices",
		"api/page-down":       "the fault concerns the payer, not the merchant",
	}
	var played []string
	for _, s := range library {
		played = append(played, strings.Split(s.Scenario, " + ")...)
		if s.Giving != nil {
			played = append(played, s.Giving.scenario)
		}
	}
	names := scenarios.Builtin().Names()
	if len(names) < 70 {
		t.Errorf("the library has only %d scenarios", len(names))
	}
	for _, name := range names {
		if slices.Contains(played, name) == (without[name] != "") {
			t.Errorf("%s: played %t; reason not to play it: %q", name, slices.Contains(played, name), without[name])
		}
	}
}

func TestReasonsAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[Code]bool{}
	for _, r := range Reasons() {
		if seen[r.Code] || r.Problem == "" || r.Cost == "" || r.Remedy == "" || r.Level != Must && r.Level != Should {
			t.Errorf("%+v", r)
		}
		seen[r.Code] = true
	}
	for cause, codes := range consequences {
		for _, c := range append(codes, cause) {
			if !seen[c] {
				t.Errorf("%s is not a code", c)
			}
		}
	}
}
