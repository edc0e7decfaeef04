package mockserver_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver"
)

func jsonValue(text string) (value any) {
	json.Unmarshal([]byte(text), &value)
	return value
}

// TestOpenAPITapRoutes finds calls of Tap's API that openapi.json lacks, and the other way round. A GET without an id is an error of its own.
func TestOpenAPITapRoutes(t *testing.T) {
	documented := map[string]bool{}
	for _, c := range tapCalls {
		documented[c.method+" "+c.path] = true
	}
	m := startMock(t, mockserver.Config{})
	m.Routes().Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, _ := r.GetPathTemplate()
		methods, _ := r.GetMethods()
		call := methods[0] + " " + path
		switch {
		case !strings.HasPrefix(path, "/v2/") || strings.HasSuffix(r.GetName(), "WithoutID"):
		case !documented[call]:
			t.Errorf("%s is not documented", call)
		default:
			delete(documented, call)
		}
		return nil
	})
	for call := range documented {
		t.Errorf("%s is documented, and no route", call)
	}
}

// TestReadmeCalls compares the table of calls in README.md with the documented calls.
func TestReadmeCalls(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`POST /v2/.*?) \\|").FindAllStringSubmatch(string(text), -1) {
		method, list := "", ""
		for _, one := range regexp.MustCompile("`([A-Z]+)?( ?)(/[^`]*)?`").FindAllStringSubmatch(row[1], -1) {
			if one[1] == "GET" && one[3] == "" { // with the path of the PUT after it
				listed["GET "+list+"/{id}"] = true
				continue
			}
			method = cmp.Or(one[1], method)
			path := one[3]
			if path == "/download" {
				path = list + path
			}
			if strings.Count(path, "/") == 2 {
				list = path
			}
			listed[method+" "+path] = true
		}
	}
	for _, c := range tapCalls {
		if !listed[c.method+" "+c.path] {
			t.Errorf("README.md does not list %s %s", c.method, c.path)
		}
		delete(listed, c.method+" "+c.path)
	}
	for call := range listed {
		t.Errorf("README.md lists %s", call)
	}
}

// documentedAnswer is the key, in the responses of an operation, of the answer to its example.
func documentedAnswer(name string, status int) string {
	switch {
	case status == 0:
		return "200"
	case name == "ListCards":
		return "404"
	}
	return "default"
}

// TestOpenAPIExamples sends each documented example, and compares request and answer with their schemas, also those of an error.
func TestOpenAPIExamples(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "payer=auto")
	s.shop.respond = func(visit) int { return http.StatusOK }
	doc := openAPIDocument(t)
	charge, held := s.pays("", nil).ID, s.authorizes("", nil).ID
	made := &calls{stage: s}
	customer := made.idOf(s.call("POST", "/v2/customers", `{"first_name": "Test", "email": "test@example.com"}`))
	invoice := made.idOf(s.call("POST", "/v2/invoices", s.invoice("")))
	draft := made.idOf(s.call("POST", "/v2/invoices", s.invoice(`,"draft":true`)))
	token := made.idOf(s.call("POST", "/v2/tokens", tokenOfCard))
	ids := strings.NewReplacer("CHARGE", charge, "AUTHORIZATION", held, "REFUND", s.refunds(charge, nil).ID, "CUSTOMER", customer, "INVOICE", invoice, "DRAFT", draft, "TOKEN", token, "https://shop.example", s.shop.url)
	wants := func(what string, schema any, body string) {
		v := validator{doc: doc}
		if o, ok := schema.(object); !ok || body == "" {
			t.Errorf("%s has no schema, or no body", what)
		} else if v.check(what, o, decodeJSON(t, body)); v.mistakes != nil {
			t.Errorf("%s\n%s", strings.Join(v.mistakes, "\n"), body)
		}
	}
	for _, c := range tapCalls {
		operation := valueAt(doc, "paths", c.path, strings.ToLower(c.method)).(object)
		example := ids.Replace(c.example)
		path, body := strings.ReplaceAll(c.path, "{customer}", customer), example
		if strings.Contains(path, "{id}") {
			var id string
			id, body, _ = strings.Cut(example, " ")
			path = strings.ReplaceAll(path, "{id}", id)
		}
		if c.request != nil {
			wants(c.name+", request", valueAt(operation, "requestBody", "content", "application/json", "schema"), body)
		}
		a := s.call(c.method, path, body)
		kind := a.header.Get("Content-Type")
		if note := a.header.Get("X-Tapmock-Note"); a.status != cmp.Or(c.status, http.StatusOK) || (note != "") != (c.status != 0) {
			t.Errorf("%s: HTTP %d, %s: %s", c.name, a.status, note, a.body)
		}
		if kind == "application/json" {
			wants(c.name, valueAt(operation, "responses", documentedAnswer(c.name, c.status), "content", kind, "schema"), a.body)
		} else if valueAt(operation, "responses", "200", "content", kind) == nil || a.body == "" {
			t.Errorf("%s answers %s", c.name, kind)
		}
		s.awaitIdle()
		if c.refused == "" {
			continue
		}
		a = s.call(c.method, path, ids.Replace(c.refused))
		v := validator{doc: doc}
		v.check("", valueAt(operation, "requestBody", "content", "application/json", "schema").(object), decodeJSON(t, ids.Replace(c.refused)))
		if a.status != http.StatusBadRequest || v.mistakes == nil && !strings.Contains(c.refused, "limit") {
			t.Errorf("%s of %s: HTTP %d, the schema finds %q", c.name, c.refused, a.status, v.mistakes)
		}
		wants(c.name+", error", valueAt(operation, "responses", "default", "content", "application/json", "schema"), a.body)
	}
}
