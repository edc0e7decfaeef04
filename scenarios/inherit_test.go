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

// TestSettingsOfFileAndExtended: a scenario's own setting counts first, then what it extends sets itself, then its file's, then those of
// the file of what it extends.
func TestSettingsOfFileAndExtended(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": `
settings: {page_limit: 1m, otp_tries: "1", otp_resends: "1"}
scenarios:
  - {name: base, description: A., settings: {page_limit: 2m}}
`, "b.yaml": `
settings: {page_limit: 3m, otp_tries: "3"}
scenarios:
  - {name: inherits, description: A., extends: base}
  - {name: again, description: A., extends: inherits}
  - {name: both, description: A., extends: inherits + webhook/twice}
  - {name: own, description: A., extends: base, settings: {page_limit: 4m}}
  - {name: unset, description: A., extends: base, unset: settings.page_limit}
`})
	server, err := scenarios.Load(scenarios.Builtin(), dir)
	if err != nil {
		t.Fatal(err)
	}
	account, err := scenarios.Parse(server, "c.yaml", []byte(`
settings: {page_limit: 5m, otp_tries: "5", otp_resends: "5"}
scenarios:
  - {name: above, description: A., extends: inherits, settings: {otp_resends: "6"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	copied, err := scenarios.Parse(server, "c.yaml", account.File().YAML())
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []*scenarios.Set{account, copied} {
		for name, want := range map[string][3]string{"base": {"2m", "1", "1"}, "inherits": {"2m", "3", "1"}, "again": {"2m", "3", "1"},
			"both": {"2m", "3", "1"}, "own": {"4m", "3", "1"}, "unset": {"3m", "3", "1"}, "above": {"2m", "5", "6"}} {
			script, err := set.Resolve(name)
			if err != nil {
				t.Fatal(err)
			}
			s := script.Settings
			if got := [3]string{s["page_limit"], s["otp_tries"], s["otp_resends"]}; got != want {
				t.Errorf("%s has page_limit, otp_tries and otp_resends %q, want %q", name, got, want)
			}
		}
	}
}
