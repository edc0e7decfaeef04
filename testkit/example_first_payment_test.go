package testkit_test

import (
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// The payer pays. The shop receives the webhook first, then the payer's return.
func Example_firstPayment() {
	t := &example{name: "first payment"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)

	id, payURL := checkout(mock, shop, "order-1", "12.345")
	mock.Pay(payURL)

	webhook, back := shop.AwaitDelivered(1), shop.AwaitReturn(1)
	fmt.Println(webhook.Charge.Status, webhook.Charge.Amount, webhook.SignatureErr)
	fmt.Println(back.TapID == id, mock.Charge(id).PostStatus)
	// Output:
	// CAPTURED 12.345 <nil>
	// true SUCCESS
}
