package testkit_test

import (
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// Several tests share one server. Each has its own account, with its own charges, scenarios, settings and clock.
func Example_accounts() {
	t := &example{name: "accounts"} // in a test: t *testing.T
	defer t.end()
	server := testkit.Start(t)

	for _, scenario := range []string{"outcome/captured", "outcome/no-funds"} {
		mock := server.NewAccount(t) // in a test: inside t.Run, with its t
		shop := testkit.NewReceiver(t, mock.Key)
		mock.Next(scenario)
		_, payURL := checkout(mock, shop, "order-1", "12.345")
		mock.Pay(payURL)
		fmt.Println(mock.AwaitCharge("order-1").Status, len(mock.Charges()))
	}
	// Output:
	// CAPTURED 1
	// FAILED 1
}
