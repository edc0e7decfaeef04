package testkit_test

import (
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// The answer to the create request is lost, but the charge exists. The second attempt has the same reference.idempotent and gets the
// same charge.
func Example_lostAnswer() {
	t := &example{name: "lost answer"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)

	mock.Next("api/create-lost")
	id, _ := checkout(mock, shop, "order-1", "12.345")
	fmt.Printf("first attempt: id %q, %d charge\n", id, len(mock.Charges()))
	id, payURL := checkout(mock, shop, "order-1", "12.345")
	mock.Pay(payURL)
	fmt.Printf("second attempt: %s, %d charge\n", mock.Charge(id).Status, len(mock.Charges()))
	// Output:
	// first attempt: id "", 1 charge
	// second attempt: CAPTURED, 1 charge
}
