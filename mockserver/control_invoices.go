package mockserver

import (
	"fmt"
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
	shown := control.Invoice{ID: v.ID, Status: v.Status, Amount: payment.Text(r.Amount, r.Currency), Currency: r.Currency, URL: v.URL(), Scenario: v.Script.Name, Charge: v.Charge, Reference: r.Invoice,
		Order: r.Order, Created: v.Created, PostStatus: v.Post.Status(), PostURL: r.PostURL}
	for _, text := range v.Messages(false) {
		shown.Messages = append(shown.Messages, tap.Mask(text))
	}
	return shown
}

func getControlInvoice(c *controlCall) (any, error) {
	trace, err := invoiceTrace(c)
	return trace.Invoice, err
}

func getInvoiceTrace(c *controlCall) (any, error) { return invoiceTrace(c) }

func invoiceTrace(c *controlCall) (control.InvoiceTrace, error) {
	c.account.Calm(c.r.Context())
	v, entries, scheduled, err := c.account.TraceInvoice(c.name)
	if err != nil {
		return control.InvoiceTrace{}, err
	}
	trace := control.InvoiceTrace{Invoice: controlInvoice(&v), Entries: []control.Entry{}, Scheduled: effects(scheduled)}
	for i := range entries {
		trace.Entries = append(trace.Entries, entry(&entries[i]))
	}
	of := &trace.Invoice
	trace.Text = traceLines(fmt.Sprintf("%s: %s, %s %s", of.ID, of.Status, of.Amount, of.Currency), of.Scenario, trace.Entries, trace.Scheduled)
	return trace, nil
}
