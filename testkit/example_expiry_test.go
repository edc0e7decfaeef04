package testkit_test

import (
	"fmt"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// The payer opens the page and leaves it. The charge is abandoned after 30 minutes, without a webhook. The test moves the clock and does
// not wait.
func Example_expiry() {
	t := &example{name: "expiry"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)

	id, payURL := checkout(mock, shop, "order-1", "12.345")
	mock.Abandon(payURL)
	mock.Advance(29 * time.Minute)
	fmt.Println(mock.Charge(id).Status)
	mock.Advance(time.Minute)
	fmt.Println(mock.Charge(id).Status, len(shop.Webhooks()), "webhooks")
	fmt.Println(mock.Open(payURL).Screen)
	// Output:
	// INITIATED
	// ABANDONED 0 webhooks
	// ended
}
