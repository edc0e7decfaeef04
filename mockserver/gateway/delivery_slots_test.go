package gateway_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
)

// slowMerchant responds to each webhook after a second, and counts how many are under way at the same time.
type slowMerchant struct {
	mu            sync.Mutex
	current, most int
	received      int
}

func (m *slowMerchant) send(context.Context, gateway.Delivery) gateway.Attempt {
	m.mu.Lock()
	m.current++
	m.received++
	m.most = max(m.most, m.current)
	m.mu.Unlock()
	time.Sleep(time.Second)
	m.mu.Lock()
	m.current--
	m.mu.Unlock()
	return gateway.Attempt{Status: 200}
}

// TestDeliverySlots pays many charges at the same instant: at most the limit deliveries are under way in the server, a quarter of it in
// one account, and all webhooks are sent.
func TestDeliverySlots(t *testing.T) {
	for _, test := range []struct{ accounts, charges, most int }{
		{accounts: 6, charges: 1, most: 4},
		{accounts: 6, charges: 3, most: 4},
		{accounts: 1, charges: 6, most: 1},
	} {
		t.Run(fmt.Sprintf("%d accounts, %d charges each", test.accounts, test.charges), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop := &slowMerchant{}
				g := startGateway(t, gateway.Config{Limits: gateway.Limits{Deliveries: 4}, Send: shop.send})
				var confirms sync.WaitGroup
				for i := range test.accounts * test.charges {
					p := submit(t, g, create(t, account(t, g, fmt.Sprintf("sk_test_%d", i%test.accounts))))
					confirms.Go(func() { p.Confirm(t.Context(), "") })
				}
				confirms.Wait()
				time.Sleep(time.Minute)
				synctest.Wait()
				if shop.most != test.most || shop.received != test.accounts*test.charges {
					t.Errorf("%d webhooks, at most %d at the same time; want %d", shop.received, shop.most, test.most)
				}
			})
		})
	}
}
