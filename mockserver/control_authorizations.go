package mockserver

import (
	"fmt"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func listControlAuthorizations(c *controlCall) (any, error) {
	limit, err := c.limit(100, maxList)
	if err != nil {
		return nil, err
	}
	c.account.Calm(c.r.Context())
	some, more := c.account.Authorizations(limit)
	all := control.Authorizations{Authorizations: []control.Authorization{}, HasMore: more}
	for i := range some {
		all.Authorizations = append(all.Authorizations, controlAuthorization(&some[i]))
	}
	return all, nil
}

func controlAuthorization(a *gateway.Authorization) control.Authorization {
	return control.Authorization{Charge: controlCharge(&a.Payment), Auto: a.Payment.Authorization(tap.MethodGet).Auto,
		Captured: payment.Text(a.Captured, a.Request.Currency), Captures: append([]string{}, a.Captures...)}
}

func getControlAuthorization(c *controlCall) (any, error) {
	c.account.Calm(c.r.Context())
	a, err := c.account.Authorization(c.name)
	if err != nil {
		return nil, err
	}
	return controlAuthorization(&a), nil
}

func getAuthorizationTrace(c *controlCall) (any, error) {
	c.account.Calm(c.r.Context())
	a, entries, scheduled, err := c.account.TraceAuthorization(c.name)
	if err != nil {
		return nil, err
	}
	trace := control.AuthorizationTrace{Authorization: controlAuthorization(&a), Entries: []control.Entry{}, Scheduled: effects(scheduled)}
	for i := range entries {
		trace.Entries = append(trace.Entries, entry(&entries[i]))
	}
	of := &trace.Authorization
	head := fmt.Sprintf("%s: %s, %s %s, %s %s, %s captured", of.ID, of.Status, of.Code, of.Message, of.Amount, of.Currency, of.Captured)
	trace.Text = traceLines(head, of.Scenario, trace.Entries, trace.Scheduled)
	return trace, nil
}
