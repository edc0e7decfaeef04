package mockserver

import (
	"cmp"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
)

func seedAccount(c *controlCall) (any, error) {
	var in control.History
	if err := c.read(&in); err != nil {
		return nil, err
	}
	done, err := c.account.Seed(gateway.History{Charges: in.Charges, Days: cmp.Or(in.Days, 90), Seed: in.Seed, Base: baseURL(c.r, c.account.Settings())})
	if err != nil {
		return nil, err
	}
	return control.Seeded{Charges: done.Charges, CapturedCharges: done.CapturedCharges, Captured: done.Captured.Text(3), Refunds: done.Refunds,
		Refunded: done.Refunded.Text(3), Customers: done.Customers}, nil
}
