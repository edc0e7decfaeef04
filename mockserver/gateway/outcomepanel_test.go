package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestOutcomeOfAnEndedPayment chooses an outcome of a payment that has ended: it stays as it is.
func TestOutcomeOfAnEndedPayment(t *testing.T) {
	for name, refused := range map[string]bool{"no-funds": false, "closed": true} {
		g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64))})
		a := account(t, g, "sk_test_a")
		c := create(t, a)
		pay(t, g, c)
		_, err := payer(t, g, c).End(t.Context(), name)
		if _, ended := errors.AsType[*payment.EndedError](err); ended != refused || len(details(a, tap.EventOutcomeChosen)) != 0 {
			t.Errorf("%s: %v, the journal has %v", name, err, events(a))
		}
	}
}

// TestGateOfAReplacedScenario chooses an outcome while a step of the charge's scenario waits at a gate: the gate can still be released.
func TestGateOfAReplacedScenario(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64))})
	a := account(t, g, "sk_test_a")
	c := createFrom(t, a, "callbacks: [webhook: {at: created, gate: g}]")
	advance(t, a, time.Minute)
	if _, err := payer(t, g, c).End(t.Context(), "webhook-twice"); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Release("g", ""); n != 1 || err != nil {
		t.Errorf("%d effects were released: %v", n, err)
	}
}

// TestCloseWithoutScheduledWebhooks closes a gateway that has sent all webhooks: the log has no warning.
func TestCloseWithoutScheduledWebhooks(t *testing.T) {
	var log bytes.Buffer
	g := gateway.New(gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	a := account(t, g, "sk_test_a")
	pay(t, g, create(t, a))
	a.AwaitIdle(t.Context())
	if err := g.Close(context.WithoutCancel(t.Context())); err != nil || log.Len() != 0 {
		t.Errorf("close: %v, the log has %s", err, log.String())
	}
}
