package mockserver

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

// Forwarded is a delivery that [Forward] has made.
type Forwarded struct {
	Task      control.RelayTask
	URL       string      // to which it was posted; of a visit the address that was opened
	Header    http.Header // that was posted; nil for a visit
	Body      []byte
	Responses []control.Response // one for each copy
}

// The waits of [Forward]: for one task, shorter than a webhook's time-out, and before it tries again what has failed.
const (
	forwardWait  = 2 * time.Second
	forwardPause = 20 * time.Millisecond // twice as long each time, up to a second
)

// Forward posts the webhooks of an account whose setting delivery is relay to an address as this process reaches it, byte for byte, one after
// another, and reports the answers. If to has no path, each keeps its own. The payer's returns are made too, to their own addresses.
// Each delivery is posted once although connections to the mock break: Forward connects again, and calls broken once each time (nil: not). It runs
// until ctx is done. The error is one with which the mock refuses it, such as a [*control.Error] with Status 409 if another one forwards.
func Forward(ctx context.Context, c *control.Client, to *url.URL, done func(Forwarded), broken func(error)) error {
	f := &forward{client: c, to: to, reader: rand.Text(), relay: relay{sender: webhook.NewSender(webhook.Config{})}, done: done, broken: broken}
	defer func() {
		bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), forwardWait)
		defer cancel()
		_ = c.LeaveRelay(bound, f.reader)
	}()
	for ctx.Err() == nil {
		if err := f.next(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// forward is a run of [Forward].
type forward struct {
	client *control.Client
	to     *url.URL
	reader string
	relay  relay
	after  uint64 // id of the last task that was received
	away   bool   // the mock does not answer
	done   func(Forwarded)
	broken func(error)
}

// next receives a task, makes its call, and reports the result.
func (f *forward) next(ctx context.Context) error {
	var task control.RelayTask
	err := f.insist(ctx, func() (err error) {
		task, err = f.client.ReadRelayTask(ctx, f.reader, f.after, forwardWait)
		return err
	})
	if err != nil || task.ID == 0 {
		return err
	}
	f.after = task.ID
	made := Forwarded{Task: task, URL: task.Visit}
	if task.URL != "" {
		task.URL = f.target(task.URL)
		m := messageOf(task)
		if made.URL, made.Header, made.Body = task.URL, webhook.Headers(m), m.Body; m.Sent != nil {
			made.Body = m.Sent
		}
	}
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), relayTimeout)
	defer cancel()
	made.Responses = responsesOf(f.relay.send(bound, task))
	for i := range made.Responses {
		if r := &made.Responses[i]; r.Failure == "refused" {
			r.Remedy = "the delivery was relayed to " + made.URL + ", where nothing listens"
		}
	}
	f.done(made)
	err = f.insist(ctx, func() error { return f.client.FinishRelayTask(ctx, task.ID, made.Responses) })
	if refused, ok := errors.AsType[*control.Error](err); ok && refused.Status == 404 { // it was reported before, or took too long
		return nil
	}
	return err
}

// target is where a webhook for an address goes.
func (f *forward) target(address string) string {
	own, err := url.Parse(address)
	if err != nil || f.to.Path != "" && f.to.Path != "/" {
		return f.to.String()
	}
	own.Scheme, own.Host = f.to.Scheme, f.to.Host
	return own.String()
}

// insist makes a call until the mock answers. The error is that of ctx, or one with which the mock refuses the call.
func (f *forward) insist(ctx context.Context, call func() error) error {
	for pause := forwardPause; ; pause = min(2*pause, time.Second) {
		err := call()
		refused, answered := errors.AsType[*control.Error](err)
		if err == nil || answered && refused.Code != "internal" { // that is an answer which was cut off
			f.away = false
			return err
		}
		if !f.away && f.broken != nil && ctx.Err() == nil {
			f.away = true
			f.broken(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
