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

// nextRelayTask gives out the next delivery under delivery=relay.
func nextRelayTask(c *controlCall) (any, error) {
	if err := c.known("wait"); err != nil {
		return nil, err
	}
	wait, err := c.wait("wait")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(c.r.Context(), wait)
	defer stop()
	p, ok := c.account.NextRelayTask(ctx)
	if !ok {
		return control.RelayTask{}, nil
	}
	d := p.Webhook
	out := control.RelayTask{ID: p.ID, Visit: p.Visit, URL: d.URL, Key: d.Key, Body: string(d.Body), Format: d.Format, Sent: string(d.Sent),
		Unsigned: d.Unsigned, UpperHex: d.UpperHex, Copies: p.Copies, Concurrent: p.Concurrent, TimeoutMS: d.Timeout.Milliseconds()}
	for _, part := range d.Parts {
		out.Parts = append(out.Parts, control.Part{Label: part.Label, Value: part.Value})
	}
	return out, nil
}

// finishRelayTask takes back how a delivery went.
func finishRelayTask(c *controlCall) (any, error) {
	id, err := strconv.ParseUint(c.name, 10, 63)
	if err != nil {
		return nil, badControl("%.40q is not the number of a relayed call", c.name)
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

// relayWait is how long one fetch of a relay waits.
const relayWait = 30 * time.Second

// Relay makes, from this process, the calls to the merchant of an account whose setting delivery is pull: the same bytes, headers and
// timing that the mock would send, to addresses as this process reaches them. It runs until ctx is done and ends when what it has
// begun is over. The error says why the mock could not be asked.
func Relay(ctx context.Context, c *control.Client) error {
	r := relay{client: c, sender: webhook.NewSender(webhook.Config{}), under: make(chan struct{}, maxRelayed)}
	defer r.drain()
	for ctx.Err() == nil {
		p, err := c.NextRelayTask(ctx, relayWait)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case p.ID != 0:
			r.under <- struct{}{}
			go r.run(p)
		}
	}
	return nil
}

// maxRelayed bounds how many deliveries a relay has under way.
const maxRelayed = 250

type relay struct {
	client *control.Client
	sender *webhook.Sender
	under  chan struct{} // one for each delivery under way
}

// drain waits until nothing is under way.
func (r *relay) drain() {
	for range maxRelayed {
		r.under <- struct{}{}
	}
}

// run sends one parcel and tells the mock how that went.
func (r *relay) run(p control.RelayTask) {
	defer func() { <-r.under }()
	timeout := time.Duration(p.TimeoutMS) * time.Millisecond
	if timeout == 0 {
		timeout = time.Minute // the mock's own bound ends it
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var answers []control.Response
	for _, res := range r.send(ctx, p) {
		answers = append(answers, control.Response{Status: res.Status, Fault: res.Fault, Remedy: res.Remedy, Body: gateway.Excerpt(res.Body)})
	}
	back, stop := context.WithTimeout(context.Background(), relayWait)
	defer stop()
	_ = r.client.FinishRelayTask(back, p.ID, answers) // if the mock is gone, nobody is left to be told
}

func (r *relay) send(ctx context.Context, p control.RelayTask) []webhook.Result {
	if p.Visit != "" {
		return []webhook.Result{r.sender.Visit(ctx, p.Visit)}
	}
	m := webhook.Message{URL: p.URL, Key: p.Key, Body: []byte(p.Body), Format: p.Format, Unsigned: p.Unsigned, UpperHex: p.UpperHex}
	if p.Sent != "" {
		m.Sent = []byte(p.Sent)
	}
	for _, part := range p.Parts {
		m.Parts = append(m.Parts, tap.Part{Label: part.Label, Value: part.Value})
	}
	if !p.Concurrent {
		return []webhook.Result{r.sender.Send(ctx, m)}
	}
	copies := make([]webhook.Message, p.Copies)
	for i := range copies {
		copies[i] = m
	}
	return r.sender.SendConcurrently(ctx, copies)
}
