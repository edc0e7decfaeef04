package mockserver_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// longestAnswer is how long an answer to a long text may be, in bytes.
const longestAnswer = 4 << 10

// TestLongTexts sends a long text wherever a client can send one: no answer repeats it whole, nor do journal and trace. Compared letter by
// letter with the names of the settings, a text of 1 MB would cost seconds.
func TestLongTexts(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "journal_requests=true")
	body, path := strings.Repeat("page_limit_", 80_000), strings.Repeat("charges/", 2_000)
	quoted := fmt.Sprintf("%q", body)
	for _, c := range []struct{ method, path, body string }{
		{"PATCH", "/_tapmock/v1/settings", `{"settings": {` + quoted + `: "1m"}}`},
		{"PATCH", "/_tapmock/v1/settings", `{"settings": {` + quoted + `: []}}`},
		{"PATCH", "/_tapmock/v1/settings", `{"settings": {"page_limit": ` + quoted + `}}`},
		{"PATCH", "/_tapmock/v1/settings", `{"settings": {"payer": ` + quoted + `}}`},
		{"PATCH", "/_tapmock/v1/settings", `{"settings": {"public_url": "http://a.test/` + body + `"}}`},
		{"PATCH", "/_tapmock/v1/settings", `{"settings": {"bank_captured_expiries": "09/30` + strings.Repeat(",09/30", 100_000) + `"}}`},
		{"PATCH", "/_tapmock/v1/settings", `{"payer": ` + quoted + `}`},
		{"PATCH", "/_tapmock/v1/settings", `{` + quoted + `: {}}`},
		{"POST", "/_tapmock/v1/next", `{"scenario": ` + quoted + `}`},
		{"POST", "/_tapmock/v1/next", `{"scenario": "payer/pays + ` + body + `"}`},
		{"POST", "/_tapmock/v1/next", `{"yaml": "scenarios: [{name: a, ` + body + `: 1}]"}`},
		{"PUT", "/_tapmock/v1/default-scenario", `{"scenario": ` + quoted + `}`},
		{"PUT", "/_tapmock/v1/scenarios", "scenarios: [{name: a, description: A., settings: {" + body + ": 1}}]"},
		{"PUT", "/_tapmock/v1/scenarios", "scenarios: [{name: a, description: A., unset: [callbacks." + body + "]}]"},
		{"POST", "/_tapmock/v1/clock/advance", `{"by": ` + quoted + `}`},
		{"POST", "/_tapmock/v1/clock/freeze", `{"at": ` + quoted + `}`},
		{"POST", "/_tapmock/v1/gates/" + path + "/hold", ""},
		{"POST", "/_tapmock/v1/gates/" + strings.Repeat("a", 16_000) + "/hold", ""},
		{"POST", "/_tapmock/v1/gates/" + strings.Repeat("a", 16_000) + "/release", ""},
		{"POST", "/_tapmock/v1/gates/a/release", `{"charge": ` + quoted + `}`},
		{"GET", "/_tapmock/v1/" + path, ""},
		{"GET", "/_tapmock/v1/charges/" + path, ""},
		{"GET", "/_tapmock/v1/scenarios/" + path, ""},
		{"GET", "/_tapmock/v1/webhooks/" + path, ""},
		{"GET", "/_tapmock/v1/charges?" + path + "=1", ""},
		{"GET", "/_tapmock/v1/charges?status=" + path, ""},
		{"GET", "/_tapmock/v1/webhooks?object=" + path, ""},
		{"GET", "/_tapmock/v1/journal?limit=" + path, ""},
		{"GET", "/_tapmock/v1/journal?wait=" + path, ""},
		{"GET", "/_tapmock/v1/journal?event=" + path, ""},
		{"GET", "/v2/" + path, ""},
		{"GET", "/v2/charges/" + path, ""},
		{"GET", "/v2/charges/" + strings.Repeat("a", 16_000), ""},
		{"PUT", "/v2/charges/" + strings.Repeat("a", 16_000), "{}"},
		{strings.Repeat("GET", 5_000), "/v2/charges", ""},
		{strings.Repeat("GET", 5_000), "/_tapmock/v1/journal", ""},
		{"POST", "/v2/charges", request(map[string]any{"metadata": at("tapmock_scenario", strings.Repeat("a", 900))})},
		{"POST", "/v2/charges", request(map[string]any{"description": body})},
		{"POST", "/v2/charges", `{` + quoted + `: 1}`},
		{"POST", "/v2/charges/list", `{` + quoted + `: 1}`},
		{"POST", "/v2/charges/list", `{"status": ` + quoted + `}`},
		{"POST", "/v2/charges/list", `{"limit": ` + quoted + `}`},
	} {
		a := s.call(c.method, c.path, c.body)
		if size := len(a.wire()); a.status == 0 || a.status >= 500 || size > longestAnswer {
			t.Errorf("%.20s %.60s with %.60s: HTTP %d, %d bytes: %.300s", c.method, c.path, c.body, a.status, size, a.body)
		}
	}
	for _, e := range s.entries("") {
		if size := len(e.Detail) + len(objectID(e)); size > 500 {
			t.Errorf("the journal keeps %d bytes: %.300s", size, e.Detail)
		}
	}
}

// objectID is the id of the object of an entry, or "".
func objectID(e control.Entry) string {
	if e.Object == nil {
		return ""
	}
	return e.Object.ID
}

// TestManySettingMistakes sends as many wrong settings as fit into a body: the answer names the first ones, and does not compare the others.
func TestManySettingMistakes(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for _, value := range []string{"1", "[]"} {
		var b strings.Builder
		for i := range 50_000 {
			fmt.Fprintf(&b, `"page_%05d": %s, `, i, value)
		}
		status, answer := s.ask("PATCH", "/settings", `{"settings": {`+b.String()+`"payer": "auto"}}`)
		message := fmt.Sprint(valueAt(answer, "error", "message"))
		if status != http.StatusBadRequest || len(message) > 20*400 || !strings.Contains(message, "page_00019") || strings.Contains(message, "page_00020") ||
			!strings.HasSuffix(message, "; there may be more mistakes") {
			t.Errorf("HTTP %d, %d bytes: %.300s", status, len(message), message)
		}
	}
}

// TestSettingsChangeConcurrently changes two settings from two clients at the same time: no change is lost, although the values are
// checked without the account's lock.
func TestSettingsChangeConcurrently(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	done := make(chan error, 2)
	for _, key := range []string{"pin_tries", "otp_tries"} {
		go func() {
			var failed error
			for i := range 50 {
				if err := s.control.Set(t.Context(), map[string]string{key: strconv.Itoa(1 + i%5)}); err != nil {
					failed = err
				}
			}
			done <- failed
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if pin, otp := s.setting("pin_tries"), s.setting("otp_tries"); pin != "5" || otp != "5" {
		t.Errorf("pin_tries is %v and otp_tries %v, want 5 and 5", pin, otp)
	}
}
