package mockserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestCallErrors sends what the tests of each object do not: lists and downloads that Tap refuses, bodies that are not JSON, and texts that are
// too long.
func TestCallErrors(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	charge := s.pays("", nil)
	var all strings.Builder
	send := func(method, path, body string) {
		a := s.call(method, "/v2/"+path, body)
		fmt.Fprintf(&all, "%s %s %.60s: HTTP %d %s (%s)\n", method, path, body, a.status, strings.Join(strings.Fields(a.body), " "), a.header.Get("X-Tapmock-Note"))
	}
	for _, object := range []string{"charges", "authorize", "refunds"} {
		for _, call := range []string{"list", "download"} {
			for _, body := range []string{"{", "[1]", `"list"`, `{"limit":0}`, `{"limit":100001}`, `{"limit":"many"}`, `{"starting_after":"cus_1"}`, `{"starting_after":[1]}`,
				`{"period":5}`, `{"period":{"date":{"from":"yesterday"}}}`} {
				send("POST", object+"/"+call, body)
			}
		}
		for _, body := range []string{"{", "[]", `{"description":{}`} {
			send("PUT", object+"/"+charge.ID, body)
		}
		send("POST", object, "{")
		send("POST", object, "[]")
		send("POST", object, `{"reference":{"order":"\ud800"}}`)
		send("POST", object, strings.Repeat("[", 200)+strings.Repeat("]", 200))
		send("DELETE", object+"/"+charge.ID, "")
	}
	for _, body := range []string{`{"status":"PAID"}`, `{"order":"newest"}`, `{"currency":"KW"}`, `{"mobile":"x"}`, `{"metadata":"x"}`, `{"starting_after":"chg_TS07A0320241133g5RO1906000"}`} {
		send("POST", "charges/list", body)
		send("POST", "authorize/list", body)
	}
	for _, amount := range []any{"1e99", "99999999999999999999", "1.", "0.00000000000000000001", true} {
		a := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, at("amount", amount)))
		fmt.Fprintf(&all, "refund of %v: HTTP %d %s (%s)\n", amount, a.status, strings.Join(strings.Fields(a.body), " "), a.header.Get("X-Tapmock-Note"))
	}
	long := strings.Repeat("x", 1000)
	for _, fields := range []map[string]any{at("description", long), at("reference", at("idempotent", long)), at("reference", at("merchant", long)),
		{"currency": "USD", "amount": "1.234"}} {
		a := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, fields))
		fmt.Fprintf(&all, "refund with %.20v…: HTTP %d %s\n", fields, a.status, strings.Join(strings.Fields(a.body), " "))
	}
	s.golden("errors-calls", all.String(), s.shop.url)
}

// TestStrictCalls sends each kind of call one field that is not documented, under strict.
func TestStrictCalls(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	charge, held := s.pays("", nil), s.authorizes("", nil)
	refund := s.refunds(charge.ID, nil)
	if err := s.control.Set(t.Context(), map[string]string{"strict": "true"}); err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"POST charges", "POST authorize", "POST refunds", "PUT charges/" + charge.ID, "PUT authorize/" + held.ID, "PUT refunds/" + refund.ID,
		"POST authorize/" + held.ID + "/void", "POST charges/list", "POST authorize/list", "POST refunds/list", "POST charges/download", "POST authorize/download",
		"POST refunds/download"} {
		method, path, _ := strings.Cut(call, " ")
		body := `{"tapmok": 1}`
		switch path {
		case "charges", "authorize":
			body = s.order(at("tapmok", 1))
		case "refunds":
			body = s.refundRequest(charge.ID, map[string]any{"tapmok": 1, "amount": "1"})
		}
		a := s.call(method, "/v2/"+path, body)
		if a.status != 400 || code(a) != "1103" || !strings.Contains(a.body, "strict: ") {
			t.Errorf("%s: HTTP %d %s (%s)", call, a.status, a.body, a.header.Get("X-Tapmock-Note"))
		}
	}
}

// TestErrorsOfFullObjects provokes the errors that limits of the mock give: too many captures of an authorization, and a void of one that can have
// no more versions.
func TestErrorsOfFullObjects(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	held := s.authorizes("", at("amount", 25))
	for n := range 201 {
		a := s.capture(held.ID, 0.1, nil)
		if a.status == 200 && n < 200 {
			continue
		}
		if a.status != 503 || code(a) != "2101" || n == 0 || !strings.Contains(strings.Join(a.header.Values("X-Tapmock-Note"), "; "), fmt.Sprint(n, " captures")) {
			t.Errorf("capture %d: HTTP %d %s (%s)", n+1, a.status, a.body, a.header.Get("X-Tapmock-Note"))
		}
		break
	}
	other := s.authorizes("", nil)
	for n := 0; s.call("PUT", "/v2/authorize/"+other.ID, fmt.Sprintf(`{"description": "%d"}`, n)).status == 200; n++ {
	}
	if a := s.void(other.ID, "{}"); a.status != 503 || code(a) != "2101" || s.getAuthorization(other.ID).Status != tap.Authorized {
		t.Errorf("void: HTTP %d %s (%s)", a.status, a.body, a.header.Get("X-Tapmock-Note"))
	}
}
