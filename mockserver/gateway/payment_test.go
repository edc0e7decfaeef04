package gateway_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// startGateway starts a gateway that is closed at the end of the test.
func startGateway(t *testing.T, cfg gateway.Config) *gateway.Gateway {
	t.Helper()
	g := gateway.New(cfg)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := g.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return g
}

func account(t *testing.T, g *gateway.Gateway, key string) *gateway.Account {
	t.Helper()
	a, err := g.Account(key)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// create creates a charge of the account.
func create(t *testing.T, a *gateway.Account) gateway.Payment {
	t.Helper()
	made, err := a.CreateCharge(&tap.PaymentRequest{Amount: 12345, Currency: "KWD", Source: tap.SourceKNET, RedirectURL: "https://shop.example/return",
		PostURL: "https://shop.example/hook", ExpiryMinutes: 30, Customer: tap.Customer{FirstName: "Test"}}, nil, "http://mock.example")
	if err != nil {
		t.Fatal(err)
	}
	return made.Payment
}

// createFrom creates a charge that follows a scenario in YAML.
func createFrom(t *testing.T, a *gateway.Account, lines string) gateway.Payment {
	t.Helper()
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: [{name: t/x, description: x, "+lines+"}]"))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.NextOf(set); err != nil {
		t.Fatal(err)
	}
	return create(t, a)
}

// submit opens the page of a charge and submits a card with which it is captured.
func submit(t *testing.T, g *gateway.Gateway, c gateway.Payment) *gateway.Payer {
	t.Helper()
	p, err := g.Payer(c.Token)
	if err != nil {
		t.Fatal(err)
	}
	card, _ := tap.ParseTestCard("8888880000000001")
	_, opened := p.Open()
	_, submitted := p.Submit(t.Context(), card, tap.CardExpiry{Month: 9, Year: 2030}, false)
	if err := errors.Join(opened, submitted); err != nil {
		t.Fatal(err)
	}
	return p
}

// pay pays a charge.
func pay(t *testing.T, g *gateway.Gateway, c gateway.Payment) {
	t.Helper()
	if _, err := submit(t, g, c).Confirm(t.Context(), ""); err != nil {
		t.Error(err)
	}
}

// events are the events in the account's journal, in order.
func events(a *gateway.Account) (all []tap.Event) {
	entries, _ := a.Journal()
	for _, e := range entries {
		all = append(all, e.Event)
	}
	return all
}
