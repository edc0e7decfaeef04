package testkit_test

import (
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// Three copies of the webhook arrive at the same time; the shop must fulfil the order once.
func Example_duplicates() {
	t := &example{name: "duplicates"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)

	mock.Next("payer/pays + webhook/concurrent")
	checkout(mock, shop, "order-1", "12.345")
	mock.AwaitIdle()

	all := shop.Webhooks()
	fmt.Println(len(all), string(all[0].Body) == string(all[1].Body), all[2].SignatureErr)
	// Output: 3 true <nil>
}
