package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

const testKey = "sk_test_gateway"

// start makes a gateway whose webhooks are answered by send, or with 200.
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

func chargeRequest() *tap.ChargeRequest {
	return &tap.ChargeRequest{Amount: 12345, Currency: "KWD", Source: tap.SourceKNET, RedirectURL: "https://shop.example/return",
		PostURL: "https://shop.example/hook", ExpiryMinutes: 30, Customer: tap.Customer{FirstName: "Test"}}
}

func create(t testing.TB, a *Account) Charge {
	t.Helper()
	made, err := a.CreateCharge(chargeRequest(), nil, "http://mock.example")
	if err != nil {
		t.Fatal(err)
	}
	return made.Charge
}

// confirm pays a charge with a good card.
func confirm(t testing.TB, g *Gateway, c Charge) {
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

// TestRunningClock lets real time pass, in a bubble: the expiry and each retry come at their instant.
func TestRunningClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		begin := time.Now()
		g, a := start(t, Config{Send: func(context.Context, Delivery) Attempt {
			at = append(at, time.Since(begin))
			return Attempt{Status: 500}
		}})
		unpaid, paid := create(t, a), create(t, a)
		confirm(t, g, paid)
		time.Sleep(30*time.Minute - time.Nanosecond)
		synctest.Wait()
		if want := []time.Duration{0, time.Second, 6 * time.Second}; !slices.Equal(at, want) {
			t.Errorf("attempts at %v, want %v", at, want)
		}
		if c, _ := a.Charge(unpaid.ID); c.Status != tap.Initiated {
			t.Errorf("a moment too early the unpaid charge is %s", c.Status)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if c, _ := a.Charge(unpaid.ID); c.Status != tap.Abandoned {
			t.Errorf("after 30 minutes the unpaid charge is %s", c.Status)
		}
		if c, _ := a.Charge(paid.ID); c.Post != tap.DeliveryError {
			t.Errorf("post is %s", c.Post)
		}
	})
}

// TestHoldBound waits for a merchant that never answers: three seconds and no more, and the delivery goes on to its own end.
func TestHoldBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, a := start(t, Config{Send: func(ctx context.Context, _ Delivery) Attempt {
			<-ctx.Done()
			return Attempt{Fault: "timeout"}
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

// TestOneChargeSeriallyOthersSideBySide hangs the first delivery of one charge; another charge's is not held up.
func TestOneChargeSeriallyOthersSideBySide(t *testing.T) {
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
		var hung sync.WaitGroup
		hung.Go(func() { confirm(t, g, first) })
		synctest.Wait()
		begin := time.Now()
		confirm(t, g, second)
		if took := time.Since(begin); took != 0 {
			t.Errorf("the second payment took %s", took)
		}
		close(hang)
		hung.Wait()
	})
}

// TestEffectsOfOneChargeAreSerial puts three deliveries of one charge at one instant.
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
		a.mu.Lock()
		for range 3 {
			a.addLocked(a.charges[c.ID], &Effect{Kind: SendWebhook, script: scenarios.Plain(), Charge: c.ID, Due: a.nowLocked(), Attempt: 2})
		}
		a.unlock()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if most != 1 || sent != 4 {
			t.Errorf("%d deliveries of one charge at a time, %d in all", most, sent)
		}
	})
}

func TestAdvance(t *testing.T) {
	g, a := start(t, Config{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, Send: func(context.Context, Delivery) Attempt { return Attempt{Status: 500} }})
	c := create(t, a)
	confirm(t, g, c)
	begin := a.Now()
	done, err := a.Advance(t.Context(), 72*time.Hour)
	n := done.Ran
	if err != nil || n != 2 || a.Now().Sub(begin) != 72*time.Hour {
		t.Errorf("%d effects, %v, the clock moved by %s", n, err, a.Now().Sub(begin))
	}
	entries, dropped := a.Journal()
	var at []time.Duration
	for i, e := range entries {
		if e.Seq != uint64(i+1) {
			t.Errorf("entry %d has number %d", i, e.Seq)
		}
		if e.Event == tap.EventWebhook {
			at = append(at, e.At.Sub(begin))
			if cause := entries[e.Cause-1]; cause.Event != tap.EventSettled && cause.Event != tap.EventWebhook {
				t.Errorf("attempt %+v was caused by %+v", e, cause)
			}
		}
	}
	if want := []time.Duration{0, time.Second, 6 * time.Second}; !slices.Equal(at, want) || dropped != 0 {
		t.Errorf("attempts at %v, want %v; %d entries dropped", at, want, dropped)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Advance(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that is done: %v", err)
	}
}

// TestAdvanceFromInsideAWebhook is refused at once instead of waiting for itself.
func TestAdvanceFromInsideAWebhook(t *testing.T) {
	var account *Account
	inner := make(chan error, 1)
	g, a := start(t, Config{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, Send: func(ctx context.Context, d Delivery) Attempt {
		if d.Format == "2023" && account != nil {
			_, err := account.Advance(ctx, time.Hour)
			inner <- err
			return Attempt{Status: 200}
		}
		return Attempt{Status: 500}
	}})
	confirm(t, g, create(t, a))
	account = a
	if _, err := a.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if busy, ok := errors.AsType[*BusyError](<-inner); !ok || !strings.Contains(busy.Error(), "attempt 2 for chg_") {
		t.Errorf("the inner Advance: %v", busy)
	}
	account = nil
	if _, err := a.Advance(t.Context(), -time.Hour); err == nil {
		t.Error("the clock was turned back")
	}
}

// TestAdvanceFromInsideAWebhookOnARunningClock is refused at once as well.
func TestAdvanceFromInsideAWebhookOnARunningClock(t *testing.T) {
	var account *Account
	inner := make(chan error, 1)
	g, a := start(t, Config{Send: func(ctx context.Context, _ Delivery) Attempt {
		_, err := account.Advance(ctx, time.Hour)
		inner <- err
		return Attempt{Status: 200}
	}})
	account = a
	confirm(t, g, create(t, a))
	if busy, ok := errors.AsType[*BusyError](<-inner); !ok || !strings.Contains(busy.Error(), "attempt 1 for chg_") {
		t.Errorf("the inner Advance: %v", busy)
	}
}

// TestHangingMerchantOfAnotherAccount takes all places that one account may have.
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
		var hung sync.WaitGroup
		for range 20 {
			c := create(t, other)
			hung.Go(func() { confirm(t, g, c) })
		}
		synctest.Wait()
		begin := time.Now()
		confirm(t, g, create(t, healthy))
		if took := time.Since(begin); took != 0 {
			t.Errorf("the healthy account's payer was held for %s", took)
		}
		close(hang)
		hung.Wait()
	})
}

// TestCloseSaysWhatItDrops closes before a retry.
func TestCloseSaysWhatItDrops(t *testing.T) {
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

// TestExpiryAgainstPayment lets both happen at one instant, many times: exactly one of them ends the charge.
func TestExpiryAgainstPayment(t *testing.T) {
	g, a := start(t, Config{})
	for range 50 {
		c := create(t, a)
		p, _ := g.Payer(c.Token)
		var both sync.WaitGroup
		both.Go(func() { p.Cancel(t.Context()) })
		both.Go(func() { a.Advance(t.Context(), time.Hour) })
		both.Wait()
		got, err := a.Charge(c.ID)
		if err != nil || len(got.History) != 2 || got.Status != tap.Cancelled && got.Status != tap.Abandoned {
			t.Fatalf("%v: %s with %d changes", err, got.Status, len(got.History))
		}
	}
}

// TestCloseCutsOff closes while a merchant hangs.
func TestCloseCutsOff(t *testing.T) {
	begun := make(chan bool)
	g := New(Config{Send: func(ctx context.Context, _ Delivery) Attempt {
		close(begun)
		<-ctx.Done()
		if !errors.Is(context.Cause(ctx), ErrClosed) {
			t.Errorf("the cause is %v", context.Cause(ctx))
		}
		return Attempt{Fault: "cancelled"}
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

// TestSameCallsInAnyOrder creates charges concurrently: each ordinal has the same ids in every run.
func TestSameCallsInAnyOrder(t *testing.T) {
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
		for _, c := range a.charges {
			runs[i][c.Ordinal] = c.ID + c.Token + c.Payment
		}
	}
	for n, id := range runs[0] {
		if runs[1][n] != id {
			t.Fatalf("charge %d is %s, then %s", n, id, runs[1][n])
		}
	}
}

// TestIDsAreUnique creates many charges in one instant.
func TestIDsAreUnique(t *testing.T) {
	_, a := start(t, Config{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, Limits: Limits{Charges: 20000}})
	seen := map[string]bool{}
	for range 20000 {
		c := create(t, a)
		for _, id := range []string{c.ID, c.Track, c.Customer, c.History[0].Activity} {
			if seen[id] {
				t.Fatalf("%s came twice", id)
			}
			seen[id] = true
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
	payer, _ := g.Payer(made.Charge.Token)
	card, _ := tap.ParseTestCard("8888880000000001")
	payer.Open()
	payer.Submit(context.Background(), card, tap.CardExpiry{Month: 9, Year: 2030}, false)
	payer.Confirm(context.Background(), "")
	charge, _ := account.Charge(made.Charge.ID)
	fmt.Println(charge.Status, charge.Post)
	// Output:
	// webhook to https://shop.example/hook
	// CAPTURED SUCCESS
}
