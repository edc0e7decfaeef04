package conformance

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

const shopScenarios = `scenarios:
  - name: shop/between
    description: The payer returns, and the webhook waits until the test has inspected the order.
    match: {reference.order: between-*}
    payer: {pay: {}}
    callbacks: [return: {at: settled}, webhook: {at: settled, gate: inspected}]
  - name: shop/expensive
    description: The payer has too little money for an expensive order.
    extends: outcome/no-funds
    match: {reference.order: expensive-*}
`

func gates(t *testing.T, e *env) {
	e.PutScenarios(shopScenarios)
	c := e.orderAutomatic(t, "between-1")
	e.AwaitReturn(c.ID)
	e.AwaitIdle()
	if hooks, _ := e.shop.got(); len(hooks) > 0 {
		t.Errorf("a webhook passed the closed gate")
	}
	if n := e.Release("inspected"); n != 1 {
		t.Errorf("%d steps waited at the gate, want 1", n)
	}
	e.AwaitWebhook(c.ID)
	release := e.Hold("inspected")
	other := e.orderAutomatic(t, "between-2")
	e.AwaitReturn(other.ID)
	release()
	e.AwaitWebhook(other.ID)
}

func frozen(t *testing.T, e *env) {
	e.Freeze(start)
	if now := e.Now(); !now.Equal(start) {
		t.Errorf("frozen at %s", now)
	}
	e.Next("payer/pays + webhook/next-day")
	c := e.orderAutomatic(t, "o-1")
	e.AwaitIdle()
	if hooks, _ := e.shop.got(); len(hooks) > 0 || e.Charge(c.ID).Status != "CAPTURED" {
		t.Errorf("%d webhooks\n%s", len(hooks), e.Trace(c.ID))
	}
	if moved := e.Advance(72 * time.Hour); !moved.Now.Equal(start.Add(72*time.Hour)) || moved.Ran == 0 {
		t.Errorf("%+v", moved)
	}
	if clock, err := e.Control().Clock(t.Context()); err != nil || !clock.Frozen {
		t.Errorf("the clock is %+v, %v", clock, err)
	}
	w := e.Webhooks(c.ID)
	if hooks, _ := e.shop.got(); len(hooks) != 1 || len(w) != 1 || !w[0].At.Equal(start.Add(26*time.Hour)) {
		t.Errorf("%d webhooks, in the journal %+v", len(hooks), w)
	}
}

func running(t *testing.T, e *env) {
	e.Freeze(start)
	e.Resume()
	c := e.order(t, "o-1")
	e.Advance(time.Hour)
	if now := e.Now(); now.Before(start.Add(time.Hour)) || now.After(start.Add(2*time.Hour)) {
		t.Errorf("the clock shows %s", now)
	}
	e.AwaitStatus(c.ID, "ABANDONED")
}

func journal(t *testing.T, e *env) {
	c := e.order(t, "o-1")
	e.Pay(c.Transaction.URL)
	e.AwaitWebhook(c.ID)
	e.AwaitIdle()
	seen := map[tap.Event]int{}
	for i, entry := range e.Journal() {
		seen[entry.Event]++
		if entry.Seq != uint64(i+1) || entry.Cause >= entry.Seq {
			t.Errorf("entry %d has seq %d and cause %d", i+1, entry.Seq, entry.Cause)
		}
	}
	for _, event := range []tap.Event{tap.EventCreated, tap.EventSettled, tap.EventWebhook, tap.EventReturned} {
		if seen[event] != 1 {
			t.Errorf("%d × %s in %v", seen[event], event, seen)
		}
	}
}

func trace(t *testing.T, e *env) {
	c := e.order(t, "order-1")
	e.Pay(c.Transaction.URL)
	e.AwaitReturn(c.ID)
	text := e.Trace(c.ID)
	for _, want := range []string{c.ID, "CAPTURED", "webhook", e.shop.testURL + "/return"} {
		if !strings.Contains(text, want) {
			t.Errorf("the trace lacks %q:\n%s", want, text)
		}
	}
}

func ownScenarios(t *testing.T, e *env) {
	e.PutScenarios(shopScenarios)
	expensive, cheap := e.order(t, "expensive-1"), e.order(t, "cheap-1")
	e.Pay(expensive.Transaction.URL)
	e.Pay(cheap.Transaction.URL)
	e.wantStatus(t, expensive.ID, "FAILED")
	e.wantStatus(t, cheap.ID, "CAPTURED")
	all, err := e.Control().Scenarios(t.Context())
	if err != nil || len(all.Own) != 2 || len(all.Library) < 50 {
		t.Errorf("%v, %d own scenarios, %d of the library", err, len(all.Own), len(all.Library))
	}
	if err := e.Control().PutScenarios(t.Context(), "scenarios:\n  - {nam: x}\n"); err == nil || !strings.Contains(err.Error(), "2") || !strings.Contains(err.Error(), "name") {
		t.Errorf("the error of a mistake in line 2: %v", err)
	}
}

func settings(t *testing.T, e *env) {
	before, err := e.Control().Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e.Set("bank_captured_expiries", "11/29")
	c := e.order(t, "o-1")
	e.Pay(c.Transaction.URL)
	e.wantStatus(t, c.ID, "FAILED")
	if all, err := e.Control().Settings(t.Context()); err != nil || all["bank_captured_expiries"] != "11/29" || len(all) < 10 {
		t.Errorf("%v %v", err, all)
	}
	if err := e.Control().Set(t.Context(), map[string]string{"bank_captured_expiries": "soon"}); err == nil {
		t.Error("an invalid value was accepted")
	}
	e.Unset("bank_captured_expiries")
	if all, err := e.Control().Settings(t.Context()); err != nil || !maps.Equal(all, before) {
		t.Errorf("after Inherit: %v %v, want %v", err, all, before)
	}
}

func reset(t *testing.T, e *env) {
	e.Freeze(start)
	e.Next("webhook/twice")
	e.order(t, "o-1")
	e.Next("webhook/never")
	d, err := e.Control().Reset(t.Context())
	if err != nil || d.Charges != 1 || len(d.Scheduled) == 0 || len(d.Queue) != 1 || len(d.InFlight) > 0 {
		t.Errorf("%v, dropped %+v", err, d)
	}
	if account, err := e.Control().Account(t.Context()); err != nil || account.Charges != 0 || account.Frozen || len(account.Queue) > 0 {
		t.Errorf("%v, after the reset %+v", err, account)
	}
}

// accounts opens a second account, which must not see anything of the first.
func accounts(p Place) func(*testing.T, *env) {
	return func(t *testing.T, e *env) {
		other := p.env(t)
		other.Freeze(start)
		c := e.order(t, "same")
		e.Pay(c.Transaction.URL)
		if all := other.Charges(); len(all) > 0 || other.Key == e.Key {
			t.Errorf("the other account has %+v", all)
		}
		if _, status := other.call(t, http.MethodGet, "/charges/"+c.ID, ""); status != http.StatusNotFound && status != http.StatusBadRequest {
			t.Errorf("the other account's GET: HTTP %d", status)
		}
		if now := e.Now(); now.Equal(start) {
			t.Errorf("the clock of the other account changed this one: %s", now)
		}
		if hooks, _ := other.shop.got(); len(hooks) > 0 {
			t.Errorf("the other shop received %d webhooks", len(hooks))
		}
	}
}
