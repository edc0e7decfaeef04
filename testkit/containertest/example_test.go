package containertest_test

import (
	"testing"

	"github.com/tapmock/tapmock/testkit"
	"github.com/tapmock/tapmock/testkit/containertest"
)

var t *testing.T // that of a test

// The ten lines of the testkit, against a container; the shop may listen on 127.0.0.1.
func ExampleStart() {
	mock := containertest.Start(t)
	shop := NewShop(mock.APIURL(), mock.Key)
	payURL := shop.Checkout("order-1", "12.345")
	mock.Pay(payURL)
	if c := mock.AwaitCharge("order-1"); c.Status != "CAPTURED" {
		t.Errorf("the order is %s\n%s", c.Status, mock.Trace(c.ID))
	}
}

// One container for the tests of a package: each has an account of its own, and may run in parallel.
func ExampleStart_manyTests() {
	server := containertest.Start(t, containertest.Image("tapmock"), containertest.Scenarios("testdata/shop.yaml"), containertest.Set("strict", "true"))
	for _, outcome := range []string{"outcome/captured", "outcome/no-funds"} {
		t.Run(outcome, func(t *testing.T) {
			t.Parallel()
			mock := server.Account(t, testkit.Relay())
			mock.Next(outcome)
			// …
		})
	}
}

// The container calls a shop that listens on all addresses, and needs no help of the test's process.
func ExampleHostAccess() {
	mock := containertest.Start(t, containertest.HostAccess())
	shop := NewShop(mock.APIURL(), mock.Key)
	shop.WebhookURL = containertest.HostURL("http://127.0.0.1:9000/webhook")
}

// Shop is the code under test.
type Shop struct{ WebhookURL string }

// NewShop makes the code under test.
func NewShop(apiURL, key string) *Shop { return new(Shop) }

// Checkout creates a charge and returns where the payer goes.
func (s *Shop) Checkout(order, amount string) (payURL string) { return "" }
