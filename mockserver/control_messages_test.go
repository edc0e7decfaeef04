package mockserver_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestUnknownCalls makes calls that the control API does not have: the error names the call that is like it, or none.
func TestUnknownCalls(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for call, want := range map[string]string{
		"POST /gates/late/open":       "did you mean POST /_tapmock/v1/gates/late/release?",
		"POST /gates/shop/late/open":  "did you mean POST /_tapmock/v1/gates/shop/late/release?",
		"POST /gates/late/close":      "did you mean POST /_tapmock/v1/gates/late/hold?",
		"POST /gates/late/relase":     "did you mean POST /_tapmock/v1/gates/late/release?",
		"GET /gates/late/hold":        "did you mean POST /_tapmock/v1/gates/late/hold?",
		"GET /scenario":               "did you mean GET /_tapmock/v1/scenarios?",
		"GET /run":                    "did you mean GET /_tapmock/v1/chaos?",
		"POST /settings":              "did you mean GET or PATCH /_tapmock/v1/settings?",
		"GET /nothing":                "",
		"GET /gates/late":             "",
		"POST /what/is/this/call/for": "",
	} {
		method, path, _ := strings.Cut(call, " ")
		a := s.call(method, control.Prefix+path, "")
		if a.status/100 != 4 || want == "" && strings.Contains(a.body, "did you mean") || !strings.Contains(a.body, want) || !strings.Contains(a.body, "openapi.json") {
			t.Errorf("%s: HTTP %d %s, want %s", call, a.status, a.body, want)
		}
	}
}

// TestBodyMistakes sends bodies that are not what the call takes. No message has words of Go.
func TestBodyMistakes(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "/clock/advance", `[1]`, "the body is an array; send a JSON object with the keys by"},
		{"POST", "/clock/advance", `7`, "the body is a number; send a JSON object with the keys by"},
		{"POST", "/clock/advance", `{"by": true}`, "by is a boolean, but must be a string"},
		{"POST", "/clock/advance", `{"by": "1s"`, "the body is not JSON: it ends too early"},
		{"POST", "/clock/advance", `{"by": 1s}`, "the body is not JSON: byte 9"},
		{"POST", "/clock/advance", `{"duration": "1s"}`, `the body has no key "duration"; its keys are by`},
		{"POST", "/clock/freeze", `{"at": "2026-03-01"}`, `at: "2026-03-01" is not an instant; write 2026-03-01T09:00:00Z`},
		{"POST", "/clock/freeze", `{"at": 1772352000}`, "at is a number, but must be a string"},
		{"POST", "/next", `{"scenaro": "payer/pays"}`, `no key "scenaro", did you mean "scenario"?`},
		{"POST", "/relay/1/result", `{"responses": [{"fault": "timeout"}]}`, `no key "fault"; its keys are responses, status, failure`},
		{"POST", "/relay/1/result", `{"responses": {}}`, "responses is an object, but must be an array"},
		{"PATCH", "/settings", `{"kfast": true}`, `write {"settings": {"kfast": true}}`},
		{"PATCH", "/settings", `{"settings": {"strict": "assumptions"}}`, `"assumptions" is now "strict": true and "assumption_findings": true`},
		{"PATCH", "/settings", `{"settings": {"stricd": true, "pin_tries": 99, "page_limit": "1m"}}`, `setting pin_tries: "99" is not a whole number from 1 to 20; there is no setting "stricd"`},
		{"PATCH", "/settings", `{"settings": {"strict": [], "pin_tries": {}}}`, "setting pin_tries: send a string, a boolean, a number, or null to inherit the value; setting strict: "},
		{"GET", "/charges?status=PAID", "", `"PAID" is not a status; the statuses are INITIATED, `},
	} {
		s.refused(c.method, c.path, c.body, 400, "bad_request", c.want)
		if a := s.call(c.method, control.Prefix+c.path, c.body); goWords.MatchString(a.body) || strings.Contains(a.body, "[INITIATED") {
			t.Errorf("%s %s: words of Go in %s", c.path, c.body, a.body)
		}
	}
}

// TestLargeBody sends a body above the limit.
func TestLargeBody(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Body: 600}})
	s.refused("PUT", "/scenarios", strings.Repeat("#", 700), 413, "too_large", "the body is larger than 600 bytes; raise the limit with -limit body=SIZE")
}

// TestLostLineEnds sends a scenario file as curl -d does, without its line ends: the error says how to send it.
func TestLostLineEnds(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	const hint = "--data-binary @FILE"
	put := func(contentType, body string) string {
		req, err := http.NewRequest("PUT", s.url+control.Prefix+"/scenarios", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+s.key)
		req.Header.Set("Content-Type", contentType)
		return s.send(req).body
	}
	const form = "application/x-www-form-urlencoded"
	if a := put(form, "scenarios:  - name: a    description: A."); !strings.Contains(a, hint) {
		t.Errorf("without line ends: %s", a)
	}
	if a := put(form, "# comment scenarios:  - name: a"); !strings.Contains(a, hint) {
		t.Errorf("only a comment: %s", a)
	}
	for _, a := range []string{put(form, "scenarios:\n  - name: A\n"), put("application/yaml", "scenarios: {}"), put(form, "scenarios: [{name: a, description: A.}]")} {
		if strings.Contains(a, hint) {
			t.Errorf("the line ends are there, or the file needs none: %s", a)
		}
	}
}

// TestScenarioAnswers compares the answers of PUT and DELETE with that of GET.
func TestScenarioAnswers(t *testing.T) {
	s := startStage(t, mockserver.Config{DefaultScenario: "payer/pays"})
	for _, change := range []func() (int, object){
		func() (int, object) {
			return s.ask("PUT", "/scenarios", "scenarios: [{name: own/a, description: A.}]")
		},
		func() (int, object) { return s.ask("DELETE", "/scenarios", "") },
	} {
		status, changed := change()
		_, want := s.ask("GET", "/scenarios", "")
		if status != 200 || !reflect.DeepEqual(changed, want) || len(changed["library"].([]any)) < 30 || changed["default_scenario"] != "payer/pays" {
			t.Errorf("HTTP %d %v, want %v", status, changed, want)
		}
	}
}

// TestResendOf sends a delivery again: the new delivery names the old one, and the old one none.
func TestResendOf(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.pays("", nil)
	for _, id := range []string{"whd_1", "whd_2"} {
		if w, err := s.control.ResendWebhook(t.Context(), id); err != nil || w.ResendOf != id {
			t.Errorf("%+v, %v", w, err)
		}
	}
	list, err := s.control.Webhooks(t.Context(), "")
	if err != nil || len(list) != 3 || list[0].ResendOf != "whd_2" || list[1].ResendOf != "whd_1" || list[2].ResendOf != "" {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestTraceHasCreateFault injects faults into creates: the trace of the charge has the fault; a fault without a charge has no object.
func TestTraceHasCreateFault(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.next("api/create-done-502")
	s.call("POST", "/v2/charges", s.order(nil))
	charges, err := s.control.Charges(t.Context(), "")
	if err != nil || len(charges) != 1 {
		t.Fatalf("%+v, %v", charges, err)
	}
	trace, err := s.control.Trace(t.Context(), charges[0].ID)
	if err != nil || len(trace.Entries) < 2 || trace.Entries[0].Event != tap.EventCreated || trace.Entries[1].Event != tap.EventFault {
		t.Errorf("%+v, %v", trace.Entries, err)
	}
	s.next("api/create-refused")
	s.call("POST", "/v2/charges", s.order(nil))
	j, err := s.control.Journal(t.Context(), control.JournalQuery{Event: tap.EventFault})
	if err != nil || len(j.Entries) != 2 || j.Entries[0].Object != nil || j.Entries[1].Object == nil {
		t.Errorf("%+v, %v", j.Entries, err)
	}
}

// TestListFaultNote creates charges that follow a scenario with a fault of lists: a note says that it works only in the default scenario.
func TestListFaultNote(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	const note = "a fault of charge.list works only in the default scenario"
	noted := func() bool {
		a := s.call("POST", "/v2/charges", s.order(nil))
		return slices.ContainsFunc(a.header.Values("X-Tapmock-Note"), func(n string) bool { return strings.Contains(n, note) })
	}
	s.next("api/list-down")
	if !noted() {
		t.Error("the queue: no note")
	}
	if noted() {
		t.Error("a note without such a fault")
	}
	if err := s.control.SetDefaultScenario(t.Context(), "api/list-down"); err != nil {
		t.Fatal(err)
	}
	if noted() {
		t.Error("the default scenario: a note, but the fault works")
	}
}

// TestPageRefused lets an automatic payer open the page after the charge has expired: the step is not possible.
func TestPageRefused(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("extends: payer/after-expiry", nil)
	s.advance(tap.DefaultSettings().PageLimit * 12)
	if events := s.events(c.ID); !slices.Contains(events, tap.EventPageRefused) || slices.Contains(events, tap.EventSubmitRefused) {
		t.Errorf("the journal has %v", events)
	}
}

// TestEffectTexts reads what is scheduled: its texts have the words of scenarios and the journal.
func TestEffectTexts(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.createFrom("payer: {pay: {}, at: answered + 1m}\nbank: {delay: 1m, result: CAPTURED, later: {at: settled + 1m, status: VOID}}\ncallbacks: [webhook: {at: settled + 5m}, return: {at: settled + 6m}]", nil)
	seen := map[string]string{}
	for range 8 {
		timeline, err := s.control.Timeline(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range timeline.Scheduled {
			text, _, _ := strings.Cut(e.Text, " for chg_")
			seen[e.Kind+" "+text] = ""
		}
		s.advance(tap.DefaultSettings().PageLimit / 5)
	}
	for _, want := range []string{"expire expired", "payer payer: page_opened", "settle settled", "correct corrected", "webhook webhook attempt 1", "return return"} {
		if _, ok := seen[want]; !ok {
			text, _ := json.Marshal(seen)
			t.Errorf("%s is missing in %s", want, text)
		}
	}
}

// goWords are words of Go and of its JSON reader, which must not reach callers of the control API.
var goWords = regexp.MustCompile(`json:|unmarshal|Unmarshal|struct|map\[|interface|parsing time|unexpected EOF|http:|invalid character|looking for|\bint\b|\bbool\b`)
