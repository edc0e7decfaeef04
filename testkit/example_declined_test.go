package testkit_test

import (
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// The bank declines the payment: because of the card, or with any card because of a scenario.
func Example_declined() {
	t := &example{name: "declined"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)

	_, payURL := checkout(mock, shop, "order-1", "12.345")
	mock.PayWith(payURL, testkit.DeclinedCard)
	mock.Next("outcome/no-funds")
	_, payURL = checkout(mock, shop, "order-2", "12.345")
	mock.Pay(payURL)

	for n := 1; n <= 2; n++ {
		c := shop.AwaitDelivered(n).Charge
		fmt.Println(c.Reference.Order, c.Status, c.Response.Code, c.Gateway.Response.Code)
	}
	// Output:
	// order-1 FAILED 401 05
	// order-2 FAILED 401 51
}
