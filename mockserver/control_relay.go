package mockserver

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

// nextRelayTask returns the next call to the merchant that a relay is to make under delivery=relay.
func nextRelayTask(c *controlCall) (any, error) {
	wait, err := c.wait("wait")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(c.r.Context(), wait)
	defer stop()
	task, ok := c.account.NextRelayTask(ctx)
	if !ok {
		return control.RelayTask{}, nil
	}
	d := task.Webhook
	out := control.RelayTask{ID: task.ID, Visit: task.Visit, URL: d.URL, Key: d.Key, Body: string(d.Body), Format: d.Format, Sent: string(d.Sent),
		Unsigned: d.Unsigned, UpperHex: d.UpperHex, Copies: task.Copies, Concurrent: task.Concurrent, TimeoutMS: d.Timeout.Milliseconds()}
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
		attempts = append(attempts, gateway.Attempt{Status: a.Status, Fault: a.Fault, Remedy: a.Remedy, Body: gateway.Excerpt([]byte(a.Body))})
	}
	if err := c.account.FinishRelayTask(id, attempts); errors.Is(err, gateway.ErrNoRelayTask) {
		return nil, &control.Error{Status: http.StatusNotFound, Code: "not_found", Message: err.Error()}
	}
	return reply{}, nil
}

// relayWait is how long a relay waits for one task, and for the mock to take its result.
const relayWait = 30 * time.Second

// Relay makes the calls to the merchant for an account whose setting delivery is relay. The calls come from this process, to addresses
// as this process reaches them, with the same bytes, headers and timing that the mock would use. Relay runs until ctx is done, then
// waits for the calls that it has started. It returns an error if the control API cannot be called.
func Relay(ctx context.Context, c *control.Client) error {
	r := relay{client: c, sender: webhook.NewSender(webhook.Config{}), slots: make(chan struct{}, maxRelayed)}
	defer r.drain()
	for ctx.Err() == nil {
		task, err := c.NextRelayTask(ctx, relayWait)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case task.ID != 0:
			r.slots <- struct{}{}
			go r.run(task)
		}
	}
	return nil
}

// maxRelayed bounds the calls that a relay makes at a time.
const maxRelayed = 250

type relay struct {
	client *control.Client
	sender *webhook.Sender
	slots  chan struct{} // one value for each call under way
}

// drain waits until no call is under way.
func (r *relay) drain() {
	for range maxRelayed {
		r.slots <- struct{}{}
	}
}

// run makes one call and reports its result to the mock.
func (r *relay) run(task control.RelayTask) {
	defer func() { <-r.slots }()
	timeout := time.Duration(task.TimeoutMS) * time.Millisecond
	if timeout == 0 {
		timeout = time.Minute // the mock's own bound is shorter
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var responses []control.Response
	for _, res := range r.send(ctx, task) {
		responses = append(responses, control.Response{Status: res.Status, Fault: res.Fault, Remedy: res.Remedy, Body: gateway.Excerpt(res.Body)})
	}
	report, stop := context.WithTimeout(context.Background(), relayWait)
	defer stop()
	_ = r.client.FinishRelayTask(report, task.ID, responses) // it fails if the mock has stopped; then the result is not needed
}

// send makes the call of a task: a visit, one webhook, or concurrent copies of a webhook.
func (r *relay) send(ctx context.Context, task control.RelayTask) []webhook.Result {
	if task.Visit != "" {
		return []webhook.Result{r.sender.Visit(ctx, task.Visit)}
	}
	m := webhook.Message{URL: task.URL, Key: task.Key, Body: []byte(task.Body), Format: task.Format, Unsigned: task.Unsigned, UpperHex: task.UpperHex}
	if task.Sent != "" {
		m.Sent = []byte(task.Sent)
	}
	for _, part := range task.Parts {
		m.Parts = append(m.Parts, tap.Part{Label: part.Label, Value: part.Value})
	}
	if !task.Concurrent {
		return []webhook.Result{r.sender.Send(ctx, m)}
	}
	copies := make([]webhook.Message, task.Copies)
	for i := range copies {
		copies[i] = m
	}
	return r.sender.SendConcurrently(ctx, copies)
}
