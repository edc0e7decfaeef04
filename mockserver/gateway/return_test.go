package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestDoubleClickReturnsOnce has a payer press Confirm twice while the merchant handles the webhook: both requests are sent back, and the
// second copy of the return is made once.
func TestDoubleClickReturnsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var returns atomic.Int64
		g := startGateway(t, gateway.Config{
			Send: func(context.Context, gateway.Delivery) gateway.Attempt {
				time.Sleep(time.Second)
				return gateway.Attempt{Status: 200}
			},
			Visit: func(context.Context, string) gateway.Attempt { returns.Add(1); return gateway.Attempt{Status: 200} },
		})
		a := account(t, g, "sk_test_a")
		p := submit(t, g, createFrom(t, a, "callbacks: [return: {copies: 2}]"))
		var clicks sync.WaitGroup
		for range 2 {
			clicks.Go(func() {
				if back, err := p.Confirm(t.Context(), ""); back == "" || err != nil {
					t.Errorf("the payer is sent to %q: %v", back, err)
				}
			})
		}
		clicks.Wait()
		time.Sleep(time.Minute)
		synctest.Wait()
		if returns.Load() != 1 {
			t.Errorf("the mock made %d returns, want the second copy only: %v", returns.Load(), events(a))
		}
	})
}

// TestResponseAtTheLastMoment has a merchant that responds when the payer's wait ends. Whichever comes first, the journal never says that
// the merchant did not respond after it has responded.
func TestResponseAtTheLastMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := startGateway(t, gateway.Config{Send: func(context.Context, gateway.Delivery) gateway.Attempt {
			time.Sleep(3 * time.Second)
			return gateway.Attempt{Status: 200}
		}})
		for range 2000 {
			a := account(t, g, "sk_test_a")
			pay(t, g, create(t, a))
			synctest.Wait()
			all := events(a)
			if late := slices.Index(all, tap.EventMerchantTimeout); late > slices.Index(all, tap.EventWebhook) {
				t.Fatalf("the journal has %v", all)
			}
			if _, err := a.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestSecondSilentWebhook has a merchant that responds to the first webhook, upon which the automatic payer returns, and not to the second:
// the return does not wait for that one.
func TestSecondSilentWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent, returns := 0, 0
		g := startGateway(t, gateway.Config{
			Send: func(ctx context.Context, _ gateway.Delivery) gateway.Attempt {
				if sent++; sent == 1 {
					return gateway.Attempt{Status: 200}
				}
				<-ctx.Done()
				return gateway.Attempt{Failure: "timeout"}
			},
			Visit: func(context.Context, string) gateway.Attempt { returns++; return gateway.Attempt{Status: 200} },
		})
		a := account(t, g, "sk_test_a")
		createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [webhook: {}, webhook: {at: settled + 1m, retries: none}]")
		time.Sleep(time.Hour)
		synctest.Wait()
		if all := events(a); sent != 2 || returns != 1 || slices.Contains(all, tap.EventMerchantTimeout) {
			t.Errorf("%d webhooks, %d returns: %v", sent, returns, all)
		}
	})
}

// TestReturnOfAPerson sends a person back and lets an hour pass: the mock makes the further copies of the scenario, and no return without
// them.
func TestReturnOfAPerson(t *testing.T) {
	for _, copies := range []string{"1", "2", "3"} {
		var returns []string
		g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Visit: visited(&returns)})
		a := account(t, g, "sk_test_a")
		pay(t, g, createFrom(t, a, "callbacks: [webhook: {}, return: {copies: "+copies+"}]"))
		advance(t, a, time.Hour)
		if got := len(returns) + 1; fmt.Sprint(got) != copies || len(details(a, tap.EventReturned)) != got {
			t.Errorf("%s copies: the mock made %d returns, the journal has %q", copies, len(returns), details(a, tap.EventReturned))
		}
	}
}

// TestReloadAfterTheReturn requests the page of a person who has been sent back: it says that the payment has ended, not that they must wait.
func TestReloadAfterTheReturn(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64))})
	a := account(t, g, "sk_test_a")
	p := submit(t, g, create(t, a))
	if _, err := p.Confirm(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	back, err := p.Onward(t.Context())
	if _, ended := errors.AsType[*payment.EndedError](err); back != "" || !ended {
		t.Errorf("the page leads to %q: %v", back, err)
	}
}

// TestReloadWhileTheReturnWaits requests the page of a person whose return waits at a gate: after the first request has waited, the others
// say at once that they must wait.
func TestReloadWhileTheReturnWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := startGateway(t, gateway.Config{Send: count(new(atomic.Int64))})
		a := account(t, g, "sk_test_a")
		p := submit(t, g, createFrom(t, a, "callbacks: [webhook: {}, return: {gate: g}]"))
		for i, request := range []func() (string, error){
			func() (string, error) { return p.Confirm(t.Context(), "") },
			func() (string, error) { return p.Onward(t.Context()) },
		} {
			begin := time.Now()
			back, err := request()
			if _, waits := errors.AsType[*payment.WaitError](err); back != "" || !waits {
				t.Errorf("request %d leads to %q: %v", i+1, back, err)
			}
			if took, want := time.Since(begin), []time.Duration{3 * time.Second, 0}[i]; took != want {
				t.Errorf("request %d took %s, want %s", i+1, took, want)
			}
		}
	})
}
