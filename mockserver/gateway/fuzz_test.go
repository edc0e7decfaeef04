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

// FuzzStory plays every scenario of whatever file is accepted, with an automatic payer and a merchant who refuses now and then,
// until nothing is left to happen.
func FuzzStory(f *testing.F) {
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
		if err != nil { // it mixes in scenarios of other files
			continue
		}
		for _, s := range set.List() {
			f.Add(string(s.YAML()), uint8(0))
			f.Add(string(s.YAML()), uint8(3))
		}
	}
	f.Fuzz(func(t *testing.T, text string, refuses uint8) {
		set, err := scenarios.Parse(scenarios.Builtin(), "fuzz.yaml", []byte(text))
		if err != nil {
			return
		}
		for i, s := range set.List() {
			if i < 20 {
				playOut(t, set, string(s.Name), int(refuses))
			}
		}
	})
}

// playOut plays one scenario to its end.
func playOut(t *testing.T, set *scenarios.Set, name string, refuses int) {
	t.Helper()
	settings := tap.DefaultSettings()
	settings.Payer = "auto"
	sent := 0
	answer := func(context.Context, Delivery) Attempt {
		if sent++; sent <= refuses {
			return Attempt{Status: 500}
		}
		return Attempt{Status: 200}
	}
	_, a := start(t, Config{Seed: 1, Settings: &settings, Scenarios: set, Send: answer, Visit: func(context.Context, string) Attempt { return Attempt{Status: 200} }})
	if _, err := a.Freeze(t.Context(), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if err := a.SetDefault(name); err != nil {
		t.Fatalf("%s was accepted and cannot be named: %v", name, err)
	}
	ran := 0
	for range 3 {
		made, err := a.CreateCharge(chargeRequest(), nil, "http://mock.example")
		if err != nil {
			continue // settings of the scenario may refuse it
		}
		a.Answering(made.Charge.ID)(true)
		ran += runOut(t, a)
		if c, err := a.Charge(made.Charge.ID); err == nil && c.pending != 0 && len(a.atGates) == 0 {
			t.Errorf("%s: nothing is left to happen, and %d effects are pending", name, c.pending)
		}
	}
	if ran > 3*maxEffectsPerCharge {
		t.Errorf("%s: %d effects", name, ran)
	}
}

// runOut moves the clock from effect to effect until there is none, and opens every gate on the way.
func runOut(t *testing.T, a *Account) (ran int) {
	t.Helper()
	for range 2000 {
		for _, g := range a.Gates() {
			if _, err := a.Release(g.Name, ""); err != nil {
				t.Fatal(err)
			}
		}
		pending, held := a.Pending()
		if len(pending)+len(held) == 0 {
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
	t.Fatal("it does not come to rest")
	return 0
}
