package gateway

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

// setOf is a set with one scenario on top of the library.
func setOf(t *testing.T, text string) *scenarios.Set {
	t.Helper()
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: ["+text+"]"))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestScriptedAccount notes whether a charge may follow a scenario of the account: only then a create call has to look for one.
func TestScriptedAccount(t *testing.T) {
	_, a := start(t, Config{})
	own := setOf(t, "{name: t/x, description: x}")
	for _, step := range []struct {
		name string
		do   func() error
		want bool
	}{
		{"a new account", func() error { return nil }, false},
		{"a scenario in the queue", func() error { return a.Next("payer/pays") }, true},
		{"an empty queue", func() error { a.ClearQueue(); return nil }, false},
		{"a default", func() error { return a.SetDefault("payer/pays") }, true},
		{"no default", func() error { return a.SetDefault("") }, false},
		{"own scenarios", func() error { return a.SetScenarios(own) }, true},
		{"no own scenarios", func() error { return a.SetScenarios(nil) }, false},
		{"an automatic payer", func() error { set(t, a, "payer", "auto"); return nil }, true},
		{"none", func() error { set(t, a, "payer"); return nil }, false},
	} {
		if err := step.do(); err != nil || a.scripted.Load() != step.want {
			t.Errorf("%s: scripted %t, want %t: %v", step.name, a.scripted.Load(), step.want, err)
		}
	}
}

// TestScriptedServer is the same for the scenarios of the server: those that match nothing by themselves do not count.
func TestScriptedServer(t *testing.T) {
	g, _ := start(t, Config{})
	plain, matching := setOf(t, "{name: t/x, description: x}"), setOf(t, "{name: t/x, description: x, match: {reference.order: x}}")
	for i, step := range []struct {
		set  *scenarios.Set
		want bool
	}{{plain, false}, {matching, true}, {plain, false}} {
		if g.SetScenarios(step.set); g.scripted.Load() != step.want {
			t.Errorf("set %d: scripted %t, want %t", i+1, g.scripted.Load(), step.want)
		}
	}
	if err := g.SetDefault("payer/pays"); err != nil || !g.scripted.Load() {
		t.Errorf("with a default: scripted %t, %v", g.scripted.Load(), err)
	}
	if g.SetScenarios(plain); !g.scripted.Load() {
		t.Error("with the same default and other scenarios: scripted false")
	}
}

// TestOwnScenarios returns the scenarios in use: the server's, or the account's own; and finds those that the server got later.
func TestOwnScenarios(t *testing.T) {
	g, a := start(t, Config{})
	if got, own := a.Scenarios(); own || got != g.Scenarios() {
		t.Errorf("a new account uses %v, own %t", got, own)
	}
	mine := setOf(t, "{name: t/own, description: x}")
	if err := a.SetScenarios(mine); err != nil {
		t.Fatal(err)
	}
	if got, own := a.Scenarios(); !own || got != mine {
		t.Errorf("the account uses %v, own %t", got, own)
	}
	g.SetScenarios(setOf(t, "{name: t/new, description: x}"))
	if err := errors.Join(a.Next("t/own"), a.Next("t/new")); err != nil {
		t.Error(err)
	}
	if err := a.Next("t/owm"); err == nil || !strings.Contains(err.Error(), "t/own") {
		t.Errorf("an unknown name: %v", err)
	}
}

// TestOwnScenariosTakeMemoryOfIdleCharges gives an account scenarios where charges that have ended hold the memory: as many as necessary
// are evicted, and none if the scenarios can never fit.
func TestOwnScenariosTakeMemoryOfIdleCharges(t *testing.T) {
	large := setOf(t, "{name: t/large, description: "+strings.Repeat("x", 5000)+"}")
	_, cost := costing(t, "a")
	for _, test := range []struct {
		limit   int
		evicted int
		full    string
	}{
		{large.Cost() + 3*cost, 0, ""}, {large.Cost() + 3*cost - 1, 1, ""}, {large.Cost() + 2*cost, 1, ""}, {large.Cost(), 3, ""}, {large.Cost() - 1, 0, "scenarios"},
	} {
		g, a := start(t, Config{Limits: Limits{Scenarios: test.limit}})
		for _, name := range []string{"a", "b", "c"} {
			small, _ := costing(t, name)
			if err := a.NextOf(small); err != nil {
				t.Fatal(err)
			}
			confirm(t, g, create(t, a))
			a.AwaitIdle(t.Context())
		}
		if err := a.SetScenarios(large); fullOf(err) != test.full || a.Overview().EvictedCharges != test.evicted {
			t.Errorf("limit %d: %v, %d charges were evicted, want %d", test.limit, err, a.Overview().EvictedCharges, test.evicted)
		}
		checkMemory(t, g)
	}
}

// TestEqualFilesAreShared has two accounts read the same file at the same time: both use the set that was there first, and it counts once.
func TestEqualFilesAreShared(t *testing.T) {
	first, second := setOf(t, "{name: t/x, description: x}"), setOf(t, "{name: t/x, description: x}")
	text := fileText{scenarios.Builtin(), sha256.Sum256([]byte("x"))}
	m := newMemory(first.Cost())
	for i, set := range []*scenarios.Set{first, second} {
		if used, ok := m.replace(nil, set, text); used != first || !ok {
			t.Errorf("account %d uses its own set: %t, within the limit: %t", i+1, used == set, ok)
		}
	}
	if m.used != first.Cost() || m.find(text) != first {
		t.Errorf("%d bytes are counted, want %d", m.used, first.Cost())
	}
	for range 2 {
		m.replace(first, nil, fileText{})
	}
	if m.used != 0 || m.find(text) != nil {
		t.Errorf("without users %d bytes are counted", m.used)
	}
}

// TestMistakesAreBounded joins the mistakes of two changes of settings: at most twenty, and the remark that there may be more.
func TestMistakesAreBounded(t *testing.T) {
	mistakes := func(n int) SettingsError { return slices.Repeat(SettingsError{errors.New("x")}, n) }
	for _, test := range []struct{ first, second, want int }{{1, 0, 1}, {10, 9, 19}, {10, 10, 20}, {10, 11, 21}, {20, 20, 21}} {
		all := mistakes(test.first).And(mistakes(test.second))
		if len(all) != test.want || (all[len(all)-1] == errMoreMistakes) != (test.want > 20) {
			t.Errorf("%d and %d mistakes are %d", test.first, test.second, len(all))
		}
	}
	if all := mistakes(2).And(errors.New("another error")); len(all) != 2 {
		t.Errorf("another error counts as a mistake: %v", all)
	}
}
