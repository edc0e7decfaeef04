package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// maxEffectsPerCharge bounds the effects of one charge.
const maxEffectsPerCharge = 10_000

// wrongValues are scenarios with wrong values in every place.
var wrongValues = []string{
	"bank: {amount: 0.001}",
	"bank: {result: CAPTURED, amount: 999999999999.999, later: {at: settled + 1h, status: VOID}}, callbacks: [webhook: {forge: another-amount}, webhook: {at: corrected, forge: two-decimals}]",
	"bank: {amount: 1, delay: 5s}, payer: {pay: {expiry: 01/29}}, callbacks: [webhook: {at: created, forge: another-currency}, webhook: {at: webhook#1, replay: true}]",
	"callbacks: [webhook: {forge: another-order, copies: 2}], api: [{on: charge.get, calls: 1, fault: another-order}, {on: charge.get, before: settled + 1m, fault: another-amount}, {on: charge.get, delay: 1s, fault: another-currency}]",
}

// FuzzScript runs each scenario of every accepted file, with an automatic payer and a merchant that responds to the first
// webhooks with 500, until no effect is pending.
func FuzzScript(f *testing.F) {
	library, err := filepath.Glob("../../scenarios/library/*.yaml")
	if err != nil || len(library) < 7 {
		f.Fatalf("the corpus is empty: %v", err)
	}
	for _, name := range library {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		set, err := scenarios.Parse(nil, name, text)
		if err != nil { // it extends scenarios of other files
			continue
		}
		for _, s := range set.List() {
			f.Add(string(s.YAML()), uint8(0))
			f.Add(string(s.YAML()), uint8(3))
		}
	}
	for _, lines := range wrongValues {
		f.Add("scenarios:\n  - {name: f/x, description: x, "+lines+"}\n", uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, failures uint8) {
		set, err := scenarios.Parse(scenarios.Builtin(), "fuzz.yaml", []byte(text))
		if err != nil {
			return
		}
		for i, s := range set.List() {
			if i < 20 {
				runScenario(t, set, string(s.Name), int(failures))
			}
		}
	})
}

// runScenario runs one scenario until no effect is pending, for three charges.
func runScenario(t *testing.T, set *scenarios.Set, name string, failures int) {
	t.Helper()
	settings := tap.DefaultSettings()
	settings.Payer = "auto"
	sent := 0
	respond := func(context.Context, Delivery) Attempt {
		if sent++; sent <= failures {
			return Attempt{Status: 500}
		}
		return Attempt{Status: 200}
	}
	_, a := start(t, Config{Seed: 1, Settings: &settings, Scenarios: set, Send: respond, Visit: func(context.Context, string) Attempt { return Attempt{Status: 200} }})
	if _, err := a.Freeze(t.Context(), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if err := a.SetDefault(name); err != nil {
		t.Fatalf("%s was accepted, but cannot be the default: %v", name, err)
	}
	ran := 0
	for range 3 {
		made, err := a.CreateCharge(chargeRequest(), nil, "http://mock.example")
		if err != nil {
			continue // the settings of the scenario may refuse the request
		}
		a.Answering(made.Payment.Name())(true)
		ran += runOut(t, a)
		checkAnswers(t, a, made.Payment.ID)
		if c, err := a.Charge(made.Payment.ID); err == nil && a.state.timeline.Pending(c.number) {
			t.Errorf("%s: the timeline is empty, but the charge has pending effects", name)
		}
	}
	if ran > 3*maxEffectsPerCharge {
		t.Errorf("%s: %d effects ran", name, ran)
	}
}

// checkAnswers reads two GETs and the webhooks of a charge: each has a charge with an amount, and the bytes of a webhook can be made
// again.
func checkAnswers(t *testing.T, a *Account, id string) {
	t.Helper()
	for range 2 {
		c, _, err := a.Retrieve(tap.KindCharge, id)
		if err != nil {
			return // it was evicted
		}
		var got tap.Charge
		if err := json.Unmarshal(c.AppendJSON(nil, tap.MethodGet), &got); err != nil || got.ID != id {
			t.Fatalf("GET shows %s: %v", got.ID, err)
		}
		if amount, err := tap.ParseNumber(string(got.Amount)); err != nil || amount <= 0 || len(got.Currency) != 3 {
			t.Errorf("GET shows %s %s", got.Amount, got.Currency)
		}
	}
	for _, d := range a.Deliveries(id) {
		for _, e := range d.Entries {
			m, err1 := a.Message(e.Sent)
			again, err2 := a.Message(e.Sent)
			if err := errors.Join(err1, err2); err != nil {
				t.Error(err)
			}
			if string(m.Body) != string(again.Body) || !slices.Equal(m.Parts, again.Parts) {
				t.Errorf("%s: two messages differ:\n%s\n%s", d.Delivery, m.Body, again.Body)
			}
		}
	}
}

// runOut opens every gate and advances the clock, until no effect is pending.
func runOut(t *testing.T, a *Account) (ran int) {
	t.Helper()
	for range 2000 {
		for _, g := range a.Gates() {
			if _, err := a.Release(g.Name, ""); err != nil {
				t.Fatal(err)
			}
		}
		pending, atGates := a.Scheduled()
		if len(pending)+len(atGates) == 0 {
			return ran
		}
		by := time.Duration(0)
		if len(pending) > 0 {
			by = max(0, pending[len(pending)-1].Due.Sub(a.Now()))
		}
		done, err := a.Advance(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		ran += done.Ran
	}
	t.Fatal("effects are still pending after 2000 advances")
	return 0
}
