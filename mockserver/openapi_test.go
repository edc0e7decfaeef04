package mockserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// TestOpenAPI compares openapi.json with the operations and wire types of the control API; -update writes it.
func TestOpenAPI(t *testing.T) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(describe(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("openapi.json (-have +want), -update writes it:\n%s", diff)
	}
}

// TestOpenAPIAgainstRoutes finds operations without a route and routes without an operation.
func TestOpenAPIAgainstRoutes(t *testing.T) {
	operations := map[string]bool{}
	for _, op := range control.Operations() {
		operations[op.Method+" "+control.Prefix+op.Path] = true
	}
	m := startMock(t, mockserver.Config{})
	routes := 0
	m.Routes().Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, _ := r.GetPathTemplate()
		if !strings.HasPrefix(path, control.Prefix+"/") {
			return nil
		}
		methods, _ := r.GetMethods()
		call := methods[0] + " " + strings.ReplaceAll(path, "{name:.+}", "{name}")
		if !operations[call] {
			t.Errorf("%s is a route, not an operation", call)
		}
		delete(operations, call)
		routes++
		return nil
	})
	for call := range operations {
		t.Errorf("%s is an operation without a route", call)
	}
	if routes < 20 {
		t.Errorf("only %d routes were compared", routes)
	}
}

// answerChecker makes documented calls and compares each answer with its schema in openapi.json.
type answerChecker struct {
	*stage
	token   string // of the administrator
	doc     object
	checked map[string]bool // by operation
}

// documentedCall is a call of the control API that succeeds.
type documentedCall struct{ operation, path, body string }

func (c *answerChecker) check(calls ...documentedCall) {
	c.t.Helper()
	for _, call := range calls {
		op := operationNamed(c.t, call.operation)
		req, err := http.NewRequest(op.Method, c.url+control.Prefix+call.path, strings.NewReader(call.body))
		if err != nil {
			c.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+c.key)
		if op.Name == "ListAccounts" {
			req.Header.Set("Authorization", "Bearer "+c.token)
		}
		a := c.send(req)
		content := valueAt(c.doc, "paths", control.Prefix+op.Path, strings.ToLower(op.Method), "responses", "200", "content", a.header.Get("Content-Type"), "schema")
		if a.status != http.StatusOK || content == nil {
			c.t.Errorf("%s: HTTP %d, %s: %s", op.Name, a.status, a.header.Get("Content-Type"), a.body)
			continue
		}
		c.checked[op.Name] = true
		if a.header.Get("Content-Type") != "application/json" {
			continue
		}
		v := validator{doc: c.doc}
		if v.check(op.Name, content.(object), decodeJSON(c.t, a.body)); v.mistakes != nil {
			c.t.Errorf("%s\n%s", strings.Join(v.mistakes, "\n"), a.body)
		}
	}
}

func operationNamed(t *testing.T, name string) control.Operation {
	t.Helper()
	for _, op := range control.Operations() {
		if op.Name == name {
			return op
		}
	}
	t.Fatalf("%s is not an operation", name)
	return control.Operation{}
}

// TestOpenAPIAgainstAnswers makes every documented call and compares the answers with their schemas.
func TestOpenAPIAgainstAnswers(t *testing.T) {
	const token = "an-admin-token-of-24-chars"
	s := startStage(t, mockserver.Config{AdminToken: token}, "payer=auto")
	charge := s.createFrom("callbacks: [webhook: {}, webhook: {at: settled + 1h, gate: late, forge: wrong-key}, return: {}]", nil).ID
	s.awaitIdle()
	refund, held := s.refunds(charge, nil).ID, s.authorizes("", at("auto", map[string]any{"type": "VOID", "time": 9})).ID
	open := s.createFrom("payer: {abandon: unopened}", nil).ID
	expiry := s.effectOf("expire", s.createFrom("payer: {abandon: unopened}", nil).ID).ID
	invoice := (&calls{stage: s}).idOf(s.call("POST", "/v2/invoices", s.invoice("")))
	c := answerChecker{s, token, openAPIDocument(t), map[string]bool{}}
	c.check([]documentedCall{
		{"GetOpenAPI", "/openapi.json", ""}, {"GetAccount", "/account", ""}, {"ListAccounts", "/accounts", ""}, {"GetSettings", "/settings", ""},
		{"ListScenarios", "/scenarios", ""}, {"PutScenarios", "/scenarios", "scenarios: [{name: own/a, description: A., match: {calls: 99}}]"},
		{"DeleteScenarios", "/scenarios", ""}, {"GetScenario", "/scenarios/webhook/twice", ""},
		{"QueueNext", "/next", `{"scenario": "payer/pays"}`}, {"ListNext", "/next", ""}, {"ClearNext", "/next", ""}, {"EndFaults", "/faults", ""}, {"Examine", "/doctor", `{"url": "http://127.0.0.1:1/webhook"}`},
		{"HoldEffect", "/timeline/" + expiry + "/hold", ""}, {"ReleaseEffect", "/timeline/" + expiry + "/release", ""}, {"RunEffect", "/timeline/" + expiry + "/run", ""},
		{"EndCharge", "/charges/" + open + "/end", `{"outcome": "captured"}`},
		{"GetClock", "/clock", ""}, {"AdvanceClock", "/clock/advance", `{"by": "2h"}`}, {"FreezeClock", "/clock/freeze", `{}`},
		{"GetTimeline", "/timeline?idle=5s", ""}, {"ListGates", "/gates", ""}, {"HoldGate", "/gates/late/hold", ""},
		{"ListCharges", "/charges?status=CAPTURED&limit=5", ""}, {"GetCharge", "/charges/" + charge, ""}, {"GetTrace", "/charges/" + charge + "/trace", ""},
		{"ListInvoices", "/invoices", ""}, {"GetInvoice", "/invoices/" + invoice, ""}, {"GetInvoiceTrace", "/invoices/" + invoice + "/trace", ""}, {"ListCustomers", "/customers", ""}, {"GetCustomer", "/customers/" + s.get(charge).Customer.ID, ""}, {"ListRefunds", "/refunds?charge=" + charge, ""}, {"GetRefund", "/refunds/" + refund, ""}, {"GetRefundTrace", "/refunds/" + refund + "/trace", ""},
		{"ListAuthorizations", "/authorizations?limit=5", ""}, {"GetAuthorization", "/authorizations/" + held, ""}, {"GetAuthorizationTrace", "/authorizations/" + held + "/trace", ""},
		{"GetJournal", "/journal?event=webhook&object=" + charge, ""}, {"ListCalls", "/calls?object=" + charge, ""}, {"GetCall", "/calls/call_1", ""}, {"ListWebhooks", "/webhooks?object=" + charge, ""}, {"WatchEvents", "/events?after=0&count=1", ""},
		{"GetWebhook", "/webhooks/whd_1", ""}, {"ResendWebhook", "/webhooks/whd_1/resend", ""},
		{"ReleaseGate", "/gates/late/release", `{"charge": "` + charge + `"}`},
		{"SetDefaultScenario", "/default-scenario", `{"scenario": "chaos/harsh"}`}, {"GetDefaultScenario", "/default-scenario", ""},
	}...)
	s.call("POST", "/v2/charges", s.order(nil)) // follows chaos/harsh, which may inject a fault
	s.awaitIdle()
	begun := make(chan struct{})
	beginning := answerChecker{s, token, c.doc, map[string]bool{}}
	go func() { defer close(begun); beginning.check(documentedCall{"BeginCheck", "/check", "{}"}) }() // is answered completely when the check has ended
	for !s.account().Checking && t.Context().Err() == nil {
	}
	c.check(documentedCall{"EndCheck", "/check?check=1", ""})
	<-begun
	c.checked["BeginCheck"] = beginning.checked["BeginCheck"]
	c.check(documentedCall{"GetChaos", "/chaos", ""}, documentedCall{"DeleteDefaultScenario", "/default-scenario", ""},
		documentedCall{"ChangeSettings", "/settings", `{"settings": {"delivery": "relay", "strict": true, "pin_tries": 2, "otp_from": "25", "kfast": null}}`})
	s.next("return/never")
	s.create(s.order(nil))
	c.check(documentedCall{"NextRelayTask", "/relay/next?wait=10s", ""}, documentedCall{"LeaveRelay", "/relay/reader?reader=x", ""}, documentedCall{"FinishRelayTask", "/relay/1/result", `{"responses": [{"status": 200}]}`})
	s.awaitIdle()
	c.check(documentedCall{"ResumeClock", "/clock/resume", ""}, documentedCall{"Reset", "/reset", ""}, documentedCall{"Seed", "/seed", `{"charges": 20, "days": 3, "seed": 7}`})
	for _, op := range control.Operations() {
		if !c.checked[op.Name] {
			t.Errorf("no answer of %s was checked", op.Name)
		}
	}
}

// TestOpenAPIParameters sends a value that cannot occur for each parameter that has bounds or fixed values: the error names what is allowed.
func TestOpenAPIParameters(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	doc, sent := openAPIDocument(t), 0
	for _, op := range control.Operations() {
		if op.Query == nil {
			continue
		}
		path := control.Prefix + op.Path
		if a := s.call(op.Method, path+"?colour=red", ""); a.status != http.StatusBadRequest || !strings.Contains(a.body, op.Query[0].Name) {
			t.Errorf("%s?colour: HTTP %d %s", op.Name, a.status, a.body)
		}
		parameters, _ := valueAt(doc, "paths", path, strings.ToLower(op.Method), "parameters").([]any)
		for _, p := range parameters {
			name, bad, allowed := p.(object)["name"].(string), "", ""
			schema := resolved(doc, p.(object)["schema"].(object))
			if max, ok := schema["maximum"].(float64); ok {
				bad, allowed = fmt.Sprint(int(max)+1), fmt.Sprint(int(max))
				if a := s.call(op.Method, fmt.Sprintf("%s?%s=%s", path, name, allowed), ""); a.status != http.StatusOK {
					t.Errorf("%s?%s=%s: HTTP %d %s", op.Name, name, allowed, a.status, a.body)
				}
			} else if values, ok := schema["enum"].([]any); ok {
				bad, allowed = "paid", values[len(values)-1].(string)
			} else {
				continue
			}
			sent++
			if a := s.call(op.Method, fmt.Sprintf("%s?%s=%s", path, name, bad), ""); a.status != http.StatusBadRequest || !strings.Contains(a.body, allowed) {
				t.Errorf("%s?%s=%s: HTTP %d %s", op.Name, name, bad, a.status, a.body)
			}
		}
	}
	if sent < 5 {
		t.Errorf("only %d parameters were tried", sent)
	}
}
