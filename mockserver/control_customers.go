package mockserver

import (
	"math"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func listControlCustomers(c *controlCall) (any, error) {
	limit, err := c.limit(100, maxList)
	if err != nil {
		return nil, err
	}
	some, more, err := c.account.ListCustomers(&tap.CustomerListRequest{From: math.MinInt64, To: math.MaxInt64, Page: 1, Limit: limit})
	all := control.Customers{Customers: []control.Customer{}, HasMore: more}
	for i := range some {
		all.Customers = append(all.Customers, controlCustomer(c, &some[i]))
	}
	return all, err
}

func controlCustomer(c *controlCall, of *payment.Customer) control.Customer {
	d := of.Details.Masked()
	shown := control.Customer{ID: of.ID, FirstName: d.FirstName, MiddleName: d.MiddleName, LastName: d.LastName, Email: d.Email, CountryCode: d.CountryCode,
		Number: d.Number, Description: d.Description, Created: of.Created}
	for _, card := range c.account.SavedCards(of.ID) {
		shown.SavedCards = append(shown.SavedCards, card.Card.Masked())
	}
	return shown
}

func getControlCustomer(c *controlCall) (any, error) {
	of, err := c.account.Customer(c.name)
	return controlCustomer(c, &of), err
}
