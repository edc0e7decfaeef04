package testkit_test

import (
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// The page asks for a one-time password. The payer types a wrong one, then the one that the page shows.
func Example_otp() {
	t := &example{name: "otp"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t, testkit.Set("otp_from", "25.000"))
	shop := testkit.NewReceiver(t, mock.Key)

	id, payURL := checkout(mock, shop, "order-1", "30.000")
	payer := mock.Open(payURL).Submit(testkit.GoodCard)
	fmt.Println(payer.Screen, len(payer.OTP), "digits")
	payer.ConfirmOTP("000000")
	fmt.Println(payer.Screen, payer.Message != "")
	payer.Confirm()
	fmt.Println(payer.Screen, mock.Charge(id).Status)
	// Output:
	// confirm 6 digits
	// confirm true
	// merchant CAPTURED
}
