package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// tailing is a run of tail.
type tailing struct {
	std    streams
	client *control.Client
	query  control.JournalQuery
	json   bool
	last   uint64 // seq of the journal when it was last asked
	away   bool   // the mock does not answer
}

// tail follows the journal of an account until ctx is done.
func tail(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	fs := newFlags("tail")
	var at attached
	at.define(fs)
	t := &tailing{std: std}
	fs.BoolVar(&t.json, "json", false, "print each entry as a line of JSON, as the control API has it")
	fs.StringVar((*string)(&t.query.Event), "event", "", "only this `event`, such as webhook")
	all := fs.Bool("all", false, "begin with the oldest entry that the journal has, not with the next one")
	if err := parseFlags(fs, args, std.out, "tapmock tail [flags] [ID]: follow what happens in an account of a running mock, or to the object with an id, until Ctrl-C.\n\nExamples:\n  tapmock tail\n  tapmock tail -event webhook -json | jq .response"); err != nil {
		return helped(err)
	}
	if fs.NArg() > 1 {
		return usageError{fmt.Errorf("tail takes one id, not %d", fs.NArg())}
	}
	if t.query.Event != "" {
		if err := tap.CheckEvent(t.query.Event); err != nil {
			return usageError{fmt.Errorf("-event: %w", err)}
		}
	}
	var err error
	if t.client, err = at.open(getenv); err != nil {
		return err
	}
	defer t.client.CloseIdle()
	t.query.Object = fs.Arg(0)
	account, err := t.client.Account(ctx)
	if err != nil {
		return unreachable(t.client, err)
	}
	if t.query.Object != "" {
		if err := known(ctx, t.client, t.query.Object); err != nil {
			fmt.Fprintf(std.err, "— %v; waiting for it —\n", err)
		}
	}
	if !*all {
		t.query.After = account.LastEntry
	}
	return t.follow(ctx)
}

// The waits of tail: for the next entry, and before it asks again a mock that does not answer.
const (
	tailWait  = 30 * time.Second
	awayPause = time.Second
)

// follow prints entries as they come. It asks again after an error, and begins again after a reset or a restart.
func (t *tailing) follow(ctx context.Context) error {
	t.query.Oldest, t.query.Wait, t.query.Limit = true, tailWait, 1000
	for ctx.Err() == nil {
		j, err := t.client.Journal(ctx, t.query)
		refused, answered := errors.AsType[*control.Error](err)
		switch {
		case ctx.Err() != nil:
		case answered && refused.Code != "evicted":
			return err
		case answered:
			fmt.Fprintln(t.std.err, "— entries were evicted before they could be shown —")
			t.query.After = t.latest(ctx)
		case err != nil:
			t.pause(ctx)
		default:
			t.took(j)
		}
	}
	return nil
}

// took prints the entries of an answer.
func (t *tailing) took(j control.Journal) {
	if t.away {
		t.away = false
		fmt.Fprintln(t.std.err, "— the mock answers again —")
	}
	if j.LastEntry < t.query.After || j.LastEntry < t.last {
		fmt.Fprintln(t.std.err, "— the account was reset —")
		t.query.After, t.last = 0, 0
		return
	}
	t.last = j.LastEntry
	for i := range j.Entries {
		t.print(&j.Entries[i])
		t.query.After = j.Entries[i].Seq
	}
}

func (t *tailing) print(e *control.Entry) {
	if t.json {
		_ = printJSON(t.std.out, e)
		return
	}
	id := ""
	if e.Object != nil {
		id = e.Object.ID
	}
	fmt.Fprintf(t.std.out, "%5d  %s  %s %s  %s\n", e.Seq, e.At.Format("2006-01-02 15:04:05.000"), eventText(t.std.ink, e), id, e.Detail)
}

// latest is the seq of the journal's last entry.
func (t *tailing) latest(ctx context.Context) uint64 {
	account, _ := t.client.Account(ctx)
	return account.LastEntry
}

// pause says once that the mock does not answer, and waits a little.
func (t *tailing) pause(ctx context.Context) {
	if !t.away {
		t.away = true
		fmt.Fprintln(t.std.err, "— the mock does not answer; waiting for it —")
	}
	select {
	case <-ctx.Done():
	case <-time.After(awayPause):
	}
}

// eventText is the event of an entry in its column: a webhook that was answered has the colour of its answer, a finding that of an error.
func eventText(on ink, e *control.Entry) string {
	text := fmt.Sprintf("%-16s", e.Event)
	switch e.Event {
	case tap.EventWebhook:
		return on.judged(e.Response != nil && e.Response.OK(), text)
	case tap.EventGivenUp, tap.EventUnknown, tap.EventAssumption, tap.EventAccountEvicted:
		return on.bad(text)
	}
	return text
}
