package mockserver_test

import (
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// TestScenarioHeader chooses the scenario of a create in its header, which precedes every other choice.
func TestScenarioHeader(t *testing.T) {
	s := startStage(t, mockserver.Config{DefaultScenario: "outcome/declined"})
	s.next("outcome/restricted")
	named := s.order(map[string]any{"metadata": at("tapmock_scenario", "outcome/cancelled")})
	for _, name := range []string{"outcome/no-funds", "payer/pays + webhook/twice"} {
		a := s.api("POST", "/v2/charges", named, "X-Tapmock-Scenario", name)
		if got := a.header.Get("X-Tapmock-Scenario"); a.status != 200 || got != name {
			t.Errorf("%s: HTTP %d, the charge follows %q", name, a.status, got)
		}
		if c, err := s.control.Charge(t.Context(), decode(t, a.body).ID); err != nil || c.Scenario != name {
			t.Errorf("%s: the charge follows %q, %v", name, c.Scenario, err)
		}
	}
	if a := s.api("POST", "/v2/charges", named, "X-Tapmock-Scenario", ""); a.header.Get("X-Tapmock-Scenario") != "outcome/cancelled" {
		t.Errorf("with an empty header the charge follows %q", a.header.Get("X-Tapmock-Scenario"))
	}
	if got := s.chosen(nil); got != "outcome/restricted" {
		t.Errorf("the queue was used for %q", got)
	}
	if got := s.chosen(nil); got != "outcome/declined" {
		t.Errorf("without a choice the charge follows %q", got)
	}
}

// TestScenarioHeaderMistakes names scenarios that do not exist or conflict: no charge is created and the queue is not used.
func TestScenarioHeaderMistakes(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.next("outcome/captured")
	for name, want := range map[string]string{
		"outcome/no-fund":                     "did you mean outcome/no-funds",
		"webhook/twice + retrun/never":        "did you mean return/never",
		"outcome/captured + outcome/no-funds": "both set bank.result",
	} {
		a := s.api("POST", "/v2/charges", s.order(nil), "X-Tapmock-Scenario", name)
		if a.status != 400 || !strings.Contains(a.body, `"1103"`) || !strings.Contains(a.body, "header X-Tapmock-Scenario: ") || !strings.Contains(a.body, want) {
			t.Errorf("%s: HTTP %d %s", name, a.status, a.body)
		}
	}
	account, err := s.control.Account(t.Context())
	if err != nil || account.Charges != 0 || len(account.Queue) != 1 {
		t.Errorf("%+v, %v", account, err)
	}
}

// TestScenarioHeaderOfAReplay repeats a create under another scenario: the charge keeps its own.
func TestScenarioHeaderOfAReplay(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	body := s.order(map[string]any{"reference": at("idempotent", "i-1")})
	first := s.api("POST", "/v2/charges", body, "X-Tapmock-Scenario", "outcome/no-funds")
	again := s.api("POST", "/v2/charges", body, "X-Tapmock-Scenario", "api/create-refused")
	if again.status != 200 || again.body != first.body || again.header.Get("X-Tapmock-Scenario") != "outcome/no-funds" {
		t.Errorf("HTTP %d, the charge follows %q", again.status, again.header.Get("X-Tapmock-Scenario"))
	}
}
