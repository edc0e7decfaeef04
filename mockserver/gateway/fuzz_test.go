package gateway

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// maxEffectsPerCharge bounds the effects of one charge.
const maxEffectsPerCharge = 10_000

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
		a.Answering(made.Charge.ID)(true)
		ran += runOut(t, a)
		if c, err := a.Charge(made.Charge.ID); err == nil && c.pending != 0 && len(a.atGates) == 0 {
			t.Errorf("%s: the timeline is empty, but the charge counts %d pending effects", name, c.pending)
		}
	}
	if ran > 3*maxEffectsPerCharge {
		t.Errorf("%s: %d effects ran", name, ran)
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
		pending, atGates := a.Pending()
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
