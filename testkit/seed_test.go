package testkit_test

import (
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// TestSeed makes up a history: its charges, refunds and customers are those of the account.
func TestSeed(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	mock.Freeze(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	done := mock.Seed(testkit.History{Charges: 300, Days: 30, Seed: 7})
	if done.Charges != 300 || done.CapturedCharges == 0 || done.Refunds == 0 || done.Customers == 0 {
		t.Errorf("%+v", done)
	}
	if n := len(mock.Refunds("")); n != done.Refunds {
		t.Errorf("%d refunds", n)
	}
	all := mock.Customers()
	if len(all) < done.Customers {
		t.Errorf("%d customers, %d were created through the API", len(all), done.Customers)
	}
	if c := mock.Customer(all[0].ID); c.ID != all[0].ID || c.FirstName == "" || c.Created.After(mock.Now()) || all[len(all)-1].Created.Before(c.Created) {
		t.Errorf("%+v", c)
	}
}
