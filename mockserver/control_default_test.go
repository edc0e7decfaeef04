package mockserver_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// ask makes a call of the control API and returns the JSON object of its answer.
func (s *stage) ask(method, path, body string) (status int, answer object) {
	s.t.Helper()
	a := s.call(method, control.Prefix+path, body)
	return a.status, decodeJSON(s.t, a.body).(object)
}

// refused makes a call of the control API that must fail with this status and code, and a message with these parts.
func (s *stage) refused(method, path, body string, status int, code string, parts ...string) {
	s.t.Helper()
	got, answer := s.ask(method, path, body)
	message, _ := valueAt(answer, "error", "message").(string)
	if got != status || valueAt(answer, "error", "code") != code {
		s.t.Errorf("%s %s %s: HTTP %d %v, want %d %s", method, path, body, got, answer, status, code)
	}
	for _, part := range parts {
		if !strings.Contains(message, part) {
			s.t.Errorf("%s %s %s: the message %q lacks %q", method, path, body, message, part)
		}
	}
}

// TestDefaultScenario sets, reads and deletes the account's default scenario; without it that of the server applies.
func TestDefaultScenario(t *testing.T) {
	s := startStage(t, mockserver.Config{DefaultScenario: "outcome/declined"})
	want := func(status int, answer object, scenario string) {
		t.Helper()
		if status != http.StatusOK || answer["scenario"] != scenario || len(answer) != 1 {
			t.Errorf("HTTP %d %v, want the scenario %q", status, answer, scenario)
		}
	}
	status, answer := s.ask("PUT", "/default-scenario", `{"scenario": "payer/pays + webhook/twice"}`)
	want(status, answer, "payer/pays + webhook/twice")
	status, answer = s.ask("GET", "/default-scenario", "")
	want(status, answer, "payer/pays + webhook/twice")
	if _, account := s.ask("GET", "/account", ""); account["default_scenario"] != "payer/pays + webhook/twice" {
		t.Errorf("the account has the default scenario %v", account["default_scenario"])
	}
	if got := s.chosen(nil); got != "payer/pays + webhook/twice" {
		t.Errorf("a charge follows %q", got)
	}
	s.refused("PUT", "/default-scenario", `{"scenario": "payer/pay"}`, 404, "not_found", "did you mean payer/pays")
	s.refused("PUT", "/default-scenario", `{"scenario": "outcome/captured + outcome/declined"}`, 400, "bad_request", "both set")
	s.refused("PUT", "/default-scenario", `{"scenario": ""}`, 400, "bad_request", "DELETE removes")
	s.refused("POST", "/default-scenario", `{"scenario": "payer/pays"}`, 405, "not_found", "did you mean")
	if status, _ = s.ask("DELETE", "/default-scenario", ""); status != http.StatusOK {
		t.Errorf("DELETE: HTTP %d", status)
	}
	if got := s.chosen(nil); got != "outcome/declined" {
		t.Errorf("after DELETE a charge follows %q, want that of the server", got)
	}
}
