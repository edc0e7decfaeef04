package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

const testKey = "sk_test_gateway"

// start makes a gateway with one account. Without cfg.Send the merchant responds to webhooks with 200.
func start(t testing.TB, cfg Config) (*Gateway, *Account) {
	t.Helper()
	if cfg.Send == nil {
		cfg.Send = func(context.Context, Delivery) Attempt { return Attempt{Status: 200} }
	}
	g := New(cfg)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := g.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	a, err := g.Account(testKey)
	if err != nil {
		t.Fatal(err)
	}
	return g, a
}

func chargeRequest() *tap.PaymentRequest {
	return &tap.PaymentRequest{Amount: 12345, Currency: "KWD", Source: tap.SourceKNET, RedirectURL: "https://shop.example/return",
		PostURL: "https://shop.example/hook", ExpiryMinutes: 30, Customer: tap.Customer{FirstName: "Test"}}
}

func create(t testing.TB, a *Account) Payment {
	t.Helper()
	made, err := a.CreateCharge(chargeRequest(), nil, "http://mock.example")
	if err != nil {
		t.Fatal(err)
	}
	return made.Payment
}

// confirm pays a charge with a card that is captured.
func confirm(t testing.TB, g *Gateway, c Payment) {
	t.Helper()
	p, err := g.Payer(c.Token)
	if err != nil {
		t.Error(err)
		return
	}
	card, _ := tap.ParseTestCard("8888880000000001")
	_, err1 := p.Open()
	_, err2 := p.Submit(t.Context(), card, tap.CardExpiry{Month: 9, Year: 2030}, false)
	_, err3 := p.Confirm(t.Context(), "")
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Error(err)
	}
}

// TestReturnWait has a merchant that never responds: the payer waits three seconds, and the delivery goes on until its timeout.
func TestReturnWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, a := start(t, Config{Send: func(ctx context.Context, _ Delivery) Attempt {
			<-ctx.Done()
			return Attempt{Failure: "timeout"}
		}})
		c := create(t, a)
		begin := time.Now()
		confirm(t, g, c)
		if took := time.Since(begin); took != 3*time.Second {
			t.Errorf("the payer waited %s", took)
		}
		time.Sleep(10*time.Second - 3*time.Second)
		synctest.Wait()
		entries, _ := a.Journal()
		if last := entries[len(entries)-1]; last.Event != tap.EventWebhook || last.At.Sub(begin) != 10*time.Second {
			t.Errorf("the last entry is %+v", last)
		}
	})
}

// TestChargesDoNotDelayEachOther has the webhook of one charge hang: the payment of another charge must not wait for it.
func TestChargesDoNotDelayEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan bool)
		var slow string
		g, a := start(t, Config{Send: func(_ context.Context, d Delivery) Attempt {
			if d.Parts[0].Value == slow {
				<-hang
			}
			return Attempt{Status: 200}
		}})
		first, second := create(t, a), create(t, a)
		slow = first.ID
		var scheduled sync.WaitGroup
		scheduled.Go(func() { confirm(t, g, first) })
		synctest.Wait()
		begin := time.Now()
		confirm(t, g, second)
		if took := time.Since(begin); took != 0 {
			t.Errorf("the second payment took %s", took)
		}
		close(hang)
		scheduled.Wait()
	})
}

// TestEffectsOfOneChargeAreSerial schedules three deliveries of one charge for the same time.
func TestEffectsOfOneChargeAreSerial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		under, most, sent := 0, 0, 0
		var mu sync.Mutex
		g, a := start(t, Config{Send: func(context.Context, Delivery) Attempt {
			mu.Lock()
			under++
			most = max(most, under)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			under--
			sent++
			mu.Unlock()
			return Attempt{Status: 200}
		}})
		c := create(t, a)
		confirm(t, g, c)
		a.update(func(t *tx) {
			for range 3 {
				t.schedule(t.payments.find(c.ID), effect{Due: t.now(), Args: action{kind: SendWebhook, script: scenarios.Plain(), attempt: 2}})
			}
		})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if most != 1 || sent != 4 {
			t.Errorf("%d deliveries of one charge at the same time, %d in total", most, sent)
		}
	})
}

// TestHangingMerchantOfAnotherAccount uses all slots that one account may have: another account must not wait.
func TestHangingMerchantOfAnotherAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan bool)
		g, healthy := start(t, Config{Limits: Limits{Deliveries: 8}, Send: func(_ context.Context, d Delivery) Attempt {
			if d.Key != testKey {
				<-hang
			}
			return Attempt{Status: 200}
		}})
		other, err := g.Account("sk_test_hanging")
		if err != nil {
			t.Fatal(err)
		}
		var scheduled sync.WaitGroup
		for range 20 {
			c := create(t, other)
			scheduled.Go(func() { confirm(t, g, c) })
		}
		synctest.Wait()
		begin := time.Now()
		confirm(t, g, create(t, healthy))
		if took := time.Since(begin); took != 0 {
			t.Errorf("the payer of the other account waited %s", took)
		}
		close(hang)
		scheduled.Wait()
	})
}

// TestCloseLogsDroppedWebhooks closes the gateway before a retry.
func TestCloseLogsDroppedWebhooks(t *testing.T) {
	var log bytes.Buffer
	g := New(Config{Logger: slog.New(slog.NewTextHandler(&log, nil)), Send: func(context.Context, Delivery) Attempt { return Attempt{Status: 500} }})
	a, err := g.Account(testKey)
	if err != nil {
		t.Fatal(err)
	}
	confirm(t, g, create(t, a))
	if err := g.Close(t.Context()); err != nil || !strings.Contains(log.String(), "dropped=1") {
		t.Errorf("%v:\n%s", err, log.String())
	}
}

// TestCloseCancelsDeliveries closes the gateway while a merchant does not respond.
func TestCloseCancelsDeliveries(t *testing.T) {
	begun := make(chan bool)
	g := New(Config{Send: func(ctx context.Context, _ Delivery) Attempt {
		close(begun)
		<-ctx.Done()
		if !errors.Is(context.Cause(ctx), ErrClosed) {
			t.Errorf("the cause is %v", context.Cause(ctx))
		}
		return Attempt{Failure: "cancelled"}
	}})
	a, err := g.Account(testKey)
	if err != nil {
		t.Fatal(err)
	}
	var payment sync.WaitGroup
	defer payment.Wait()
	c := create(t, a)
	payment.Go(func() { confirm(t, g, c) })
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("close: %v", err)
	}
	if err := g.Close(t.Context()); err != nil {
		t.Errorf("close again: %v", err)
	}
}

// TestConcurrentCreatesAreReproducible creates charges concurrently: each ordinal has the same ids in every run.
func TestConcurrentCreatesAreReproducible(t *testing.T) {
	var runs [2]map[uint64]string
	for i := range runs {
		_, a := start(t, Config{Seed: 9, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 25 {
					a.CreateCharge(chargeRequest(), nil, "")
				}
			})
		}
		all.Wait()
		runs[i] = map[uint64]string{}
		for c := range a.state.payments.all() {
			runs[i][c.Ordinal] = c.ID + c.Token + c.Version(0).Activity
		}
	}
	for n, id := range runs[0] {
		if runs[1][n] != id {
			t.Fatalf("charge %d is %s in one run and %s in the other", n, id, runs[1][n])
		}
	}
}

func ExampleGateway() {
	g := New(Config{Seed: 1, Send: func(_ context.Context, d Delivery) Attempt {
		fmt.Println("webhook to", d.URL)
		return Attempt{Status: 200}
	}})
	defer g.Close(context.Background())
	account, _ := g.Account("sk_test_shop")
	made, _ := account.CreateCharge(chargeRequest(), nil, "http://127.0.0.1:8080")
	payer, _ := g.Payer(made.Payment.Token)
	card, _ := tap.ParseTestCard("8888880000000001")
	payer.Open()
	payer.Submit(context.Background(), card, tap.CardExpiry{Month: 9, Year: 2030}, false)
	payer.Confirm(context.Background(), "")
	charge, _ := account.Charge(made.Payment.ID)
	fmt.Println(charge.Status, charge.Post.Status())
	// Output:
	// webhook to https://shop.example/hook
	// CAPTURED SUCCESS
}
