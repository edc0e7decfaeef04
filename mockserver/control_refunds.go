package mockserver

import (
	"fmt"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
)

func listControlRefunds(c *controlCall) (any, error) {
	limit, err := c.limit(100, maxList)
	if err != nil {
		return nil, err
	}
	c.account.Calm(c.r.Context())
	some, more := c.account.Refunds(c.r.URL.Query().Get("charge"), limit)
	all := control.Refunds{Refunds: []control.Refund{}, HasMore: more}
	for i := range some {
		all.Refunds = append(all.Refunds, controlRefund(&some[i]))
	}
	return all, nil
}

func controlRefund(r *gateway.Refund) control.Refund {
	shown := r.Request.Masked()
	return control.Refund{ID: r.ID, ChargeID: r.Request.ChargeID, Status: r.Status, Code: r.Result.Code, Message: r.Result.Message,
		Amount: payment.Text(r.Request.Amount, r.Request.Currency), Currency: r.Request.Currency, Reason: shown.Reason, Reference: shown.Merchant,
		Scenario: r.Script.Name, Created: r.Created, PostStatus: r.Post.Status(), PostURL: shown.PostURL}
}

func getControlRefund(c *controlCall) (any, error) {
	trace, err := refundTrace(c)
	return trace.Refund, err
}

func getRefundTrace(c *controlCall) (any, error) { return refundTrace(c) }

func refundTrace(c *controlCall) (control.RefundTrace, error) {
	c.account.Calm(c.r.Context())
	r, entries, scheduled, err := c.account.TraceRefund(c.name)
	if err != nil {
		return control.RefundTrace{}, err
	}
	trace := control.RefundTrace{Refund: controlRefund(&r), Entries: []control.Entry{}, Scheduled: effects(scheduled)}
	for i := range entries {
		trace.Entries = append(trace.Entries, entry(&entries[i]))
	}
	of := &trace.Refund
	head := fmt.Sprintf("%s of %s: %s, %s %s, %s %s", of.ID, of.ChargeID, of.Status, of.Code, of.Message, of.Amount, of.Currency)
	trace.Text = traceLines(head, of.Scenario, trace.Entries, trace.Scheduled)
	return trace, nil
}
