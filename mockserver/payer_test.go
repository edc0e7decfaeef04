package mockserver_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestChoiceKeepsTheTabs has an automatic payer choose KNET in the latest of two tabs, and a person open a third. All of them count: the
// form of the first tab is refused.
func TestChoiceKeepsTheTabs(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("payer: {pay: {tabs: 2}, duration: 1m}", map[string]any{"source": at("id", "src_all")})
	s.awaitIdle()
	s.open(c.Transaction.URL)
	s.advance(time.Minute)
	refused := s.entries(tap.EventSubmitRefused)
	if len(refused) != 1 || !strings.Contains(refused[0].Detail, "another tab") {
		t.Errorf("refused forms: %+v", refused)
	}
	if got := s.get(c.ID); got.Status != tap.Captured || got.Source.ID != tap.SourceKNET {
		t.Errorf("the charge is %s, its source %s", got.Status, got.Source.ID)
	}
}

// TestSavedCardIsKeptOnce saves the same card in two payments: the third page offers it once.
func TestSavedCardIsKeptOnce(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "kfast=true")
	m.saveCard("cus_one")
	m.saveCard("cus_one")
	page := m.open(m.create(forCustomer("cus_one")).Transaction.URL).page.body
	if n := strings.Count(page, `name="savedCardNumber"`); n != 1 {
		t.Errorf("the page offers %d saved cards:\n%s", n, page)
	}
}

// TestAutomaticPayerWaitsForTheBank has a page without a confirm screen and a bank that decides later. The payer does nothing until then.
func TestAutomaticPayerWaitsForTheBank(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "page_confirm_screen=never")
	c := s.createFrom("payer: {pay: {}}\nbank: {delay: 20s}", nil)
	s.awaitIdle()
	plan, err := s.control.Timeline(t.Context())
	if err != nil || len(plan.Scheduled) != 2 || plan.Scheduled[0].Kind != "settle" || plan.Scheduled[1].Kind != "expire" {
		t.Errorf("scheduled while the bank decides: %+v, %v", plan.Scheduled, err)
	}
	s.advance(time.Minute)
	if refused := slices.Concat(s.entries(tap.EventPageRefused), s.entries(tap.EventSubmitRefused)); len(refused) != 0 {
		t.Errorf("the payer acted while the bank decided: %+v", refused)
	}
	if got := s.get(c.ID).Status; got != tap.Captured {
		t.Errorf("the charge is %s", got)
	}
}

// TestOutcomeCountsCallsAgain chooses an outcome in the panel after the first GET of the charge: its calls are counted from 1 again, so
// that the fault of the first one is injected again.
func TestOutcomeCountsCallsAgain(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "page_outcome_panel=true")
	c := s.createFrom("api: [{on: charge.get, calls: 1, fault: {status: 503}}]", nil)
	get := func() int { return s.call("GET", "/v2/charges/"+c.ID, "").status }
	before := []int{get(), get()}
	s.open(c.Transaction.URL).end("captured")
	if got := append(before, get(), get()); !slices.Equal(got, []int{503, 200, 503, 200}) {
		t.Errorf("HTTP %v", got)
	}
}
