package gateway_test

import (
	"regexp"
	"testing"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestEveryChargeIsFound creates one charge after another: each of them is found at each number of charges, and its page leads to it.
func TestEveryChargeIsFound(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	var all []gateway.Payment
	for range 40 {
		all = append(all, create(t, a))
		for i, c := range all {
			if got, err := a.Charge(c.ID); err != nil || got.ID != c.ID || got.Ordinal != uint64(i+1) {
				t.Fatalf("of %d charges number %d is %+v: %v", len(all), i+1, got, err)
			}
		}
	}
	for i, c := range all {
		if _, err := payer(t, g, c).Open(); err != nil {
			t.Errorf("the page of charge %d: %v", i+1, err)
		}
	}
}

// TestInventedOrder shows the order of another charge where the account has no other: an invented one of at most six digits.
func TestInventedOrder(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{Now: fixed}), "sk_test_a")
	c := createFrom(t, a, "api: [{on: charge.get, calls: 1, fault: another-order}]")
	if shown, _, err := a.Retrieve(tap.KindCharge, c.ID); err != nil || !regexp.MustCompile(`^order-[0-9]{1,6}$`).MatchString(shown.Request.Order) {
		t.Errorf("the order is %q: %v", shown.Request.Order, err)
	}
}
