package mockserver

import (
	"math"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func listControlInvoices(c *controlCall) (any, error) {
	limit, err := c.limit(100, maxList)
	if err != nil {
		return nil, err
	}
	some, more := c.account.Invoices(math.MinInt64, math.MaxInt64, limit)
	all := control.Invoices{Invoices: []control.Invoice{}, HasMore: more}
	for i := range some {
		all.Invoices = append(all.Invoices, controlInvoice(&some[i]))
	}
	return all, nil
}

func controlInvoice(v *gateway.Invoice) control.Invoice {
	r := v.Request.Masked()
	shown := control.Invoice{ID: v.ID, Status: v.Status, Amount: payment.Text(r.Amount, r.Currency), Currency: r.Currency, URL: v.URL(), Charge: v.Charge, Reference: r.Invoice,
		Order: r.Order, Created: v.Created, PostStatus: v.Post.Status(), PostURL: r.PostURL}
	for _, text := range v.Messages(false) {
		shown.Messages = append(shown.Messages, tap.Mask(text))
	}
	return shown
}

func getControlInvoice(c *controlCall) (any, error) {
	c.account.Calm(c.r.Context())
	v, err := c.account.Invoice(c.name)
	if err != nil {
		return nil, err
	}
	return controlInvoice(&v), nil
}
