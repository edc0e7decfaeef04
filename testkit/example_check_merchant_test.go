package testkit_test

import (
	"context"
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// adapter connects a shop to the check. This shop has two mistakes: each return of a payer fulfils the order, and it never calls GET.
type adapter struct {
	mock *testkit.Mock
	shop *testkit.Receiver
	ids  map[string]string // of the charges, by order
}

// Checkout creates the charge of an order.
func (a *adapter) Checkout(_ context.Context, o testkit.Order) (payURL string, err error) {
	a.ids[o.ID], payURL = checkout(a.mock, a.shop, o.ID, o.Amount)
	return payURL, nil
}

// State returns the state of an order.
func (a *adapter) State(_ context.Context, orderID string) (testkit.State, error) {
	var s testkit.State
	for _, back := range a.shop.Returns() {
		if back.TapID == a.ids[orderID] {
			s.Paid, s.Fulfilled = true, s.Fulfilled+1
		}
	}
	return s, nil
}

// A shop is checked with the library of scenarios, or as here with two of them. A test calls testkit.CheckMerchant(t, mock, shop), which
// fails for each must finding and logs it with the trace of the charge.
func Example_checkMerchant() {
	t := &example{name: "check"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t)
	shop := &adapter{mock, testkit.NewReceiver(t, mock.Key), map[string]string{}}

	result := testkit.InspectMerchant(t, mock, shop, testkit.Stories("outcome/no-funds", "return/twice"))
	for _, f := range result.Findings {
		fmt.Println(f.Headline())
		fmt.Println("\tcost:  ", f.Cost)
		fmt.Println("\tremedy:", f.Remedy)
	}
	// Output:
	// trusts-return (must, 1 story): the payer's return alone made the order paid, without a GET of the charge: the order is paid, fulfilled once, while the charge is FAILED
	// 	cost:   the merchant loses the goods
	// 	remedy: use only tap_id of the return URL, and call GET /v2/charges/{id}
	// fulfilled-twice (must, 1 story): the order was fulfilled more than once: the order is paid, fulfilled 2 times
	// 	cost:   the merchant loses the goods
	// 	remedy: let the database decide which request fulfils the order (a unique key, or one conditional update); a check before the update is not enough
}
