package testkit_test

import (
	"fmt"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// The payer goes away. After half an hour, which the test need not wait for, the charge is abandoned, and nobody is told.
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
