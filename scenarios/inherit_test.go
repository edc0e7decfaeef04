package scenarios_test

import (
	"strings"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

const inherited = `
scenarios:
  - name: base
    description: Base.
    settings: {otp_from: 1.000, strict: true}
    payer: {pay: {otp: wrong}, gate: payer}
    bank: {result: CAPTURED, delay: 5s, gate: bank, later: {at: settled + 1h, status: VOID}}
    callbacks: [{webhook: {at: settled, copies: 2}}, {webhook: {at: corrected, gate: second}}, {return: {at: settled + 1m, query: {a: b}}}]
    api: [{on: page.open, delay: 1s}]
    chaos: {rates: {webhook/twice: 10%, return/twice: 20%}}
  - {name: gates, description: X., extends: base, unset: [payer.gate, bank.gate, settings.otp_from, chaos.rates.webhook/twice]}
  - {name: whole, description: X., extends: base, unset: [payer, bank, callbacks, api, chaos, settings]}
  - {name: webhooks, description: X., extends: base, unset: callbacks.webhook, bank: {later: {at: settled + 2h}}}
  - {name: replaced, description: X., extends: base, unset: [bank], bank: {code: "51"}, callbacks: [{webhook: {at: settled}}]}
  - {name: person, description: X., extends: base, payer: person}
  - {name: again, description: X., extends: person, payer: {cancel: entry}}
  - {name: second, description: X., extends: base, callbacks: [{webhook#2: {at: corrected + 1s}}, {return#1: {copies: 3}}]}
  - {name: ungated, description: X., extends: base, unset: [callbacks.webhook#2.gate, callbacks.return#1.query.a, callbacks.webhook#1.copies], callbacks: [{webhook#2: {copies: 4}}]}
  - {name: one, description: X., extends: webhook/concurrent, callbacks: [{webhook#1: {copies: 2, concurrent: false}}]}
  - {name: default, description: X., extends: outcome/captured, callbacks: [{webhook#1: {gate: late}}, {return#1: {copies: 2}}]}
  - {name: alone, description: X., callbacks: [{webhook#1: {at: settled + 5s}}]}
`

// TestInherit checks unset, payer: person and the changes of single callbacks.
func TestInherit(t *testing.T) {
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte(inherited))
	if err != nil {
		t.Fatal(err)
	}
	const callbacks = "    callbacks:\n      - {webhook: {at: settled, copies: 2}}\n"
	for name, want := range map[string]string{
		"gates": `    settings: {strict: "true"}
    payer: {pay: {otp: wrong}}
    bank: {result: CAPTURED, delay: 5s, later: {at: settled + 1h, status: VOID}}
` + callbacks + `      - {webhook: {at: corrected, gate: second}}
      - {return: {at: settled + 1m, query: {a: b}}}
    api:
      - {on: page.open, delay: 1s}
    chaos: {rates: {return/twice: 20%}}
`,
		"whole":    "",
		"webhooks": "later: {at: settled + 2h, status: VOID}}\n    callbacks:\n      - {return: {at: settled + 1m, query: {a: b}}}\n",
		"replaced": "    bank: {code: \"51\"}\n    callbacks:\n      - {return: {at: settled + 1m, query: {a: b}}}\n      - {webhook: {at: settled}}\n",
		"person":   "    payer: person\n",
		"again":    "    payer: {cancel: entry}\n",
		"second":   callbacks + "      - {webhook: {at: corrected + 1s, gate: second}}\n      - {return: {at: settled + 1m, copies: 3, query: {a: b}}}\n",
		"ungated":  "    callbacks:\n      - {webhook: {at: settled}}\n      - {webhook: {at: corrected, copies: 4}}\n      - {return: {at: settled + 1m}}\n",
		"one":      "    callbacks:\n      - {webhook: {copies: 2, concurrent: false}}\n",
		"default":  "    callbacks:\n      - {webhook: {gate: late}}\n      - {return: {copies: 2}}\n",
		"alone":    "    callbacks:\n      - {webhook: {at: settled + 5s}}\n",
	} {
		whole := resolve(t, set, name).Scenario()
		got := string(whole.YAML())
		head, body, _ := strings.Cut(got, "    description: X.\n")
		if head == "" || !strings.Contains(body, want) || want == "" && body != "" {
			t.Errorf("%s: want\n%sin\n%s", name, want, got)
		}
	}
}

// TestPerson: a scenario with payer: person stays with a person where the setting payer is auto.
func TestPerson(t *testing.T) {
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte(inherited))
	if err != nil {
		t.Fatal(err)
	}
	for name, automatic := range map[string]bool{"person": false, "base": true, "whole": true, "again": true} {
		if got := resolve(t, set, name).Automatic().Payer != nil; got != automatic {
			t.Errorf("%s: automatic payer %t", name, got)
		}
	}
	if base := resolve(t, set, "base").Scenario(); base.Payer.Gate != "payer" || base.Bank.Gate != "bank" || len(base.Callbacks) != 3 || base.Callbacks[1].Webhook.Gate != "second" || base.Callbacks[2].Return.Query["a"] != "b" {
		t.Errorf("the inherited scenario was changed: %+v", base)
	}
}
