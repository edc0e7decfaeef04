package mockserver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// TestNoCrossTalk uses 200 accounts of one mock concurrently, each with another scenario, fault and time. Each sees only its own events.
func TestNoCrossTalk(t *testing.T) {
	m := startMock(t, mockserver.Config{Now: time.Now})
	for i := range 200 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			one := *m
			one.t = t
			checkIsolation(t, newStage(t, &one, fmt.Sprintf("sk_test_account_%d", i)), i)
		})
	}
}

// checkIsolation runs a scenario that depends on i and looks for anything that belongs to another account.
func checkIsolation(t *testing.T, s *stage, i int) {
	t.Helper()
	begin := time.Duration(i) * time.Hour
	s.advance(begin)
	copies, calls, code := 1+i%3, 1+i%4, 51+i%10
	name := fmt.Sprintf("only/%d", i)
	s.put(fmt.Sprintf(`scenarios:
  - name: %s
    description: x
    match: {reference.order: "o-*"}
    settings: {merchant_id: "%d"}
    payer: {pay: {}, at: answered + %ds}
    bank: {result: NOT CAPTURED, code: "%d"}
    callbacks:
      - webhook: {copies: %d}
    api:
      - {on: charge.get, calls: 1-%d, fault: {status: 503}}
`, name, i, i, code, copies, calls))
	a := s.call("POST", "/v2/charges", s.order(map[string]any{"reference": at("order", fmt.Sprintf("o-%d", i))}))
	id := decode(t, a.body).ID
	if got := a.header.Get("X-Tapmock-Scenario"); got != name {
		t.Errorf("it follows %q", got)
	}
	s.advance(time.Duration(i) * time.Second)
	for n := range calls {
		if got := s.call("GET", "/v2/charges/"+id, "").status; got != 503 {
			t.Errorf("GET %d: HTTP %d", n+1, got)
		}
	}
	c := s.get(id)
	if c.Gateway.Response.Code != fmt.Sprint(code) || c.Merchant.ID != fmt.Sprint(i) {
		t.Errorf("refused with %s, merchant %s", c.Gateway.Response.Code, c.Merchant.ID)
	}
	if other := s.call("GET", "/v2/charges/chg_TS01A0120260900Ab1c0103000", "").status; other != 400 {
		t.Errorf("a charge of another account: HTTP %d", other)
	}
	s.ownOnly(id, copies, begin+time.Duration(i)*time.Second)
}

// ownOnly checks everything that the account and its shop have recorded.
func (s *stage) ownOnly(id string, copies int, at time.Duration) {
	s.t.Helper()
	hooks := s.shop.visits("/hook")
	if len(hooks) != copies || len(s.shop.visits("/return")) != 1 {
		s.t.Errorf("the shop received %d webhooks and %d returns", len(hooks), len(s.shop.visits("/return")))
	}
	for _, v := range hooks {
		if v.at != at || s.signatures(v) != "signed" || !strings.Contains(v.body, id) {
			s.t.Errorf("a webhook at %s, %s: %s", v.at, s.signatures(v), v.body)
		}
	}
	j, err := s.control.Journal(s.t.Context(), control.JournalQuery{Oldest: true})
	if err != nil {
		s.t.Fatal(err)
	}
	for n, e := range j.Entries {
		if e.Seq != uint64(n+1) || e.Object != nil && e.Object.ID != id {
			s.t.Errorf("an entry of another account: %+v", e)
		}
	}
}
