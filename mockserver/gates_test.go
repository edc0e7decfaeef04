package mockserver_test

import (
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// gated is a scenario file whose webhook waits at a gate.
func gated(name, gate string) string {
	return "scenarios: [{name: " + name + ", description: A., payer: {pay: {}}, callbacks: [webhook: {gate: " + gate + "}]}]"
}

// TestHoldUnknownGate closes gates that no scenario has: they are refused with a similar name. A gate is known from every place from
// which a charge can get its scenario.
func TestHoldUnknownGate(t *testing.T) {
	file, err := scenarios.Parse(scenarios.Builtin(), "server.yaml", []byte(gated("server/a", "of-server")))
	if err != nil {
		t.Fatal(err)
	}
	s := startStage(t, mockserver.Config{})
	s.refused("POST", "/gates/of-server/hold", "", 404, "not_found", "the account has no gate of-server; it has those of its charges")
	s.SetScenarios(file)
	known := func(gate string) {
		t.Helper()
		if err := s.control.Hold(t.Context(), gate); err != nil {
			t.Error(err)
		}
		misspelt := strings.ReplaceAll(gate, "-", "")
		s.refused("POST", "/gates/"+misspelt+"/hold", "", 404, "not_found", "the account has no gate "+misspelt+", did you mean "+gate+"?")
	}
	known("of-server")
	if err := s.control.PutScenarios(t.Context(), gated("own/a", "of-account")); err != nil {
		t.Fatal(err)
	}
	known("of-account")
	if err := s.control.NextYAML(t.Context(), gated("queued/a", "of-queue")); err != nil {
		t.Fatal(err)
	}
	known("of-queue")
	c := s.create(s.order(nil)) // takes the scenario from the queue
	known("of-queue")
	if err := s.control.DeleteScenarios(t.Context()); err != nil {
		t.Fatal(err)
	}
	known("of-account") // it was closed before
	s.awaitIdle()
	if n, err := s.control.Release(t.Context(), "of-queue", c.ID); err != nil || n != 1 {
		t.Errorf("released %d, %v", n, err)
	}
	s.awaitIdle()
	if got := s.get(c.ID); got.Post.Status != tap.DeliverySuccess {
		t.Errorf("post.status is %s", got.Post.Status)
	}
	if _, err := s.control.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.refused("POST", "/gates/of-queue/hold", "", 404, "not_found", "the account has no gate of-queue")
}

// TestHoldGateOfDefaultScenarios closes gates of default scenarios whose file was replaced: charges still follow them.
func TestHoldGateOfDefaultScenarios(t *testing.T) {
	file, err := scenarios.Parse(scenarios.Builtin(), "server.yaml", []byte(gated("server/a", "of-server")))
	if err != nil {
		t.Fatal(err)
	}
	s := startStage(t, mockserver.Config{})
	s.SetScenarios(file)
	if err := s.SetDefaultScenario("server/a"); err != nil {
		t.Fatal(err)
	}
	if err := s.control.PutScenarios(t.Context(), gated("own/a", "of-account")); err != nil {
		t.Fatal(err)
	}
	if err := s.control.SetDefaultScenario(t.Context(), "own/a"); err != nil {
		t.Fatal(err)
	}
	if err := s.control.DeleteScenarios(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.SetScenarios(scenarios.Builtin())
	for _, gate := range []string{"of-server", "of-account"} {
		if err := s.control.Hold(t.Context(), gate); err != nil {
			t.Error(err)
		}
	}
}
