package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// forwarding is a run of listen -forward.
type forwarding struct {
	*listening
	to     string
	replay int
	down   bool // nothing answers at the address that webhooks are posted to
}

// run forwards deliveries until ctx is done. Meanwhile the account's setting delivery is relay.
func (f *forwarding) run(ctx context.Context, client *control.Client) error {
	to, err := url.Parse(f.to)
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return usageError{fmt.Errorf("-forward %s: want an address such as http://127.0.0.1:3000/webhook", f.to)}
	}
	before, err := client.Settings(ctx)
	if err == nil {
		err = client.Set(ctx, map[string]string{"delivery": "relay"})
	}
	if err != nil {
		return unreachable(client, err)
	}
	defer func() {
		bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := client.Set(bound, map[string]string{"delivery": before["delivery"]}); err != nil {
			fmt.Fprintf(f.std.err, "tapmock: the setting delivery is still relay: %v\n", err)
		}
	}()
	fmt.Fprintf(f.std.err, "forwarding the deliveries of %s to %s\n", client.BaseURL(), f.to)
	go f.sendAgain(ctx, client)
	return mockserver.Forward(ctx, client, to, f.made, func(err error) {
		fmt.Fprintf(f.std.err, "— the mock does not answer; connecting again: %v —\n", err)
	})
}

// sendAgain sends the latest webhooks again, the oldest of them first.
func (f *forwarding) sendAgain(ctx context.Context, client *control.Client) {
	if f.replay <= 0 {
		return
	}
	all, err := client.Webhooks(ctx, "")
	for i := min(f.replay, len(all)) - 1; i >= 0 && err == nil; i-- {
		_, err = client.ResendWebhook(ctx, all[i].ID)
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintln(f.std.err, "tapmock: -replay:", err)
	}
}

// made prints a delivery.
func (f *forwarding) made(d mockserver.Forwarded) {
	var answered strings.Builder
	for i := range d.Responses {
		answered.WriteString(" " + responseText(&d.Responses[i]))
	}
	if d.Task.Visit != "" {
		fmt.Fprintf(f.std.out, "%s  the payer returns to %s:%s\n\n", time.Now().Format(time.TimeOnly), d.URL, answered.String())
		return
	}
	r := &http.Request{URL: &url.URL{Path: d.URL}, Header: http.Header{}}
	for _, name := range []string{"hashstring", "hash"} {
		if len(d.Header[name]) > 0 { // Tap writes them so, not as Go does
			r.Header.Set(name, d.Header[name][0])
		}
	}
	f.status = d.Responses[0].Status
	f.notice(&d.Responses[0])
	fmt.Fprintf(f.std.err, "posted to %s:%s\n", d.URL, answered.String())
	f.took(r, d.Body)
}

// notice says once that nothing answers at the address, and once that it answers again. Nothing is lost: the mock has what did not arrive.
func (f *forwarding) notice(r *control.Response) {
	switch reached := r.Status != 0; {
	case !reached && !f.down:
		fmt.Fprintf(f.std.err, "— no answer from %s (%s): the mock sends again as the setting webhook_retries says, and keeps what does not arrive —\n", f.to, responseText(r))
	case reached && f.down:
		fmt.Fprintf(f.std.err, "— %s answers again; tapmock webhooks -refused lists what did not arrive, tapmock listen -forward … -replay N sends the latest N again —\n", f.to)
	}
	f.down = r.Status == 0
}
