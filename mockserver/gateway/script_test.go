package gateway

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// queueYAML puts a scenario in YAML into the queue.
func queueYAML(t *testing.T, a *Account, text string) {
	t.Helper()
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios:\n  - "+text+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.NextOf(set); err != nil {
		t.Fatal(err)
	}
}

// awaitEvent waits until an event is in the journal.
func awaitEvent(t *testing.T, a *Account, event tap.Event) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	if found, err := a.Ask(ctx, Question{Event: event}); err != nil || len(found) == 0 {
		t.Fatalf("there is no entry %s: %v", event, err)
	}
}

// hanging is a merchant that never responds.
func hanging(ctx context.Context, _ Delivery) Attempt {
	<-ctx.Done()
	return Attempt{Failure: "cancelled"}
}

// TestDelayedAnswerAcrossAReset resets the account while an answer waits at a gate and a webhook hangs.
func TestDelayedAnswerAcrossAReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a := start(t, Config{Send: hanging})
		queueYAML(t, a, "{name: t/x, description: x, payer: {pay: {}, at: created}, api: [{on: charge.get, gate: g}]}")
		c := create(t, a)
		awaitEvent(t, a, tap.EventSettled)
		_, f, err := a.Retrieve(tap.KindCharge, c.ID)
		if err != nil || f == nil {
			t.Fatalf("fault %v, error %v", f, err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if written, err := a.DelayAnswer(t.Context(), c.Name(), f); err == nil {
				written()
			}
		}()
		awaitEvent(t, a, tap.EventGateReached)
		if _, err := a.Reset(t.Context()); err != nil {
			t.Error(err)
		}
		<-done
	})
}

// TestPersonAndAutomaticPayer has a person confirm the payment of an automatic payer and disconnect, and then resets the account.
func TestPersonAndAutomaticPayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, a := start(t, Config{Send: hanging, Visit: func(context.Context, string) Attempt { return Attempt{Status: 200} }})
		queueYAML(t, a, "{name: t/x, description: x, payer: {pay: {}, at: created, duration: 1h}}")
		c := create(t, a)
		awaitEvent(t, a, tap.EventPageOpened)
		p, err := g.Payer(c.Token)
		if err != nil {
			t.Fatal(err)
		}
		card, _ := tap.ParseTestCard("8888880000000001")
		if _, err := p.Submit(t.Context(), card, tap.CardExpiry{Month: 9, Year: 2030}, false); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p.Confirm(ctx, "")
		awaitEvent(t, a, tap.EventMerchantTimeout)
		if _, err := a.Reset(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestPanelOverAScenario chooses an outcome in the panel while steps of the scenario are pending: these steps still run.
func TestPanelOverAScenario(t *testing.T) {
	sent := 0
	g, a := start(t, Config{Send: func(context.Context, Delivery) Attempt { sent++; return Attempt{Status: 200} }})
	queueYAML(t, a, "{name: t/x, description: x, callbacks: [webhook: {at: page_opened + 1m}, webhook: {at: page_opened + 2m}, webhook: {at: page_opened + 3m}]}")
	c := create(t, a)
	p, err := g.Payer(c.Token)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Open(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.End(t.Context(), "webhook-late"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Advance(t.Context(), time.Hour); err != nil || sent != 4 {
		t.Errorf("%d webhooks, error %v", sent, err)
	}
}

// TestAbandonedByTheBank has the bank abandon a charge: the merchant gets neither a webhook nor a return.
func TestAbandonedByTheBank(t *testing.T) {
	calls := 0
	count := func() Attempt { calls++; return Attempt{Status: 200} }
	_, a := start(t, Config{Send: func(context.Context, Delivery) Attempt { return count() }, Visit: func(context.Context, string) Attempt { return count() }})
	queueYAML(t, a, "{name: t/x, description: x, payer: {pay: {}, at: created}, bank: {status: ABANDONED}}")
	c := create(t, a)
	awaitEvent(t, a, tap.EventSettled)
	if _, err := a.Advance(t.Context(), time.Hour); err != nil || calls != 0 {
		t.Errorf("%d calls to the merchant, error %v", calls, err)
	}
	if got, _ := a.Charge(c.ID); got.Status != tap.Abandoned {
		t.Errorf("the charge is %s", got.Status)
	}
}
