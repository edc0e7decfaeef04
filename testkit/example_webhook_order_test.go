package testkit_test

import (
	"fmt"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// The payer returns a minute before the webhook is sent. The test inspects the shop before and after.
func Example_webhookOrder() {
	t := &example{name: "webhook order"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t, testkit.Frozen(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)))
	shop := testkit.NewReceiver(t, mock.Key)

	mock.Next("webhook/late")
	_, payURL := checkout(mock, shop, "order-1", "12.345")
	mock.Pay(payURL)
	fmt.Println(len(shop.Returns()), "return,", len(shop.Webhooks()), "webhooks")
	mock.Advance(time.Minute)
	fmt.Println(len(shop.Returns()), "return,", len(shop.Webhooks()), "webhook at", mock.Now().Format("15:04"))
	// Output:
	// 1 return, 0 webhooks
	// 1 return, 1 webhook at 09:01
}
