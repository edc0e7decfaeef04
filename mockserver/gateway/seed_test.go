package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// all are all payments of a kind, the newest first.
func all(t testing.TB, a *gateway.Account, kind tap.Kind) []payment.Payment {
	t.Helper()
	list, err := a.List(kind, &tap.ListRequest{From: math.MinInt64, To: math.MaxInt64, Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	return list.Payments
}

// TestSeed compares a history with its own sums, with live data, and with the same history once more.
func TestSeed(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Seed: 1})
	a, b := account(t, g, "sk_test_a"), account(t, g, "sk_test_b")
	h := gateway.History{Charges: 4000, Days: 60, Seed: 7}
	done, err := a.Seed(h)
	if err != nil || done.Charges != 4000 {
		t.Fatalf("%+v %v", done, err)
	}
	statuses := map[tap.Status]int{}
	captured, customers := tap.Amount(0), map[string]int{}
	var last time.Time
	for _, c := range all(t, a, tap.KindCharge) {
		statuses[c.Status]++
		if customers[c.CustomerNow()]++; c.Status == tap.Captured {
			captured += c.Amount
		}
		if !last.IsZero() && c.Created.After(last) || c.Created.Before(fixed().AddDate(0, 0, -60)) || c.At.After(fixed()) {
			t.Fatalf("created %s, ended %s, the one after it was created %s", c.Created, c.At, last)
		}
		last = c.Created
	}
	if captured != done.Captured || statuses[tap.Captured] != done.CapturedCharges {
		t.Errorf("%s captured, %+v", captured, done)
	}
	if share := statuses[tap.Captured] * 1294 / 4000; share < 949-60 || share > 949+60 || statuses[tap.Failed] == 0 || statuses[tap.Cancelled] == 0 || statuses[tap.Abandoned] == 0 {
		t.Errorf("the outcomes are %v", statuses)
	}
	refunds, _ := a.Refunds("", 1<<30)
	refunded := tap.Amount(0)
	for _, r := range refunds {
		if of, err := a.Charge(r.Request.ChargeID); err != nil || of.Status != tap.Captured || r.Request.Amount > of.Amount || r.Created.Before(of.At) || r.At.After(fixed()) {
			t.Fatalf("refund %+v of %+v, %v", r, of, err)
		}
		if r.Status == tap.Refunded {
			refunded += r.Request.Amount
		}
	}
	if len(refunds) != done.Refunds || refunded != done.Refunded || len(refunds) < 50 {
		t.Errorf("%d refunds of %s, %+v", len(refunds), refunded, done)
	}
	if details := details(a, tap.EventSeeded); len(details) != 1 || !strings.Contains(details[0], "4000 charges, "+captured.String()+" KWD captured") {
		t.Errorf("the journal has %q", details)
	}
	if d, err := b.Seed(h); err != nil || d != done {
		t.Errorf("the same history again: %+v %v", d, err)
	}
	x, y := all(t, a, tap.KindCharge), all(t, b, tap.KindCharge)
	for i := range x {
		if x[i].Created != y[i].Created || x[i].Amount != y[i].Amount || x[i].Status != y[i].Status || x[i].Request.Description != y[i].Request.Description {
			t.Fatalf("charge %d: %+v\n%+v", i, x[i], y[i])
		}
	}
	if d, err := account(t, g, "sk_test_c").Seed(gateway.History{Charges: 4000, Days: 60, Seed: 8}); err != nil || d.Captured == done.Captured {
		t.Errorf("another seed: %+v %v", d, err)
	}
}

// TestSeededAccount goes on with an account that has a history: new charges, lists, evictions, a reset.
func TestSeededAccount(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Limits: gateway.Limits{Charges: 500}})
	a := account(t, g, "sk_test_a")
	if _, err := a.Seed(gateway.History{Charges: 500, Days: 1, Seed: 7}); err != nil {
		t.Fatal(err)
	}
	advance(t, a, time.Hour) // the youngest expire
	c := create(t, a)
	list := all(t, a, tap.KindCharge)
	if len(list) != 500 || list[0].ID != c.ID {
		t.Errorf("%d charges, the newest is %s", len(list), list[0].ID)
	}
	for _, one := range list {
		if one.ID != c.ID && !one.Status.Final() && !one.Abandoned {
			t.Errorf("%s is %s", one.ID, one.Status)
		}
	}
	if _, err := a.Seed(gateway.History{Charges: 1, Days: 1}); !errors.Is(err, gateway.ErrNotEmpty) {
		t.Errorf("seeded twice: %v", err)
	}
	if _, err := a.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done, err := a.Seed(gateway.History{Charges: 500, Days: 90, Seed: 7}); err != nil || done.Charges != 500 {
		t.Errorf("after a reset: %+v %v", done, err)
	}
}

// TestSeedRefuses makes up histories that do not fit: nothing is kept of them.
func TestSeedRefuses(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Limits: gateway.Limits{Charges: 50, ServerCharges: 60}})
	a, b := account(t, g, "sk_test_a"), account(t, g, "sk_test_b")
	for h, want := range map[gateway.History]string{
		{Charges: 51, Days: 1}: "51 charges do not fit the limit charges=50; seed fewer, or start tapmock with -limit charges=51",
		{Charges: 0, Days: 1}:  "want at least 1 charge", {Charges: 1, Days: 0}: "1 to 3660 days", {Charges: 1, Days: 3661}: "1 to 3660 days",
	} {
		if _, err := a.Seed(h); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", h, err)
		}
	}
	for range 20 {
		create(t, b) // none of them can be evicted
	}
	if _, err := a.Seed(gateway.History{Charges: 50, Days: 1}); err == nil || !strings.Contains(err.Error(), "server-charges=60") {
		t.Errorf("more than the server has left: %v", err)
	}
	if _, err := a.Seed(gateway.History{Charges: 15, Days: 1}); err != nil {
		t.Errorf("after that, fewer: %v", err)
	}
}

// TestSeedAndReset resets accounts while histories are made up: an account has all of one, or nothing.
func TestSeedAndReset(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Limits: gateway.Limits{ServerCharges: 8000}}) // of which an account may use half, if no place is lost
	for n := range 8 {
		a := account(t, g, fmt.Sprintf("sk_test_%d", n))
		ended := make(chan error)
		go func() {
			_, err := a.Seed(gateway.History{Charges: 4000, Days: 9, Seed: uint64(n)})
			ended <- err
		}()
		_, _ = a.Reset(context.Background())
		err := <-ended
		if n := len(all(t, a, tap.KindCharge)); (n != 0 || !errors.Is(err, gateway.ErrReset)) && (n != 4000 || err != nil) {
			t.Errorf("%d charges, %v", n, err)
		}
		if _, err := a.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkSeed makes up 10,000 charges with refunds and customers; its bare twin makes as many charges without a history.
func BenchmarkSeed(b *testing.B) {
	b.Run("history", func(b *testing.B) {
		for b.Loop() {
			g := gateway.New(gateway.Config{Now: fixed})
			a, _ := g.Account("sk_test_a")
			if _, err := a.Seed(gateway.History{Charges: 10_000, Days: 90, Seed: 7}); err != nil {
				b.Fatal(err)
			}
			if err := g.Close(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			s, made := tap.DefaultSettings(), make([]payment.Payment, 10_000)
			for n := range uint64(10_000) {
				c := payment.NewPayment(tap.KindCharge, tap.NewIDs(1), 1, n+1, &tap.PaymentRequest{Amount: 500, Currency: "KWD"}, &s, fixed())
				if _, err := c.Finish(payment.End{Outcome: tap.KNETOutcome(tap.KNETCaptured, ""), Event: tap.EventSettled, At: fixed(), IDs: tap.NewIDs(1)}, payment.Bank{}, nil); err != nil {
					b.Fatal(err)
				}
				made[n] = c
			}
		}
	})
}
