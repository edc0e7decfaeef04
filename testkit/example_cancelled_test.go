package testkit_test

import (
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// The payer presses Cancel on the payment page and returns to the shop.
func Example_cancelled() {
	t := &example{name: "cancelled"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)

	id, payURL := checkout(mock, shop, "order-1", "12.345")
	landed := mock.Cancel(payURL)

	c := mock.Charge(id)
	fmt.Println(c.Status, c.Code, landed == shop.ReturnURL+"?tap_id="+id)
	// Output: CANCELLED 302 true
}
