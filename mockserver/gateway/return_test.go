package gateway_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
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
		for range 200 {
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
