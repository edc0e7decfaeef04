package conformance

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const shopScenarios = `scenarios:
  - name: shop/between
    description: The payer is back, and the webhook waits until the test has looked at the order.
    match: {reference.order: between-*}
    payer: {pay: {}}
    callbacks: [return: {at: settled}, webhook: {at: settled, gate: looked}]
  - name: shop/dear
    description: Nobody has that much.
    extends: outcome/no-funds
    match: {reference.order: dear-*}
`

func gates(t *testing.T, v *visit) {
	v.Scenarios(shopScenarios)
	c := v.orderPaid(t, "between-1")
	v.AwaitReturn(c.ID)
	v.AwaitIdle()
	if hooks, _ := v.shop.got(); len(hooks) > 0 {
		t.Errorf("a webhook passed the gate")
	}
	if n := v.Release("looked"); n != 1 {
		t.Errorf("%d waited at the gate", n)
	}
	v.AwaitWebhook(c.ID)
	release := v.Hold("looked")
	other := v.orderPaid(t, "between-2")
	v.AwaitReturn(other.ID)
	release()
	v.AwaitWebhook(other.ID)
}

func frozen(t *testing.T, v *visit) {
	v.Freeze(start)
	if now := v.Now(); !now.Equal(start) {
		t.Errorf("frozen at %s", now)
	}
	v.Next("payer/pays + webhook/next-day")
	c := v.orderPaid(t, "o-1")
	v.AwaitIdle()
	if hooks, _ := v.shop.got(); len(hooks) > 0 || v.Charge(c.ID).Status != "CAPTURED" {
		t.Errorf("%d webhooks\n%s", len(hooks), v.Trace(c.ID))
	}
	if moved := v.Advance(72 * time.Hour); !moved.Now.Equal(start.Add(72*time.Hour)) || moved.Ran == 0 || !moved.Frozen {
		t.Errorf("%+v", moved)
	}
	w := v.Webhooks(c.ID)
	if hooks, _ := v.shop.got(); len(hooks) != 1 || len(w) != 1 || !w[0].At.Equal(start.Add(26*time.Hour)) {
		t.Errorf("%d webhooks, journalled %+v", len(hooks), w)
	}
}

func running(t *testing.T, v *visit) {
	v.Freeze(start)
	v.Resume()
	c := v.order(t, "o-1")
	v.Advance(time.Hour)
	if now := v.Now(); now.Before(start.Add(time.Hour)) || now.After(start.Add(2*time.Hour)) {
		t.Errorf("the clock shows %s", now)
	}
	v.AwaitStatus(c.ID, "ABANDONED")
}

func journal(t *testing.T, v *visit) {
	c := v.order(t, "o-1")
	v.Pay(c.Transaction.URL)
	v.AwaitWebhook(c.ID)
	v.AwaitIdle()
	seen := map[string]int{}
	for i, e := range v.Journal() {
		seen[e.Event]++
		if e.Seq != uint64(i+1) || e.Cause >= e.Seq {
			t.Errorf("entry %d has number %d and cause %d", i+1, e.Seq, e.Cause)
		}
	}
	for _, event := range []string{"created", "settled", "webhook", "returned"} {
		if seen[event] != 1 {
			t.Errorf("%d × %s in %v", seen[event], event, seen)
		}
	}
}

func story(t *testing.T, v *visit) {
	c := v.order(t, "order-of-the-story")
	v.Pay(c.Transaction.URL)
	v.AwaitReturn(c.ID)
	text := v.Trace(c.ID)
	for _, want := range []string{c.ID, "CAPTURED", "webhook", v.shop.here + "/return"} {
		if !strings.Contains(text, want) {
			t.Errorf("the story lacks %q:\n%s", want, text)
		}
	}
}

func yaml(t *testing.T, v *visit) {
	v.Scenarios(shopScenarios)
	dear, cheap := v.order(t, "dear-1"), v.order(t, "cheap-1")
	v.Pay(dear.Transaction.URL)
	v.Pay(cheap.Transaction.URL)
	v.ended(t, dear.ID, "FAILED")
	v.ended(t, cheap.ID, "CAPTURED")
	all, err := v.Control().Scenarios(t.Context())
	if err != nil || len(all.Own) != 2 || len(all.Library) < 50 {
		t.Errorf("%v, %d of our own, %d of the library", err, len(all.Own), len(all.Library))
	}
	if err := v.Control().PutScenarios(t.Context(), "scenarios:\n  - {nam: x}\n"); err == nil || !strings.Contains(err.Error(), "2") || !strings.Contains(err.Error(), "name") {
		t.Errorf("a mistake in line 2: %v", err)
	}
}

func settings(t *testing.T, v *visit) {
	v.Set("bank_captured_expiries", "11/29")
	c := v.order(t, "o-1")
	v.Pay(c.Transaction.URL)
	v.ended(t, c.ID, "FAILED")
	if all, err := v.Control().Settings(t.Context()); err != nil || all["bank_captured_expiries"] != "11/29" || len(all) < 10 {
		t.Errorf("%v %v", err, all)
	}
	if err := v.Control().Set(t.Context(), map[string]string{"bank_captured_expiries": "soon"}); err == nil {
		t.Error("a bad value was taken")
	}
}

func reset(t *testing.T, v *visit) {
	v.Freeze(start)
	v.Next("webhook/twice")
	v.order(t, "o-1")
	v.Next("webhook/never")
	d, err := v.Control().Reset(t.Context())
	if err != nil || d.Charges != 1 || len(d.Pending) == 0 || len(d.Queue) != 1 || len(d.InFlight) > 0 {
		t.Errorf("%v, dropped %+v", err, d)
	}
	if account, err := v.Control().Account(t.Context()); err != nil || account.Charges != 0 || account.Frozen || len(account.Queue) > 0 {
		t.Errorf("%v, left %+v", err, account)
	}
}

// accounts opens a second account, which must see nothing of the first.
func accounts(p Place) func(*testing.T, *visit) {
	return func(t *testing.T, v *visit) {
		other := p.visit(t)
		other.Freeze(start)
		c := v.order(t, "same")
		v.Pay(c.Transaction.URL)
		if all := other.Charges(); len(all) > 0 || other.Key == v.Key {
			t.Errorf("the other account has %+v", all)
		}
		if _, status := other.call(t, http.MethodGet, "/charges/"+c.ID, ""); status != http.StatusNotFound && status != http.StatusBadRequest {
			t.Errorf("the other account's GET: HTTP %d", status)
		}
		if now := v.Now(); now.Equal(start) {
			t.Errorf("the other account's clock is ours: %s", now)
		}
		if hooks, _ := other.shop.got(); len(hooks) > 0 {
			t.Errorf("the other shop got %d webhooks", len(hooks))
		}
	}
}
