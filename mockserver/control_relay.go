package mockserver

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
)

// nextRelayTask returns the next call to the merchant that a relay is to make under delivery=relay.
func nextRelayTask(c *controlCall) (any, error) {
	wait, err := c.wait("wait")
	if err != nil {
		return nil, err
	}
	after, err := c.number("after", 0)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(c.r.Context(), wait)
	defer stop()
	task, ok, err := c.account.NextRelayTask(ctx, c.r.URL.Query().Get("reader"), after)
	if !ok {
		return control.RelayTask{}, err
	}
	d := task.Webhook
	out := control.RelayTask{ID: task.ID, Visit: task.Visit, URL: d.URL, Key: d.Key, Body: string(d.Body), Format: d.Format, Sent: string(d.Sent),
		OneHash: d.OneHash, Unsigned: d.Unsigned, UpperCase: d.UpperCase, Signature: d.Signature, Copies: task.Copies, Concurrent: task.Concurrent, TimeoutMS: d.Timeout.Milliseconds()}
	for _, part := range d.Parts {
		out.Parts = append(out.Parts, control.Part{Label: part.Label, Value: part.Value})
	}
	return out, nil
}

// finishRelayTask records the result of a relayed call.
func finishRelayTask(c *controlCall) (any, error) {
	id, err := strconv.ParseUint(c.name, 10, 63)
	if err != nil {
		return nil, badControl("%.40q is not the id of a relayed call; ids are numbers", c.name)
	}
	var in struct {
		Responses []control.Response `json:"responses"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	var attempts []gateway.Attempt
	for _, a := range in.Responses {
		attempts = append(attempts, gateway.Attempt{Status: a.Status, Failure: a.Failure, Remedy: a.Remedy, Body: gateway.Excerpt([]byte(a.Body))})
	}
	if err := c.account.FinishRelayTask(id, attempts); errors.Is(err, gateway.ErrNoRelayTask) {
		return nil, &control.Error{Status: http.StatusNotFound, Code: "not_found", Message: err.Error()}
	}
	return reply{}, nil
}

// leaveRelay ends a reader of relay tasks.
func leaveRelay(c *controlCall) (any, error) {
	c.account.LeaveRelay(c.r.URL.Query().Get("reader"))
	return reply{}, nil
}
