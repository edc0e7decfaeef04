package testkit_test

import (
	"context"
	"fmt"

	"github.com/tapmock/tapmock/testkit"
)

// adapter shows a shop to the check. This one delivers to whoever comes back, and asks nobody.
type adapter struct {
	mock *testkit.Mock
	shop *testkit.Receiver
	ids  map[string]string // charges of orders
}

// Checkout creates the charge of an order.
func (a *adapter) Checkout(_ context.Context, o testkit.Order) (payURL string, err error) {
	a.ids[o.ID], payURL = checkout(a.mock, a.shop, o.ID, o.Amount)
	return payURL, nil
}

// State says how an order stands.
func (a *adapter) State(_ context.Context, orderID string) (testkit.State, error) {
	var s testkit.State
	for _, back := range a.shop.Returns() {
		if back.TapID == a.ids[orderID] {
			s.Paid, s.Fulfilled = true, s.Fulfilled+1
		}
	}
	return s, nil
}

// A shop is played all that goes wrong, or as here a part of it. In a test say testkit.CheckMerchant(t, mock, shop), which
// fails for each finding and tells how it came about.
func Example_checkMerchant() {
	t := &example{name: "check"} // in a test: t *testing.T
	defer t.end()
	mock := testkit.Start(t)
	shop := &adapter{mock, testkit.NewReceiver(t, mock.Key), map[string]string{}}

	for _, f := range testkit.InspectMerchant(t, mock, shop, testkit.Stories("outcome/no-funds", "return/twice")) {
		fmt.Printf("%s: %s, %s\n", f.Story, f.Level, f.Code)
		fmt.Println("\ta sound one", f.Sound)
	}
	// Output:
	// outcome/no-funds: must, paid-without-capture
	// 	a sound one takes only the status CAPTURED for paid; INITIATED, IN_PROGRESS, UNKNOWN, RESTRICTED, DECLINED and whatever else may come are not
	// return/twice: must, fulfilled-twice
	// 	a sound one lets its database decide who is first (a unique key, or one conditional update), not a look beforehand
}
