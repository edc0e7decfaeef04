package mockserver_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// setting is the account's value of a setting.
func (s *stage) setting(key string) any {
	s.t.Helper()
	status, answer := s.ask("GET", "/settings", "")
	if status != http.StatusOK {
		s.t.Fatalf("HTTP %d %v", status, answer)
	}
	return valueAt(answer, "settings", key)
}

// TestSettingValues changes settings with every type of JSON value. null returns to the value of the server.
func TestSettingValues(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "pin_tries=5")
	for _, c := range []struct{ key, value, want string }{
		{"strict", "true", "true"}, {"strict", "false", "false"}, {"strict", `"true"`, "true"},
		{"pin_tries", "2", "2"}, {"pin_tries", `"4"`, "4"}, {"pin_tries", "null", "5"},
		{"otp_from", "25.000", "25.000"}, {"otp_from", "0", "0"}, {"otp_from", `"none"`, "none"},
		{"charge_not_found_status", "404", "404"}, {"return_wait", `"50ms"`, "50ms"}, {"strict", "null", "false"}, {"otp_from", "null", "none"},
		{"delivery", `"relay"`, "relay"}, {"delivery", "null", "direct"},
	} {
		status, answer := s.ask("PATCH", "/settings", fmt.Sprintf(`{"settings": {%q: %s}}`, c.key, c.value))
		if status != http.StatusOK || valueAt(answer, "settings", c.key) != c.want || s.setting(c.key) != c.want {
			t.Errorf("%s=%s: HTTP %d, the value is %v, want %s", c.key, c.value, status, s.setting(c.key), c.want)
		}
	}
}

// TestSettingMistakes sends values that settings cannot have. None of a change is made.
func TestSettingMistakes(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for _, c := range []struct{ key, value, message string }{
		{"strict", "[true]", "a string, a boolean, a number, or null"}, {"strict", `{"on": true}`, "a string, a boolean, a number, or null"},
		{"strict", `"yes"`, "true"}, {"strict", "1", "true"}, {"pin_tries", "2.5", "1 to 20"}, {"pin_tries", "true", "1 to 20"},
		{"pin_tries", `""`, "1 to 20"}, {"stricd", "null", `did you mean "strict"`}, {"stricd", "true", `did you mean "strict"`},
		{"save_card", "true", "merchant_save_card"}, {"delivery", `"pull"`, "relay"},
	} {
		s.refused("PATCH", "/settings", fmt.Sprintf(`{"settings": {"page_limit": "1m", %q: %s}}`, c.key, c.value), 400, "bad_request", c.key, c.message)
	}
	s.refused("PATCH", "/settings", `{"settings": {"pin_tries": [2], "otp_tries": {}, "strict": "yes", "stricd": true, "delivery": "pull", "page_limit": "1m"}}`, 400, "bad_request",
		"setting pin_tries: send a string, a boolean", "setting otp_tries: send", `setting strict: "yes"`, `did you mean "strict"?`, `"pull" is now relay`)
	if got := s.setting("page_limit"); got != "5m" && got != "5m0s" {
		t.Errorf("a part of a refused change was made: page_limit is %v", got)
	}
	s.refused("PATCH", "/settings", `{"strict": true}`, 400, "bad_request", `"strict"`)
	s.refused("PATCH", "/settings", `{}`, 400, "bad_request", "no settings")
}

// TestServerSettingsInScenarios sends scenarios with settings that belong to the server or the account.
func TestServerSettingsInScenarios(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for key, value := range map[string]string{"delivery": "relay", "journal_requests": "true", "no_credentials_error": `"2107"`} {
		one := fmt.Sprintf("scenarios: [{name: a/b, description: A., settings: {%s: %s}}]\n", key, value)
		s.refused("PUT", "/scenarios", one, 400, "bad_request", "body:1", key)
		s.refused("PUT", "/scenarios", fmt.Sprintf("settings: {%s: %s}\nscenarios: [{name: a/b, description: A.}]\n", key, value), 400, "bad_request", "body:1", key)
		s.refused("POST", "/next", fmt.Sprintf(`{"yaml": %q}`, one), 400, "bad_request", key)
	}
	if queue, err := s.control.Queue(t.Context()); err != nil || len(queue) != 0 {
		t.Errorf("the queue is %v, %v", queue, err)
	}
}
