package mockserver

import (
	"context"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

const (
	relayWait    = 30 * time.Second // how long a relay waits for one task, and for the mock to take its result
	relayTimeout = time.Minute      // of a call without a timeout of its own; the mock's bound is shorter
	maxRelayed   = 250              // calls that a relay makes at a time
	maxExcerpt   = 1 << 10          // bytes of a response body that are reported; the mock masks and shortens them
)

// Relay makes the calls to the merchant for an account whose setting delivery is relay. The calls come from this process, to addresses
// as this process reaches them, with the same bytes, headers and timing that the mock would use. Relay runs until ctx is done, then
// waits for the calls that it has started. It returns an error if the control API cannot be called. It needs no server in this process: the
// mock is where the client says.
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
		timeout = relayTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	responses := responsesOf(r.send(ctx, task))
	report, stop := context.WithTimeout(context.Background(), relayWait)
	defer stop()
	_ = r.client.FinishRelayTask(report, task.ID, responses) // it fails if the mock has stopped; then the result is not needed
}

// responsesOf are results as a relay reports them.
func responsesOf(results []webhook.Result) (all []control.Response) {
	for _, res := range results {
		body := strings.ToValidUTF8(string(res.Body[:min(len(res.Body), maxExcerpt)]), "?")
		all = append(all, control.Response{Status: res.Status, Failure: res.Failure, Remedy: res.Remedy, Body: body})
	}
	return all
}

// send makes the call of a task: a visit, one webhook, or concurrent copies of a webhook.
func (r *relay) send(ctx context.Context, task control.RelayTask) []webhook.Result {
	if task.Visit != "" {
		return []webhook.Result{r.sender.Visit(ctx, task.Visit)}
	}
	m := messageOf(task)
	if !task.Concurrent {
		return []webhook.Result{r.sender.Send(ctx, m)}
	}
	copies := make([]webhook.Message, task.Copies)
	for i := range copies {
		copies[i] = m
	}
	return r.sender.SendConcurrently(ctx, copies)
}

// messageOf is the webhook of a task.
func messageOf(task control.RelayTask) webhook.Message {
	m := webhook.Message{URL: task.URL, Key: task.Key, Body: []byte(task.Body), Format: task.Format, OneHash: task.OneHash, Unsigned: task.Unsigned, UpperCase: task.UpperCase,
		Signature: task.Signature}
	if task.Sent != "" {
		m.Sent = []byte(task.Sent)
	}
	for _, part := range task.Parts {
		m.Parts = append(m.Parts, tap.Part{Label: part.Label, Value: part.Value})
	}
	return m
}
