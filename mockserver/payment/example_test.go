package payment_test

import (
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// A move changes the value and returns what has happened.
func ExamplePayment_Finish() {
	settings := tap.DefaultSettings()
	request := &tap.PaymentRequest{Amount: 12345, Currency: "KWD", Source: tap.SourceKNET}
	ids := tap.NewIDs(1) // of the account
	charge := payment.NewPayment(tap.KindCharge, ids, 1, 1, request, &settings, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))

	captured := payment.End{Outcome: tap.KNETOutcome(tap.KNETCaptured, ""), Event: tap.EventSettled, At: charge.Created, IDs: ids}
	facts, err := charge.Finish(captured, payment.Bank{}, nil)
	fmt.Println(facts[0].Event(), charge.Describe(facts[0]), err)

	_, err = charge.Finish(captured, payment.Bank{}, nil)
	fmt.Println(err != nil)
	fmt.Println(charge.Version(0).Status)
	// Output:
	// settled INITIATED → CAPTURED, 000 Captured <nil>
	// true
	// INITIATED
}
