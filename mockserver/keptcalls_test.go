package mockserver_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// kept are the account's kept calls about an object, the latest first.
func (s *stage) kept(object string) []control.Call {
	s.t.Helper()
	return s.keptList(object).Calls
}

func (s *stage) keptList(object string) control.Calls {
	s.t.Helper()
	list, err := s.control.Calls(s.t.Context(), control.CallQuery{Object: object})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

// latest is the latest kept call.
func (s *stage) latest() control.Call {
	s.t.Helper()
	all := s.kept("")
	if len(all) == 0 {
		s.t.Fatal("no call is kept")
	}
	return all[0]
}

// TestKeptCalls makes calls of each method and kind, and expects each of them with request and answer as they were, and with the object that it
// created or names.
func TestKeptCalls(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto")
	charge := s.create(s.order(nil)).ID
	s.awaitIdle()
	held := s.authorizes("", nil).ID
	refund := s.refunds(charge, nil).ID
	before := len(s.kept(""))
	for i, c := range []struct{ method, path, body, object string }{
		{"POST", "/v2/charges", s.order(nil), "chg_"}, {"POST", "/v2/charges", `{"amount": 1}`, ""}, {"POST", "/v2/charges/list", `{}`, ""},
		{"GET", "/v2/charges/" + charge + "?a=b", "", charge}, {"HEAD", "/v2/charges/" + charge, "", charge}, {"PUT", "/v2/charges/" + charge, `{"description": "x"}`, charge},
		{"GET", "/v2/charges/list", "", ""}, {"GET", "/v2/charges/chg_none", "", "chg_none"}, {"GET", "/v2/charges/" + charge, `{"a": "body of a GET"}`, charge},
		{"GET", "//v2//charges/" + charge + "/", "", charge}, {"GET", "/v2/refunds/" + refund, "", refund}, {"POST", "/v2/refunds/list", "{}", ""},
		{"POST", "/v2/authorize/" + held + "/void", "", held}, {"POST", "/v2/charges/download", "{}", ""}, {"POST", "/v2/customers", `{"first_name": "A", "email": "a@b.co"}`, "cus_"},
		{"DELETE", "/v2/customers/cus_none", "", "cus_none"}, {"POST", "/v2/invoices", s.invoice(""), "inv_"}, {"GET", "/v2/bin/888888", "", ""},
		{"POST", "/v2/charge", `{"un": "known"}`, ""}, {"PATCH", "/v2/charges/" + charge, `{"no": "method"}`, charge}, {"GET", "/wp-json/" + charge, "", charge},
	} {
		a := s.call(c.method, c.path, c.body)
		got := s.latest()
		if got.ID != fmt.Sprintf("call_%d", before+i+1) || got.Method != c.method || got.Path != c.path || got.Status != a.status || got.Request.Body != c.body || got.Answer.Body != a.body {
			t.Errorf("%s %s: HTTP %d %s\nis kept as %+v", c.method, c.path, a.status, a.body, got)
		}
		if id := aboutID(got.Object); !strings.HasPrefix(id, c.object) || c.object == "" && id != "" {
			t.Errorf("%s %s is kept with the object %q", c.method, c.path, id)
		}
		if notes := a.header["X-Tapmock-Note"]; strings.Join(notes, "\n") != strings.Join(got.Notes, "\n") {
			t.Errorf("%s %s has the notes %q, kept are %q", c.method, c.path, notes, got.Notes)
		}
		if !got.At.Equal(opening) || got.Request.Headers["authorization"][0] != "Bearer sk_test_…" || strings.Join(got.Answer.Headers["content-type"], "") != a.header.Get("Content-Type") {
			t.Errorf("%s %s is kept with %v %v %v", c.method, c.path, got.At, got.Request.Headers, got.Answer.Headers)
		}
		if one, err := s.control.Call(t.Context(), got.ID); err != nil || one.Answer.Body != got.Answer.Body {
			t.Errorf("%s: %+v, %v", got.ID, one, err)
		}
	}
}

func aboutID(o *control.Object) string {
	if o == nil {
		return ""
	}
	return o.ID
}

// TestKeptCallsEntry expects that the entry created of a charge is at or before the entry of its call, and that a page of the list begins where
// the one before has ended.
func TestKeptCallsEntry(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	var charges []string
	for range 3 {
		charges = append(charges, s.create(s.order(nil)).ID)
	}
	s.get(charges[1])
	made := s.kept(charges[1])
	j, err := s.control.Journal(t.Context(), control.JournalQuery{Object: charges[1], Event: tap.EventCreated})
	if err != nil || len(made) != 2 || made[1].Entry < j.Entries[0].Seq || made[1].Entry > j.Entries[0].Seq+1 || made[0].Entry != j.LastEntry {
		t.Errorf("the calls are %+v, the journal %+v, %v", made, j, err)
	}
	page := s.call("GET", control.Prefix+"/calls?limit=2&starting_after=call_4", "")
	if !strings.Contains(page.body, `"call_3"`) || !strings.Contains(page.body, `"call_2"`) || strings.Contains(page.body, `"call_1"`) || !strings.Contains(page.body, `"has_more": true`) {
		t.Errorf("the page is %s", page.body)
	}
	if some, err := s.control.Calls(t.Context(), control.CallQuery{Limit: 2}); err != nil || len(some.Calls) != 2 || !some.HasMore || some.Calls[0].ID != "call_4" {
		t.Errorf("the latest two are %+v, %v", some, err)
	}
	for path, status := range map[string]int{"/calls/call_9": 404, "/calls/call_04": 404, "/calls/x": 404, "/calls?starting_after=call_9": 404, "/calls?object=x": 400, "/calls?limit=1001": 400} {
		if a := s.call("GET", control.Prefix+path, ""); a.status != status {
			t.Errorf("%s: HTTP %d %s", path, a.status, a.body)
		}
	}
}

// TestKeptCallsMask sends secrets in JSON, forms, parts, headers and the query: none is kept.
func TestKeptCallsMask(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	const cvc, cookie = "847", "biscuit"
	send := func(path, kind, body string) {
		req, err := http.NewRequest("POST", s.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {kind}, "Cookie": {"a=" + cookie}, "X-Api-Token": {cookie}, "X-Card": {realCard}, "Proxy-Authorization": {cookie}}
		s.send(req)
	}
	for _, body := range []string{
		`{"card": {"number": "` + realCard + `", "exp_month": 9, "exp_year": 30, "cvc": "` + cvc + `", "name": "Ann"}, "client_ip": "192.168.1.1"}`,
		`{"card": {"number": ` + realCard + `, "CVV" : ` + cvc + `, "cardPin":"` + realPIN + `"}, "otp": "` + realPIN + `", "name": "Ann"}`,
		`{"nested": "{\"number\":\"` + realCard + `\",\"cvc\":\"` + cvc + `\", \"name\": \"Ann\"}"}`,
		`{"\u0063vc": "` + cvc + `", "name": "Ann", "n": "\u0035105105105105100"}`,
		`{"metadata": {"key": "` + liveKey + `", "pin": "` + realPIN + `", "name": "Ann"}}`,
	} {
		send("/v2/tokens", "application/json", body)
	}
	send("/v2/tokens", formType, "card[number]="+realCard+"&card%5Bcvc%5D="+cvc+"&card[pin]="+realPIN+"&name=Ann")
	send("/v2/tokens", "application/json", "number=5105%201051+0510-5100&cvc="+cvc+"&name=Ann")
	send("/v2/tokens", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"card[cvc]\"\r\n\r\n"+cvc+"\r\n--x\r\nContent-Disposition: form-data; name=\"number\"\r\n\r\n"+realCard+"\r\n--x--\r\nAnn")
	send("/v2/nothing/"+realCard+"?cvc="+cvc+"&x="+realCard, "application/json", `{"name": "Ann"}`)
	all := s.kept("")
	for _, c := range all {
		text := fmt.Sprintf("%+v", c)
		for _, secret := range append([]string{cvc, realPIN, cookie, key}, secrets...) {
			if strings.Contains(text, secret) {
				t.Errorf("%s is kept in %s", secret, text)
			}
		}
		if !strings.Contains(c.Request.Body, "Ann") {
			t.Errorf("the rest is not kept: %s", text)
		}
	}
	if len(all) != 9 {
		t.Errorf("%d calls are kept", len(all))
	}
}

// TestKeptCallsMaskNoMore expects that phones, times and the references of a paid charge stay as they are.
func TestKeptCallsMaskNoMore(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto")
	order := s.order(map[string]any{"customer": map[string]any{"first_name": "Ann", "phone": map[string]any{"country_code": "965", "number": "50000000"}}})
	for range 20 { // one number in ten passes the Luhn check
		made := s.call("POST", "/v2/charges", order)
		s.awaitIdle()
		got := s.call("GET", "/v2/charges/"+decode(t, made.body).ID, "")
		if all := s.kept(""); all[0].Answer.Body != got.body || all[1].Answer.Body != made.body || all[1].Request.Body != order {
			t.Fatalf("kept is\n%s\nof\n%s", all[0].Answer.Body, got.body)
		}
	}
}

// TestKeptCallsCut sends bodies that are too long to be kept: their beginning is kept, with how much is missing, and no half of a card number.
func TestKeptCallsCut(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	const most = 64 << 10
	body := `{"x": "` + strings.Repeat("y", most-15) + " " + realCard + `"}`
	for _, path := range []string{"/v2/charges", "/v2/nothing", "/v2/charges/chg_1/x"} {
		s.call("POST", path, body)
		if got := s.latest().Request; got.Cut != len(body)-most || len(got.Body) != most || !strings.HasPrefix(body, got.Body[:most-10]) || !strings.HasSuffix(got.Body, "y ******") && !strings.HasSuffix(got.Body, "*******") {
			t.Errorf("%s: kept are %d bytes, cut %d of %d, the end is %s", path, len(got.Body), got.Cut, len(body), got.Body[max(0, len(got.Body)-20):])
		}
	}
	a := s.call("POST", "/v2/charges", `{"x": "`+strings.Repeat("z", 2<<20)+`"}`)
	if got := s.latest(); got.Status != a.status || a.status != 413 || got.Request.Cut != 2<<20+9-most {
		t.Errorf("HTTP %d, cut %d", a.status, got.Request.Cut)
	}
}

// TestKeptCallsBreak expects status 0 of a call whose connection a fault has broken, and the half of an answer that was sent.
func TestKeptCallsBreak(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "journal_requests=true")
	for fault, status := range map[string]int{"reset": 0, "half-body": 200} {
		if err := s.control.NextYAML(t.Context(), "scenarios: [{name: t/break, description: x, api: [{on: charge.create, calls: 1, commit: true, fault: "+fault+"}]}]"); err != nil {
			t.Fatal(err)
		}
		a := s.call("POST", "/v2/charges", s.order(nil))
		got := s.latest()
		if got.Status != status || got.Object == nil || got.Request.Body == "" || !strings.HasPrefix(a.body, got.Answer.Body) && status != 0 || status == 0 && got.Answer.Body != "" {
			t.Errorf("%s: HTTP %d %s is kept as %+v", fault, a.status, a.body, got)
		}
	}
}

// TestKeptCallsBounds fills the limit of an account and that of the server.
func TestKeptCallsBounds(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Calls: 16 << 10, ServerCalls: 32 << 10}})
	for range 20 {
		s.call("POST", "/v2/charges", s.order(nil))
	}
	list := s.keptList("")
	if n := len(list.Calls); n < 2 || n > 10 || list.Evicted != uint64(20-n) || list.Calls[0].ID != "call_20" {
		t.Errorf("%d calls are kept, %d evicted, the last is %s", n, list.Evicted, list.Calls[0].ID)
	}
	if a := s.call("GET", control.Prefix+"/calls/call_1", ""); a.status != http.StatusGone || !strings.Contains(a.body, "-limit calls") {
		t.Errorf("HTTP %d %s", a.status, a.body)
	}
	kept := 0
	for i := range 10 {
		other := newStage(t, s.mock, fmt.Sprintf("sk_test_other%d", i))
		for range 5 {
			other.call("POST", "/v2/charges", other.order(nil))
		}
		if latest := other.kept(""); len(latest) == 0 && i == 9 {
			t.Error("the account that was used last has no calls")
		}
	}
	for i := range 10 {
		other := newStage(t, s.mock, fmt.Sprintf("sk_test_other%d", i))
		for _, c := range other.kept("") {
			kept += len(c.Request.Body) + len(c.Answer.Body)
		}
	}
	if kept > 32<<10 || kept == 0 {
		t.Errorf("the accounts keep %d bytes", kept)
	}
}

// TestKeptCallsOff keeps no calls.
func TestKeptCallsOff(t *testing.T) {
	t.Parallel()
	var limits mockserver.Limits
	if err := limits.Set("calls", "none"); err != nil {
		t.Fatal(err)
	}
	s := startStage(t, mockserver.Config{Limits: limits})
	s.create(s.order(nil))
	s.call("GET", "/v2/nothing", "")
	for _, path := range []string{"/calls", "/calls/call_1"} {
		if a := s.call("GET", control.Prefix+path, ""); a.status != 404 || !strings.Contains(a.body, "-limit calls=none") {
			t.Errorf("%s: HTTP %d %s", path, a.status, a.body)
		}
	}
	if err := limits.Set("charges", "none"); err == nil {
		t.Error("the limit charges can be none")
	}
}

// TestKeptCallsReset expects that a reset empties only the account's own calls.
func TestKeptCallsReset(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	other := newStage(t, s.mock, "sk_test_other")
	for range 3 {
		s.create(s.order(nil))
		other.call("POST", "/v2/charges", other.order(nil))
	}
	if _, err := s.control.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(s.kept("")); n != 0 {
		t.Errorf("%d calls are kept after a reset", n)
	}
	s.call("GET", "/v2/charges/chg_1", "")
	if got := s.latest(); got.ID != "call_1" || got.Entry != 0 {
		t.Errorf("the first call after the reset is %+v", got)
	}
	if list := other.keptList(""); len(list.Calls) != 3 || list.Evicted != 0 {
		t.Errorf("the other account has %+v", list)
	}
}

// TestKeptCallsConcurrently makes calls of more accounts than the server keeps, while accounts are reset and calls are listed.
func TestKeptCallsConcurrently(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Accounts: 3, Calls: 8 << 10, ServerCalls: 16 << 10}})
	var all sync.WaitGroup
	for client := range 6 {
		all.Go(func() {
			for n := range 25 {
				a := m.api("GET", fmt.Sprintf("/v2/charges/chg_%d", n), "", as(client%5)...)
				if a.status == http.StatusUnauthorized {
					t.Errorf("HTTP %d %s", a.status, a.body)
				}
				m.api("POST", "/v2/charges", `{"amount": 1}`, as(client%5)...)
				m.api("GET", "/_tapmock/v1/calls?limit=5", "", as(client%5)...)
				if n%7 == 0 {
					m.api("POST", "/_tapmock/v1/reset", "", as(client%5)...)
				}
			}
		})
	}
	all.Wait()
	m.api("POST", "/_tapmock/v1/reset", "", as(1)...)
	m.api("GET", "/v2/charges/chg_last", "", as(1)...)
	if a := m.api("GET", "/_tapmock/v1/calls", "", as(1)...); !strings.Contains(a.body, `"id": "call_1"`) || !strings.Contains(a.body, "chg_last") {
		t.Errorf("at the end: %s", a.body)
	}
}
