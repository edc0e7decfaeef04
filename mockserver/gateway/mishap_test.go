package gateway

import (
	"context"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// queueYAML queues the scenario of a file's text.
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

// happens waits until an event is journalled.
func happens(t *testing.T, a *Account, event Event) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	if found, err := a.Ask(ctx, Question{Event: event}); err != nil || len(found) == 0 {
		t.Fatalf("%s did not come: %v", event, err)
	}
}

// hanging is a merchant who never answers.
func hanging(ctx context.Context, _ Delivery) Attempt {
	<-ctx.Done()
	return Attempt{Fault: "cancelled"}
}

// TestHeldAnswerAcrossAReset has an answer held back while a reset cuts the deliveries off.
func TestHeldAnswerAcrossAReset(t *testing.T) {
	_, a := start(t, Config{Send: hanging})
	if err := a.SetSettings(map[string]string{"return_wait": "20ms"}); err != nil {
		t.Fatal(err)
	}
	queueYAML(t, a, "{name: t/x, description: x, payer: {pay: {}, after: created}, api: [{on: charge.get, gate: g}]}")
	c := create(t, a)
	happens(t, a, Settled)
	_, f, err := a.Retrieve(c.ID)
	if err != nil || f == nil {
		t.Fatalf("%v %v", f, err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if written, err := a.DelayAnswer(t.Context(), c.ID, f); err == nil {
			written()
		}
	}()
	happens(t, a, GateReached)
	if _, err := a.Reset(t.Context()); err != nil {
		t.Error(err)
	}
	<-done
}

// TestPersonAndAutomaticPayer has a person confirm and go away where an automatic payer has been, and then a reset.
func TestPersonAndAutomaticPayer(t *testing.T) {
	g, a := start(t, Config{Send: hanging, Visit: func(context.Context, string) Attempt { return Attempt{Status: 200} }})
	if err := a.SetSettings(map[string]string{"return_wait": "20ms"}); err != nil {
		t.Fatal(err)
	}
	queueYAML(t, a, "{name: t/x, description: x, payer: {pay: {}, after: created, duration: 1h}}")
	c := create(t, a)
	happens(t, a, PageOpened)
	p, err := g.Payer(c.Token)
	if err != nil {
		t.Fatal(err)
	}
	card, _ := tap.ParseTestCard("8888880000000001")
	if _, err := p.Submit(t.Context(), card, tap.CardExpiry{Month: 9, Year: 2030}, false); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	p.Confirm(ctx, "")
	happens(t, a, MerchantSilent)
	if _, err := a.Reset(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestPanelOverAScenario ends a payment by the panel while steps of its scenario are still to come: they come as they were written.
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
		t.Errorf("%d webhooks, %v", sent, err)
	}
}

// TestAbandonedByTheBank tells nobody and sends nobody back.
func TestAbandonedByTheBank(t *testing.T) {
	told := 0
	count := func() Attempt { told++; return Attempt{Status: 200} }
	_, a := start(t, Config{Send: func(context.Context, Delivery) Attempt { return count() }, Visit: func(context.Context, string) Attempt { return count() }})
	queueYAML(t, a, "{name: t/x, description: x, payer: {pay: {}, after: created}, bank: {status: ABANDONED}}")
	c := create(t, a)
	happens(t, a, Settled)
	if _, err := a.Advance(t.Context(), time.Hour); err != nil || told != 0 {
		t.Errorf("%d calls to the merchant, %v", told, err)
	}
	if got, _ := a.Charge(c.ID); got.Status != tap.Abandoned {
		t.Errorf("the charge is %s", got.Status)
	}
}

// TestRefusedFreezeChangesNothing turns a clock back.
func TestRefusedFreezeChangesNothing(t *testing.T) {
	_, a := start(t, Config{})
	create(t, a)
	if _, err := a.Freeze(t.Context(), time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil {
		t.Fatal("the clock was turned back")
	}
	if _, frozen := a.Clock(); frozen {
		t.Error("a refused freeze has frozen the clock")
	}
}
