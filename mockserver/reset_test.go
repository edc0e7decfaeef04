package mockserver_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// TestResetForgetsChaos resets an account after as many charges with an injected fault in a row as its chaos allows. Afterwards the same
// calls get the same scenarios, and the record begins again.
func TestResetForgetsChaos(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	storm := func(calls int) (names []string) {
		t.Helper()
		s.put("scenarios: [{name: storm, description: x, chaos: {rates: {webhook/twice: 100%}, max_consecutive: 2}}]")
		if err := s.control.SetDefaultScenario(t.Context(), "storm"); err != nil {
			t.Fatal(err)
		}
		for range calls {
			names = append(names, s.chosen(nil))
		}
		return names
	}
	before := storm(2)
	if _, err := s.control.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := s.control.Chaos(t.Context())
	fails(t, err, 404, "not_found", "no charge of this account has followed a chaos scenario yet")
	after := storm(3)
	if !slices.Equal(after[:2], before) || before[0] == "storm" || after[2] != "storm" {
		t.Errorf("the charges followed %v before the reset and %v after it", before, after)
	}
	if record, err := s.control.Chaos(t.Context()); err != nil || strings.Count(record, "name: recorded/") != 3 || !strings.Contains(record, "name: recorded/1") {
		t.Errorf("the record after the reset: %s, %v", record, err)
	}
}

// TestResetCountsCreateCallsAgain has a scenario for the first create call: after a reset the next call is the first one again.
func TestResetCountsCreateCallsAgain(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for range 2 {
		s.put("scenarios: [{name: first, description: x, match: {calls: 1}}]")
		if one, two := s.chosen(nil), s.chosen(nil); one != "first" || two != "" {
			t.Errorf("the first call followed %q, the second %q", one, two)
		}
		if _, err := s.control.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
