package mockserver_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// end presses a button of the outcome panel and returns the answer without following a redirect.
func (p *payer) end(outcome string) answer {
	p.t.Helper()
	form := url.Values{"outcome": {outcome}, "token": {p.address.Query().Get("token")}}
	next, _ := p.address.Parse("outcome.htm")
	req, _ := http.NewRequest("POST", next.String(), strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.send(req)
}

// TestOutcomePanel ends payments with each outcome of the panel, and checks what the merchant receives.
func TestOutcomePanel(t *testing.T) {
	for _, c := range []struct {
		outcome  string
		status   int
		want     tap.Status
		bank     tap.Result
		redirect tap.DeliveryStatus
		webhooks int
	}{
		{"captured", 303, tap.Captured, tap.Result{Code: "00", Message: "CAPTURED"}, "SUCCESS", 1},
		{"no-funds", 303, tap.Failed, tap.Result{Code: "51", Message: "NOT CAPTURED"}, "SUCCESS", 1},
		{"wrong-pin", 303, tap.Failed, tap.Result{Code: "55", Message: "NOT CAPTURED"}, "SUCCESS", 1},
		{"host-timeout", 303, tap.Failed, tap.Result{Message: "HOST TIMEOUT"}, "SUCCESS", 1},
		{"cancelled", 303, tap.Cancelled, tap.Result{}, "SUCCESS", 1},
		{"expired", 303, tap.Cancelled, tap.Result{}, "SUCCESS", 1},
		{"closed", 200, tap.Captured, tap.Result{Code: "00", Message: "CAPTURED"}, "PENDING", 1},
		{"webhook-never", 303, tap.Captured, tap.Result{Code: "00", Message: "CAPTURED"}, "SUCCESS", 0},
		{"webhook-twice", 303, tap.Captured, tap.Result{Code: "00", Message: "CAPTURED"}, "SUCCESS", 2},
		{"webhook-late", 303, tap.Captured, tap.Result{Code: "00", Message: "CAPTURED"}, "SUCCESS", 0},
		{"captured-later", 303, tap.Failed, tap.Result{Code: "51", Message: "NOT CAPTURED"}, "SUCCESS", 1},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			shop := startMerchant(t, nil)
			m := startMock(t, mockserver.Config{})
			charge := m.create(withPost(shop.url))
			p := m.open(charge.Transaction.URL)
			if !strings.Contains(p.page.body, `value="`+c.outcome+`"`) {
				t.Errorf("the panel does not offer it:\n%s", p.page.body)
			}
			a := p.end(c.outcome)
			if a.status != c.status {
				t.Errorf("HTTP %d\n%s", a.status, a.body)
			}
			for range c.webhooks {
				shop.next(t.Context()).verify(t, "12.345")
			}
			got := m.retrieve(charge.ID)
			var bank tap.Result
			if got.Gateway != nil {
				bank = got.Gateway.Response
			}
			if got.Status != c.want || bank != c.bank || got.Redirect.Status != c.redirect {
				t.Errorf("%s, %+v, redirect %s", got.Status, got.Gateway, got.Redirect.Status)
			}
			shop.none()
			if c.outcome == "webhook-late" {
				m.advance(time.Minute)
				shop.next(t.Context()).verify(t, "12.345")
				if got := m.retrieve(charge.ID).Post.Status; got != "SUCCESS" {
					t.Errorf("afterwards post.status is %s", got)
				}
			}
			if again := p.end("captured"); c.outcome != "closed" && (again.status != a.status || again.header.Get("Location") != a.header.Get("Location")) {
				t.Errorf("once more: HTTP %d to %s", again.status, again.header.Get("Location"))
			}
		})
	}
}

// TestOutcomeResponses checks the codes of the two outcomes that are CANCELLED.
func TestOutcomeResponses(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for outcome, want := range map[string]tap.Result{"cancelled": tap.PlainResult(tap.Cancelled), "expired": tap.ResultPageExpired()} {
		charge := m.create(request(nil))
		m.open(charge.Transaction.URL).end(outcome)
		if got := m.retrieve(charge.ID); got.Response != want || got.Gateway != nil {
			t.Errorf("%s: %+v, %+v", outcome, got.Response, got.Gateway)
		}
	}
}

// TestOutcomesAfterTheReturn ends payments whose merchant is notified never, or a second time after a minute.
func TestOutcomesAfterTheReturn(t *testing.T) {
	shop := startMerchant(t, nil)
	m := startMock(t, mockserver.Config{})
	later, never := m.create(withPost(shop.url)), m.create(withPost(shop.url))
	m.open(never.Transaction.URL).end("webhook-never")
	m.open(later.Transaction.URL).end("captured-later")
	if got := shop.next(t.Context()).verify(t, "12.345"); got.ID != later.ID || got.Status != tap.Failed {
		t.Errorf("the first webhook says %s %s", got.ID, got.Status)
	}
	m.advance(time.Minute - time.Millisecond)
	if got := m.retrieve(later.ID).Status; got != tap.Failed {
		t.Errorf("before the minute has passed the charge is %s", got)
	}
	shop.none()
	m.advance(time.Millisecond)
	if got := shop.next(t.Context()).verify(t, "12.345"); got.ID != later.ID || got.Status != tap.Captured {
		t.Errorf("the second webhook says %s %s", got.ID, got.Status)
	}
	m.advance(24 * time.Hour)
	shop.none()
	if l, n := m.retrieve(later.ID), m.retrieve(never.ID); l.Status != tap.Captured || n.Status != tap.Captured || n.Post.Status != tap.DeliveryPending {
		t.Errorf("the charges are %s and %s, post.status %s", l.Status, n.Status, n.Post.Status)
	}
}

// TestOutcomeLeavesTheScenarioName ends payments with every outcome of the panel: the scenario that is shown stays the one of the creation.
func TestOutcomeLeavesTheScenarioName(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for _, name := range []string{"", "outcome/no-funds", "outcome/no-funds + webhook/twice"} {
		for outcome := range strings.FieldsSeq("captured no-funds wrong-pin host-timeout cancelled expired closed webhook-never webhook-twice webhook-late captured-later") {
			if name != "" {
				s.next(name)
			}
			c := decode(t, s.call("POST", "/v2/charges", s.order(nil)).body)
			s.open(c.Transaction.URL).end(outcome)
			s.advance(time.Hour)
			shown, err := s.control.Charge(t.Context(), c.ID)
			if got := s.call("GET", "/v2/charges/"+c.ID, "").header.Get("X-Tapmock-Scenario"); err != nil || shown.Scenario != name || got != name {
				t.Errorf("%q, then %s: the charge has the scenario %q, a GET %q, %v", name, outcome, shown.Scenario, got, err)
			}
			if e := s.entries("outcome_chosen"); len(e) == 0 || e[len(e)-1].Detail != outcome {
				t.Errorf("%s: the journal has %v", outcome, e)
			}
		}
	}
}

// TestOutcomePanelOff checks that outcomes are refused when the page does not offer them.
func TestOutcomePanelOff(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "page_outcome_panel=false")
	charge := m.create(request(nil))
	p := m.open(charge.Transaction.URL)
	p.end("captured")
	if got := m.retrieve(charge.ID).Status; got != tap.Initiated || strings.Contains(p.page.body, "outcomes") {
		t.Errorf("the charge is %s\n%s", got, p.page.body)
	}
	if a := p.end("nonsense"); a.status != 400 {
		t.Errorf("an unknown outcome: HTTP %d", a.status)
	}
}
