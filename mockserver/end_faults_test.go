package mockserver_test

import (
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// TestEndFaults ends the faults of the charges and refunds that exist, and of no others.
func TestEndFaults(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto")
	broken := func() string { return s.createFrom("api: [{on: charge.get, fault: {status: 503}}]", nil).ID }
	first, paid := broken(), s.createFrom("callbacks: [webhook: {}]", nil).ID
	s.awaitIdle()
	if err := s.control.NextYAML(t.Context(), "scenarios: [{name: test/refund, description: x, object: refund, api: [{on: refund.get, fault: {status: 503}}]}]"); err != nil {
		t.Fatal(err)
	}
	back := s.refunds(paid, nil).ID
	status := func(path string) int { return s.call("GET", path, "").status }
	if status("/v2/charges/"+first) != 503 || status("/v2/refunds/"+back) != 503 {
		t.Fatal("the scenarios have no effect")
	}
	if err := s.control.EndFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a, b := status("/v2/charges/"+first), status("/v2/refunds/"+back); a != 200 || b != 200 {
		t.Errorf("after the end: charge %d, refund %d", a, b)
	}
	if later := broken(); status("/v2/charges/"+later) != 503 {
		t.Error("a later charge has no faults")
	}
	if _, err := s.control.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := broken(); status("/v2/charges/"+again) != 503 {
		t.Error("after a reset the first charge has no faults")
	}
}
