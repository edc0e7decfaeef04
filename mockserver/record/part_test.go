package record_test

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/record"
	"github.com/tapmock/tapmock/scenarios"
)

// TestPartOfTrace records parts of payments: what there was at each moment of it, what is left when earlier entries were evicted, and all
// without one entry. What comes out is Go, and a scenario, which only the loss of entries can make one that contradicts itself.
func TestPartOfTrace(t *testing.T) {
	t.Parallel()
	for n, name := range charges(t) {
		if n%4 != 0 { // all of them take too long
			continue
		}
		s := newStage(t)
		s.check(s.control.Next(t.Context(), name))
		trace, webhooks := s.play()
		for i := range trace.Entries {
			so := trace.Entries[:i]
			sent := slices.DeleteFunc(slices.Clone(webhooks), func(w control.Webhook) bool { return i == 0 || w.Attempts[0].Entry > so[i-1].Seq })
			if notes := checkPart(t, name, &control.Trace{Charge: trace.Charge, Entries: so}, sent); strings.Contains(notes, "contradicts itself") {
				t.Errorf("the first %d entries of %s: %s", i, name, notes)
			}
			checkPart(t, name, &control.Trace{Charge: trace.Charge, Entries: trace.Entries[i:]}, webhooks)
			checkPart(t, name, &control.Trace{Charge: trace.Charge, Entries: slices.Delete(slices.Clone(trace.Entries), i, i+1)}, nil)
		}
	}
	checkPart(t, "nothing", &control.Trace{}, nil)
}

// checkPart returns the notes of the scenario.
func checkPart(t *testing.T, name string, trace *control.Trace, webhooks []control.Webhook) string {
	t.Helper()
	yaml, notes := record.Scenario(trace, webhooks)
	if _, err := scenarios.Parse(scenarios.Builtin(), "recorded.yaml", []byte(yaml)); err != nil && !strings.Contains(strings.Join(notes, "\n"), "contradicts itself") {
		t.Errorf("a part of %s: %v\n%s%q", name, err, yaml, notes)
	}
	source, _ := record.GoTest(trace, webhooks)
	if _, err := parser.ParseFile(token.NewFileSet(), "shop_test.go", source, parser.SkipObjectResolution); err != nil {
		t.Errorf("a part of %s: %v\n%s", name, err, source)
	}
	return strings.Join(notes, "\n")
}
