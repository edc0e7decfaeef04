package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// triggered is a run of trigger.
type triggered struct {
	std      streams
	client   *control.Client
	key      string
	scenario string
	post     string
	redirect string
	amount   string
	order    string
	now      bool
	json     bool

	own   bool      // the mock ends with this payment
	began time.Time // on the account's clock
	moved time.Duration
	seq   uint64 // of the last entry that was printed
	bad   bool   // a webhook was not acknowledged
}

// trigger makes one payment that follows a scenario, and prints its trace.
func trigger(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	t := &triggered{std: std}
	at := attached{}
	fs := newFlags("trigger")
	at.define(fs)
	fs.StringVar(&t.post, "post", "", "`address` that gets the webhooks, such as http://127.0.0.1:3000/webhook; without it none is sent")
	fs.StringVar(&t.redirect, "redirect", "", "`address` to which the payer returns; default: a page of the mock")
	fs.StringVar(&t.amount, "amount", "12.345", "`amount` in KWD")
	fs.StringVar(&t.order, "order", "", "`order`: reference.order of the charge; default: a new one")
	fs.BoolVar(&t.now, "now", false, "move the account's clock instead of waiting, if something of the scenario comes later")
	fs.BoolVar(&t.json, "json", false, "print each entry as a line of JSON, as the control API has it, and the charge as the last line")
	if err := parseFlags(fs, args, std.out, "tapmock trigger [flags] [SCENARIO]: make one payment that follows a scenario (default: outcome/captured), and print what happens, step by step. If no mock runs, one is started for it.\n\nExamples:\n  tapmock trigger -post http://127.0.0.1:3000/webhook\n  tapmock trigger -post http://127.0.0.1:3000/webhook -now webhook/twice\n  tapmock scenarios list              # the names"); err != nil {
		return helped(err)
	}
	if fs.NArg() > 1 {
		return usageError{fmt.Errorf("trigger takes one scenario, not %d; combine several as \"a + b\"", fs.NArg())}
	}
	if err := t.check(); err != nil {
		return usageError{err}
	}
	t.scenario = withPayer(cmp.Or(fs.Arg(0), "outcome/captured"))
	client, err := at.open(getenv)
	if err != nil {
		return err
	}
	defer client.CloseIdle()
	t.client, t.key, t.redirect = client, at.key, cmp.Or(t.redirect, client.BaseURL()+"/healthz")
	own, err := t.startIfNone(ctx, cmp.Or(at.url, getenv("TAPMOCK_URL")) == "")
	if err != nil {
		return err
	}
	defer own()
	return t.run(ctx)
}

// check refuses values with which no payment can be made.
func (t *triggered) check() error {
	if _, err := tap.ParseAmount(t.amount); err != nil {
		return fmt.Errorf("-amount: %w", err)
	}
	for _, one := range [][2]string{{"-post", t.post}, {"-redirect", t.redirect}} {
		if u, err := url.Parse(one[1]); one[1] != "" && (err != nil || u.Host == "" || u.Scheme == "") {
			return fmt.Errorf("%s %s: want an address such as http://127.0.0.1:3000/webhook", one[0], one[1])
		}
	}
	return nil
}

// withPayer adds a payer to a scenario that has none.
func withPayer(name string) string {
	if script, err := scenarios.Builtin().Resolve(name); err == nil && script.Payer == nil {
		return name + " + payer/pays"
	}
	return name
}

// startIfNone starts a mock at the default address if none answers there and no other was named.
func (t *triggered) startIfNone(ctx context.Context, allowed bool) (stop func(), err error) {
	_, err = t.client.Account(ctx)
	if _, answered := errors.AsType[*control.Error](err); err == nil || answered {
		return func() {}, err
	}
	if !allowed {
		return nil, unreachable(t.client, err)
	}
	mock, err := openMock(ctx, &checkOptions{addr: defaultAddr, seed: 1}, t.std.err)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(t.std.err, "a mock was started for this payment: API %s/v2, secret key %s\n", mock.base, t.key)
	t.own = true
	return mock.close, nil
}

// run makes the payment and follows it to its end.
func (t *triggered) run(ctx context.Context) error {
	account, err := t.client.Account(ctx)
	if err != nil {
		return err
	}
	if t.now && !account.Frozen {
		if _, err := t.client.Freeze(ctx, time.Time{}); err != nil {
			return err
		}
		defer func() { _, _ = t.client.Resume(context.WithoutCancel(ctx)) }()
	}
	t.began, t.seq = account.Now, account.LastEntry
	t.order = cmp.Or(t.order, "trigger-"+account.Now.UTC().Format("150405.000"))
	id, err := t.create(ctx)
	if err != nil {
		return err
	}
	if !t.json {
		fmt.Fprintf(t.std.out, "%s, order %s, %s KWD, scenario %s\n\n", id, t.order, t.amount, t.scenario)
	}
	for {
		if err := t.printNew(ctx, id, time.Second); err != nil {
			return err
		}
		more, err := t.wait(ctx, id)
		if err != nil || !more {
			return t.end(ctx, id, err)
		}
	}
}

// create creates the charge. An answer that a fault of the scenario makes wrong is a part of it: the charge is found by its order.
func (t *triggered) create(ctx context.Context) (id string, err error) {
	body := map[string]any{"amount": json.Number(t.amount), "currency": "KWD", "source": map[string]string{"id": "src_kw.knet"},
		"customer":  map[string]string{"first_name": "Test", "email": "test@example.com"},
		"reference": map[string]string{"order": t.order}, "redirect": map[string]string{"url": t.redirect}}
	if t.post != "" {
		body["post"] = map[string]string{"url": t.post}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.client.BaseURL()+"/v2/charges", bytes.NewReader(text))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+t.key)
	req.Header.Set("X-Tapmock-Scenario", t.scenario)
	said := ""
	if res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req); err != nil {
		said = err.Error()
	} else {
		answer, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		res.Body.Close()
		said = refusedWith(res.StatusCode, answer)
	}
	charges, err := t.client.Charges(ctx, t.order)
	if err == nil && len(charges) == 0 {
		err = errors.New("no charge was created: " + said)
	}
	if err != nil {
		return "", err
	}
	return charges[0].ID, nil
}

// refusedWith is what an answer says, in one line.
func refusedWith(status int, answer []byte) string {
	var body struct {
		Errors []struct{ Description string }
	}
	if err := json.Unmarshal(answer, &body); err == nil && len(body.Errors) > 0 {
		return body.Errors[0].Description
	}
	return fmt.Sprintf("HTTP %d %.500s", status, answer)
}

// printNew prints the entries of the charge that were not printed yet, and waits for the first one.
func (t *triggered) printNew(ctx context.Context, id string, wait time.Duration) error {
	j, err := t.client.Journal(ctx, control.JournalQuery{Object: id, After: t.seq, Oldest: true, Wait: wait, Limit: 1000})
	if err != nil {
		return err
	}
	for i := range j.Entries {
		e := &j.Entries[i]
		t.seq = e.Seq
		t.bad = t.bad || e.Event == tap.EventGivenUp || e.Event == tap.EventWebhook && !e.Response.OK()
		if e.Event == tap.EventWebhook && e.Response.OK() {
			t.bad = false
		}
		if t.json {
			_ = printJSON(t.std.out, e)
			continue
		}
		fmt.Fprintf(t.std.out, "%9s  %s %s\n", "+"+e.At.Sub(t.began).Round(time.Millisecond).String(), eventText(t.std.ink, e), e.Detail)
	}
	return nil
}

// wait waits until nothing runs, or moves the clock to what is scheduled next. It reports false if nothing of the charge is left but its expiry.
func (t *triggered) wait(ctx context.Context, id string) (more bool, err error) {
	timeline, err := t.client.AwaitIdle(ctx, 10*time.Second)
	if err != nil {
		return false, err
	}
	next := slices.IndexFunc(timeline.Scheduled, func(e control.Effect) bool { return e.Object != nil && e.Object.ID == id && e.Kind != "expire" })
	switch {
	case next < 0:
		return false, t.printNew(ctx, id, 0)
	case t.now:
		by := timeline.Scheduled[next].Due.Sub(timeline.Now)
		by = (by + time.Millisecond - 1).Truncate(time.Millisecond)
		t.moved += by
		_, err = t.client.Advance(ctx, by)
		return true, err
	}
	e := timeline.Scheduled[next]
	if left := e.Due.Sub(timeline.Now); left > 2*time.Second {
		fmt.Fprintf(t.std.err, "waiting for %s, in %s; -now moves the clock instead\n", e.Text, left.Round(time.Second))
	}
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-time.After(max(e.Due.Sub(timeline.Now), time.Millisecond)):
		return true, nil
	}
}

// end says how the payment ended. The exit code is 1 if a webhook was not acknowledged.
func (t *triggered) end(ctx context.Context, id string, err error) error {
	if err != nil {
		return err
	}
	charge, err := t.client.Charge(ctx, id)
	if err != nil {
		return err
	}
	if t.json {
		if err := printJSON(t.std.out, charge); err != nil || !t.bad {
			return err
		}
		return errFailed
	}
	fmt.Fprintf(t.std.out, "\n%s, %s %s; post %s, redirect %s\n", charge.Status, charge.Code, charge.Message, charge.PostStatus, charge.RedirectStatus)
	if t.moved > 0 && !t.own {
		fmt.Fprintf(t.std.out, "the account's clock is %s ahead now; a reset of the account sets it back\n", t.moved)
	}
	switch {
	case t.bad && t.own:
		return t.explain(ctx, id)
	case t.bad:
		fmt.Fprintf(t.std.out, "a webhook was refused: tapmock explain %s says why, while the mock runs\n", id)
		return errFailed
	}
	return nil
}

// explain says why a webhook was refused, because the mock that knows it ends now.
func (t *triggered) explain(ctx context.Context, id string) error {
	e := &explainer{std: t.std, client: t.client, key: t.key, ends: true}
	w, err := e.find(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.std.out)
	_ = e.explain(ctx, w)
	return errFailed
}
