package scenarios_test

import (
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

// TestRatesClash: two chaos scenarios with different rates for one scenario conflict.
func TestRatesClash(t *testing.T) {
	chaos := func(name scenarios.Name, r scenarios.Rate) scenarios.Scenario {
		return scenarios.Scenario{Name: name, Description: "A.", Chaos: &scenarios.Chaos{Rates: map[string]scenarios.Rate{"webhook/twice": r, "webhook/late": 50}}}
	}
	set, err := scenarios.New(scenarios.Builtin(), chaos("a", 100), chaos("b", 200), chaos("c", 100))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := set.Resolve("a + b"); text(err) != "a and b both set chaos.rates.webhook/twice; use one of them" {
		t.Error(err)
	}
	if _, err := set.Resolve("a + c"); err != nil {
		t.Error(err)
	}
}
