package containertest_test

import (
	"testing"

	"github.com/tapmock/tapmock/testkit/containertest"
)

var t *testing.T // of a test

// A test with a mock in a container. The shop may listen on 127.0.0.1.
func ExampleStart() {
	mock := containertest.Start(t)
	shop := NewShop(mock.APIURL(), mock.Key)
	payURL := shop.Checkout("order-1", "12.345")
	mock.Pay(payURL)
	if c := mock.AwaitCharge("order-1"); c.Status != "CAPTURED" {
		t.Errorf("the order is %s\n%s", c.Status, mock.Trace(c.ID))
	}
}

// Several tests share one container. Each has its own account, so they can run in parallel.
func ExampleStart_manyTests() {
	server := containertest.Start(t, containertest.Image("tapmock"), containertest.ScenarioFiles("testdata/shop.yaml"), containertest.Set("strict", "true"))
	for _, outcome := range []string{"outcome/captured", "outcome/no-funds"} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			mock := server.NewAccount(t)
			mock.Next(outcome)
			// …
		})
	}
}

// The container sends webhooks itself, to a shop that listens on all addresses. The test process does not relay.
func ExampleHostAccess() {
	mock := containertest.Start(t, containertest.HostAccess())
	shop := NewShop(mock.APIURL(), mock.Key)
	shop.WebhookURL = containertest.HostURL("http://127.0.0.1:9000/webhook")
}

// Shop is the code under test.
type Shop struct{ WebhookURL string }

// NewShop returns the code under test.
func NewShop(apiURL, key string) *Shop { return new(Shop) }

// Checkout creates a charge and returns the payment link.
func (s *Shop) Checkout(order, amount string) (payURL string) { return "" }
