package mockserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func fuzzServer(f *testing.F, strict string) *mockserver.Server {
	f.Helper()
	s := tap.DefaultSettings()
	if err := s.Set("strict", strict); err != nil {
		f.Fatal(err)
	}
	server, err := mockserver.New(mockserver.Config{Now: atRest, Seed: 1, Settings: &s, Limits: mockserver.Limits{Charges: 1 << 30, ServerCharges: 1 << 30}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { server.Close(f.Context()) })
	return server
}

// wellAnswered fails the test unless the answer is a charge or one of Tap's errors with status 400.
func wellAnswered(t *testing.T, server *mockserver.Server, body, contentType string) {
	wellAnsweredAt(t, server, "/v2/charges", body, contentType)
}

// wellAnsweredAt also accepts a refund, an authorization or a list.
func wellAnsweredAt(t *testing.T, server *mockserver.Server, path, body, contentType string) {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Host = "127.0.0.1"
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	var answer struct {
		ID         string
		Object     string
		ObjectType string `json:"object_type"`
		Errors     []struct{ Code, Description string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("HTTP %d, not JSON: %v\n%s", w.Code, err, w.Body)
	}
	made := strings.HasPrefix(answer.ID, "chg_") || strings.HasPrefix(answer.ID, "re_") || strings.HasPrefix(answer.ID, "auth_") || answer.Object == "list" || answer.ObjectType == "list"
	answered := w.Code == http.StatusOK && made
	refused := w.Code == http.StatusBadRequest && len(answer.Errors) == 1 && len(answer.Errors[0].Code) == 4
	if !answered && !refused {
		t.Fatalf("HTTP %d\n%s", w.Code, w.Body)
	}
	for _, note := range w.Header()["X-Tapmock-Note"] {
		if strings.ContainsFunc(note, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("the note %q is not allowed in a header", note)
		}
	}
}

func FuzzCreateJSON(f *testing.F) {
	lenient, strict := fuzzServer(f, "false"), fuzzServer(f, "true")
	f.Add(request(nil))
	for _, c := range badRequests {
		f.Add(c.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		wellAnswered(t, lenient, body, "application/json")
		wellAnswered(t, strict, body, "application/json")
	})
}

func FuzzCreateForm(f *testing.F) {
	server := fuzzServer(f, "false")
	f.Add("amount=1&currency=KWD&source[id]=src_kw.knet&customer[first_name]=a&customer[email]=a@b.c&redirect[url]=http://a.b")
	f.Add("a[b][c][d][e][f][g][h][i][j]=1&a=2&&=&[=]&]=[")
	f.Fuzz(func(t *testing.T, body string) {
		wellAnswered(t, server, body, "application/x-www-form-urlencoded")
	})
}

func FuzzListJSON(f *testing.F) {
	lenient, strict := fuzzServer(f, "false"), fuzzServer(f, "true")
	for _, server := range []*mockserver.Server{lenient, strict} {
		r := httptest.NewRequest("POST", "/v2/charges", strings.NewReader(request(map[string]any{"metadata": at("a", "b")})))
		r.Host = "127.0.0.1"
		r.Header.Set("Authorization", "Bearer "+key)
		server.ServeHTTP(httptest.NewRecorder(), r)
	}
	f.Add(`{"period":{"date":{"from":1,"to":"2"},"type":"1"},"metadata":{"a":"b"},"sources":["src_all"],"limit":"5","order":"chronological","mobile":"5"}`)
	for _, c := range badLists {
		f.Add(c.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		wellAnsweredAt(t, lenient, "/v2/charges/list", body, "application/json")
		wellAnsweredAt(t, strict, "/v2/charges/list", body, "application/json")
		wellAnsweredAt(t, lenient, "/v2/charges/list", body, "application/x-www-form-urlencoded")
	})
}

// FuzzRefundJSON sends requests for refunds, lists of refunds and updates, with and without strict.
func FuzzRefundJSON(f *testing.F) {
	lenient, strict := fuzzServer(f, "false"), fuzzServer(f, "true")
	f.Add(`{"charge_id":"chg_1","amount":"2.345","currency":"KWD","reason":"a","post":{"url":"http://a.b"},"metadata":{"a":"b"},"reference":{"merchant":"1","idempotent":"2"}}`)
	f.Add(`{"period":{"date":{"from":1,"to":"2"}},"refunds":["re_1"],"charges":{"0":"chg_1"},"starting_after":"re_1","limit":"5"}`)
	f.Add(`{"description":"x","metadata":{"a":"","b":null,"c":{"d":[1]}},"receipt":{"email":true,"sms":"false"}}`)
	settings := tap.DefaultSettings()
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"/v2/refunds", "/v2/refunds/list"} {
			wellAnsweredAt(t, lenient, path, body, "application/json")
			wellAnsweredAt(t, strict, path, body, "application/json")
		}
		for _, kind := range tap.Kinds() {
			if u, _, err := tap.ParseUpdate([]byte(body), kind, &settings); err == nil {
				if got, _ := u.Charge(&tap.PaymentRequest{Metadata: `{"a":"1"}`}); got.Metadata != "" && !json.Valid([]byte(got.Metadata)) {
					t.Fatalf("the metadata became %s", got.Metadata)
				}
			}
		}
	})
}

// FuzzAuthorizationJSON sends requests for authorizations, captures, voids and lists of authorizations, with and without strict.
func FuzzAuthorizationJSON(f *testing.F) {
	f.Add("{" + orderExample + `,"auto":{"type":"VOID","time":100},"authorize_debit":"false"}`)
	f.Add("{" + orderExample + `,"auto":{"type":"CAPTURE","time":"168"}}`)
	f.Add("{" + orderExample + `,"auto":[],"source":{"id":"auth_TS07A0320241133g5RO1906000"}}`)
	f.Add(`{"amount":1,"currency":"KWD","source":{"id":"auth_"},"customer":{"id":"cus_1"}}`)
	f.Add(`{"status":"AUTHORIZED","starting_after":"auth_1","charges":["auth_1"]}`)
	f.Add("[]")
	f.Add("{")
	lenient, strict := fuzzServer(f, "false"), fuzzServer(f, "true")
	f.Fuzz(func(t *testing.T, body string) {
		for _, server := range []*mockserver.Server{lenient, strict} {
			for _, path := range []string{"/v2/authorize", "/v2/authorize/", "/v2/authorize/list", "/v2/authorize/auth_1/void", "/v2/charges"} {
				wellAnsweredAt(t, server, path, body, "application/json")
			}
		}
	})
}

// FuzzRecordsJSON sends requests about customers, cards, tokens, invoices and payouts, with and without strict.
func FuzzRecordsJSON(f *testing.F) {
	lenient, strict := fuzzServer(f, "false"), fuzzServer(f, "true")
	f.Add(`{"first_name":"First","email":"a@b.c","phone":{"country_code":965,"number":"50000000"},"metadata":{"a":"b"},"currency":"KWD","title":"t"}`)
	f.Add(`{"limit":"50","page":"2","starting_after":"cus_1","customers":["cus_1"],"period":{"date":{"from":1,"to":"2"}}}`)
	f.Add(tokenOfCard)
	f.Add(`{"saved_card":{"card_id":"card_1","customer_id":"cus_1"},"source":{"id":"tok_1"},"card":{"number":4508750015741019}}`)
	f.Add(`{"merchants":["1"],"payouts":{"payout_id":["payout_1"]},"order_by":"date"}`)
	f.Add(invoiceExample)
	f.Add(`{"due":"1","expiry":1e3,"order":{"items":[{"quantity":"1","discount":[]}],"tax":[{"rate":{"type":"F","value":1}}],"shipping":""},"notifications":{"channels":[1]}}`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, server := range []*mockserver.Server{lenient, strict} {
			for _, path := range []string{"/v2/customers", "/v2/customers/list", "/v2/tokens", "/v2/card/verify", "/v2/invoices", "/v2/invoices/list", "/v2/payouts/list"} {
				r := httptest.NewRequest("POST", path, strings.NewReader(body))
				r.Host = "127.0.0.1"
				r.Header.Set("Authorization", "Bearer "+key)
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				server.ServeHTTP(w, r)
				if full := w.Code == http.StatusServiceUnavailable && path == "/v2/invoices"; !json.Valid(w.Body.Bytes()) || w.Code != 200 && w.Code != 400 && w.Code != 403 && w.Code != 404 && !full {
					t.Fatalf("%s: HTTP %d %s", path, w.Code, w.Body)
				}
			}
		}
	})
}
