package mockserver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func listControlCharges(c *controlCall) (any, error) {
	limit, err := c.limit(100, maxList)
	if err != nil {
		return nil, err
	}
	q := c.r.URL.Query()
	status, order := tap.Status(q.Get("status")), q.Get("order")
	if status != "" && !slices.Contains(tap.Statuses(), status) {
		return nil, badControl("status: %.40q is not a status; the statuses are %s", status, strings.Trim(strings.ReplaceAll(fmt.Sprint(tap.Statuses()), " ", ", "), "[]"))
	}
	c.account.Calm(c.r.Context())
	list, more, err := c.account.Charges(func(charge *gateway.Payment) bool {
		return (status == "" || status == charge.Status) && (order == "" || order == charge.Request.Order)
	}, q.Get("starting_after"), limit)
	if err != nil {
		return nil, err
	}
	all := control.Charges{Charges: []control.Charge{}, HasMore: more, Evicted: c.account.Overview().EvictedCharges}
	for i := range list {
		all.Charges = append(all.Charges, controlCharge(&list[i]))
	}
	return all, nil
}

func controlCharge(c *gateway.Payment) control.Charge {
	places, _ := tap.Decimals(c.Request.Currency)
	shown := c.Request.Masked()
	return control.Charge{ID: c.ID, Status: c.Status, Code: c.Result.Code, Message: c.Result.Message, Amount: c.Amount.Text(places),
		Currency: c.Request.Currency, Order: shown.Order, Scenario: c.Script.Name, Created: c.Created, Screen: string(c.Page.Stage), PageURL: c.PageURL(),
		PostStatus: c.Post.Status(), RedirectStatus: c.Redirect.Status(), PostURL: shown.PostURL, Gets: c.Retrieved}
}

func getControlCharge(c *controlCall) (any, error) {
	c.account.Calm(c.r.Context())
	charge, err := c.account.Charge(c.name)
	if err != nil {
		return nil, err
	}
	return controlCharge(&charge), nil
}

func getTrace(c *controlCall) (any, error) {
	c.account.Calm(c.r.Context())
	charge, entries, scheduled, err := c.account.Trace(c.name)
	if err != nil {
		return nil, err
	}
	trace := control.Trace{Charge: controlCharge(&charge), Entries: []control.Entry{}, Scheduled: effects(scheduled)}
	for i := range entries {
		trace.Entries = append(trace.Entries, entry(&entries[i]))
	}
	trace.Text = traceText(&trace)
	return trace, nil
}
