package gateway

import (
	"context"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// countEvents counts the journal entries of an event.
func countEvents(t *testing.T, a *Account, event tap.Event) int {
	t.Helper()
	found, err := a.AskNow(Question{Event: event})
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// TestEachMoveHasOneEvent ends charges in several ways: each move is journalled once, as settled, expired or corrected.
func TestEachMoveHasOneEvent(t *testing.T) {
	for _, test := range []struct {
		name, scenario, expiry      string
		pays                        bool
		settled, expired, corrected int
	}{
		{name: "paid", pays: true, settled: 1},
		{name: "paid, then a later result", scenario: "late/captured-after-failure", pays: true, settled: 1, corrected: 1},
		{name: "unpaid", expired: 1},
		{name: "unpaid, with charge_expiry_outcome=CANCELLED", expiry: "CANCELLED", settled: 1},
		{name: "expired, then a later result", scenario: "late/captured-after-expiry", pays: true, expired: 1, corrected: 1},
	} {
		g, a := start(t, Config{Now: frozenNow})
		if test.expiry != "" {
			set(t, a, "charge_expiry_outcome", test.expiry)
		}
		if test.scenario != "" {
			if err := a.Next(test.scenario); err != nil {
				t.Fatal(err)
			}
		}
		c := create(t, a)
		if test.pays {
			pay(t, g, c)
		}
		if _, err := a.Advance(t.Context(), 3*time.Hour); err != nil {
			t.Fatal(err)
		}
		settled, expired, corrected := countEvents(t, a, tap.EventSettled), countEvents(t, a, tap.EventExpired), countEvents(t, a, tap.EventCorrected)
		if settled != test.settled || expired != test.expired || corrected != test.corrected {
			t.Errorf("%s: %d settled, %d expired, %d corrected; want %d, %d, %d", test.name, settled, expired, corrected, test.settled, test.expired, test.corrected)
		}
	}
}

// pay is confirm without a check: the bank may not decide.
func pay(t *testing.T, g *Gateway, c Payment) {
	t.Helper()
	p, err := g.Payer(c.Token)
	if err != nil {
		t.Fatal(err)
	}
	card, _ := tap.ParseTestCard("8888880000000001")
	p.Open()
	p.Submit(t.Context(), card, tap.CardExpiry{Month: 9, Year: 2030}, false)
	p.Confirm(t.Context(), "")
}

// TestWebhookCancelled cancels a charge under both values of the setting webhook_cancelled.
func TestWebhookCancelled(t *testing.T) {
	for value, want := range map[string]int{"true": 1, "false": 0} {
		sent := 0
		g, a := start(t, Config{Now: frozenNow, Send: func(context.Context, Delivery) Attempt { sent++; return Attempt{Status: 200} }})
		set(t, a, "webhook_cancelled", value)
		p, err := g.Payer(create(t, a).Token)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := p.Cancel(t.Context()); err != nil || back == "" {
			t.Errorf("webhook_cancelled=%s: the payer is sent back to %q, error %v", value, back, err)
		}
		if sent != want || countEvents(t, a, tap.EventWebhook) != want || countEvents(t, a, tap.EventCancelled) != 1 || countEvents(t, a, tap.EventSettled) != 1 {
			t.Errorf("webhook_cancelled=%s: %d webhooks, want %d", value, sent, want)
		}
	}
}
