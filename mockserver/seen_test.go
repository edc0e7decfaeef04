package mockserver_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// details are the details of the journal's entries of an event, oldest first. The ids of charges are replaced.
func (s *stage) details(event tap.Event, names *strings.Replacer) []string {
	s.t.Helper()
	var all []string
	for _, e := range s.entries(event) {
		all = append(all, names.Replace(e.Detail))
	}
	return all
}

// TestJournalShowsWhatGETShowed makes GETs with and without faults: the journal names the status that the answer showed, if it showed
// one.
func TestJournalShowsWhatGETShowed(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "journal_requests=true")
	c := s.createFrom(`payer: {pay: {}, at: answered + 1s}
api:
  - {on: charge.get, calls: 1, fault: stale}
  - {on: charge.get, calls: 3, fault: {status: 503}}
  - {on: charge.get, calls: 4, fault: not-json}
  - {on: charge.get, calls: 5, fault: half-body}
  - {on: charge.get, calls: 6, fault: reset}
  - {on: charge.get, calls: 7, fault: content-type}
  - {on: charge.get, calls: 8, fault: another-amount}`, nil)
	get := func() { s.call("GET", "/v2/charges/"+c.ID, "") }
	get()
	s.advance(2e9)
	for range 8 {
		get()
	}
	head, _ := http.NewRequest("HEAD", s.url+"/v2/charges/"+c.ID, nil)
	head.Header.Set("Authorization", "Bearer "+s.key)
	s.send(head)
	s.call("GET", "/v2/charges/chg_unknown", "")
	s.await("api_call", 12)
	const path = "GET /v2/charges/own: "
	want := []string{"POST /v2/charges: HTTP 200", path + "HTTP 200, INITIATED", path + "HTTP 200, INITIATED", path + "HTTP 503", path + "HTTP 200",
		path + "HTTP 200", path + "no answer", path + "HTTP 200, CAPTURED", path + "HTTP 200, CAPTURED", path + "HTTP 200, CAPTURED",
		"HEAD /v2/charges/own: HTTP 200", "GET /v2/charges/chg_unknown: HTTP 400"}
	if got := s.details("api_call", strings.NewReplacer(c.ID, "own")); !slices.Equal(got, want) {
		t.Errorf("the journal says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	trace, err := s.control.Trace(t.Context(), c.ID)
	if err != nil || !strings.Contains(trace.Text, "GET /v2/charges/"+c.ID+": HTTP 200, CAPTURED\n") {
		t.Errorf("the trace is %s, %v", trace.Text, err)
	}
}

// TestJournalOfAnAbandonedGET has a client that disconnects while its GET waits at a gate: it was shown nothing.
func TestJournalOfAnAbandonedGET(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "journal_requests=true")
	c := s.createFrom("payer: {pay: {}}\napi: [{on: charge.get, gate: late}]", nil)
	ctx, hangUp := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "GET", s.url+"/v2/charges/"+c.ID, nil)
	req.Header.Set("Authorization", "Bearer "+s.key)
	done := make(chan error, 1)
	go func() { _, err := s.http.Do(req); done <- err }()
	s.await("gate_reached", 1)
	hangUp()
	if err := <-done; err == nil {
		t.Error("the GET was answered")
	}
	s.await("api_call", 2)
	if got := s.details("api_call", strings.NewReplacer(c.ID, "own")); got[1] != "GET /v2/charges/own: no answer" {
		t.Errorf("the journal says %q", got)
	}
}

// TestJournalShowsAddedParameters makes returns of automatic payers and of a person: the journal shows the parameters that the mock
// added, and nothing of the merchant's own query.
func TestJournalShowsAddedParameters(t *testing.T) {
	const automatic = "payer: {pay: {}}\ncallbacks: [return: "
	for _, c := range []struct{ lines, url, want string }{
		{automatic + "{}]", "/return", "/return?tap_id=own: HTTP 200"},
		{automatic + "{}]", "/return?order=1&secret=2#top", "/return?…&tap_id=own: HTTP 200"},
		{automatic + "{tap_id: none}]", "/return?secret=2", "/return?…: HTTP 200"},
		{automatic + "{tap_id: none}]", "/return", "/return: HTTP 200"},
		{automatic + "{tap_id: another, query: {status: CAPTURED, 'a b': '&'}}]", "/return", "/return?tap_id=first&a+b=%26&status=CAPTURED: HTTP 200"},
		{automatic + "{query: {card: '4111111111111111'}}]", "/return?secret=2", "/return?…&tap_id=own&card=************1111: HTTP 200"},
		{"callbacks: [return: {query: {status: CAPTURED}}]", "/return?secret=2#top", "/return?…&tap_id=own&status=CAPTURED"},
	} {
		s := startStage(t, mockserver.Config{})
		first := s.pays("return/never", nil).ID
		if err := s.control.Set(t.Context(), map[string]string{"payer": "person"}); err != nil {
			t.Fatal(err)
		}
		charge := s.createFrom(c.lines, map[string]any{"redirect": at("url", s.shop.url+c.url)})
		s.awaitIdle()
		if charge := s.get(charge.ID); charge.Status == tap.Initiated {
			s.pay(charge.Transaction.URL, "9", "2030")
		}
		names := strings.NewReplacer(charge.ID, "own", first, "first")
		if got := s.details("returned", names); !slices.Equal(got, []string{"to " + s.shop.url + c.want}) {
			t.Errorf("%s to %s: the journal says %q, want %q", c.lines, c.url, got, c.want)
		}
	}
}
