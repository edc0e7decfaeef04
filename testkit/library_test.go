package testkit

import (
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

// TestEveryScenarioIsChecked holds the library of scenarios against the stories of a check.
func TestEveryScenarioIsChecked(t *testing.T) {
	t.Parallel()
	without := map[string]string{
		"chaos/mild": "chance", "chaos/harsh": "chance",
		"payer/pays": "a race with the shop's own storing; payer/before-answer plays its worst", "api/list-down": "the check needs no merchant who lists", "api/page-down": "the payer's trouble, not the merchant's",
	}
	var played []string
	for _, s := range library {
		played = append(played, strings.Split(s.Scenario, " + ")...)
	}
	names := scenarios.Builtin().Names()
	if len(names) < 70 {
		t.Errorf("the library has only %d scenarios", len(names))
	}
	for _, name := range names {
		if slices.Contains(played, name) == (without[name] != "") {
			t.Errorf("%s: played %t, and without it because of %q", name, slices.Contains(played, name), without[name])
		}
	}
}
