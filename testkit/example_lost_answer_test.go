package testkit_test

import (
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// The charge is created, and the answer is lost. With the same reference.idempotent the second try gets the same charge.
func Example_lostAnswer() {
	t := &example{name: "lost answer"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)

	mock.Next("api/create-lost")
	id, _ := checkout(mock, shop, "order-1", "12.345")
	fmt.Printf("first try: %q, charges: %d\n", id, len(mock.Charges()))
	id, payURL := checkout(mock, shop, "order-1", "12.345")
	mock.Pay(payURL)
	fmt.Println("second try:", mock.Charge(id).Status, "charges:", len(mock.Charges()))
	// Output:
	// first try: "", charges: 1
	// second try: CAPTURED charges: 1
}
