package scenarios_test

import (
	"strings"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

const amounts = `
scenarios:
  - {name: less, description: Base., bank: {result: CAPTURED, amount: 1.000, delay: 5s}}
  - {name: any, description: Base., bank: {amount: 1.000}}
  - {name: again, description: X., extends: less, bank: {amount: 2.5}}
  - {name: captured, description: X., extends: less, bank: {result: CAPTURED, gate: a}}
  - {name: refused, description: X., extends: less, bank: {result: NOT CAPTURED}}
  - {name: declined, description: X., extends: any, bank: {code: "51"}}
  - {name: void, description: X., extends: less, bank: {status: VOID}}
  - {name: response, description: X., extends: any, bank: {response: "505"}}
  - {name: unset, description: X., extends: less, unset: bank.amount}
  - {name: plus, description: X., extends: any + outcome/captured}
  - {name: later, description: X., extends: less, bank: {later: {at: settled + 1h, status: VOID}}}
`

// TestCapturedAmount: the captured amount is inherited, replaced and unset like other keys of the bank, and goes with a capture.
func TestCapturedAmount(t *testing.T) {
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte(amounts))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"again":    "bank: {result: CAPTURED, amount: \"2.500\", delay: 5s}",
		"captured": "bank: {result: CAPTURED, amount: \"1.000\", delay: 5s, gate: a}",
		"refused":  "bank: {result: NOT CAPTURED, delay: 5s}",
		"declined": "bank: {code: \"51\"}",
		"void":     "bank: {result: CAPTURED, status: VOID, delay: 5s}",
		"response": "bank: {response: \"505\"}",
		"unset":    "bank: {result: CAPTURED, delay: 5s}",
		"plus":     "bank: {result: CAPTURED, amount: \"1.000\"}",
		"later":    "bank: {result: CAPTURED, amount: \"1.000\", delay: 5s, later: {at: settled + 1h, status: VOID}}",
	} {
		whole := resolve(t, set, name).Scenario()
		if got := string(whole.YAML()); !strings.Contains(got, "    "+want+"\n") {
			t.Errorf("%s: want %s in\n%s", name, want, got)
		}
	}
	if a, ok := resolve(t, set, "again").Bank.Amount.Amount(); !ok || a != 2500 {
		t.Errorf("the amount is %s, %t", a, ok)
	}
	for name, want := range map[string]string{
		"less + outcome/no-funds": "less and outcome/no-funds both set bank.result; use one of them",
		"any + outcome/no-funds":  "any + outcome/no-funds: bank.amount is for a capture only; here the payment ends FAILED",
		"less + any":              "",
	} {
		if _, err := set.Resolve(name); text(err) != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// TestAmountUnderAnOutcome lays results over a captured amount, as the outcome panel of the page does.
func TestAmountUnderAnOutcome(t *testing.T) {
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte(amounts))
	if err != nil {
		t.Fatal(err)
	}
	for top, kept := range map[string]bool{"outcome/captured": true, "outcome/no-funds": false, "outcome/silent-bank": false} {
		st := scenarios.Over(resolve(t, set, "less"), resolve(t, set, top))
		if _, set := st.Bank.Amount.Amount(); set != kept {
			t.Errorf("under %s the amount is kept: %t, want %t", top, set, kept)
		}
		playable(t, st)
	}
}
