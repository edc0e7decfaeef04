package mockserver

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// number is a parameter of the query as a whole number; without is its default.
func (c *controlCall) number(name string, without uint64) (uint64, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return without, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 && name == "limit" {
		return 0, badControl("%s: %.40q is not a whole number%s", name, text, map[bool]string{true: " above 0"}[name == "limit"])
	}
	return n, nil
}

// limit is the parameter limit, from 1 to max; without is its default.
func (c *controlCall) limit(without, max uint64) (int, error) {
	n, err := c.number("limit", without)
	if err == nil && n > max {
		err = badControl("limit: %d is larger than %d; get more with further calls while has_more is true", n, max)
	}
	return int(n), err
}

// maxList bounds a list of charges or journal entries.
const maxList = 10_000

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

// traceText formats a trace for people: a line for each entry and effect, with its time and its cause.
func traceText(t *control.Trace) string {
	c := &t.Charge
	return traceLines(fmt.Sprintf("%s: %s, %s %s, %s %s", c.ID, c.Status, c.Code, c.Message, c.Amount, c.Currency), c.Scenario, t.Entries, t.Scheduled)
}

// traceLines formats a trace of an object that head describes.
func traceLines(head, scenario string, entries []control.Entry, scheduled []control.Effect) string {
	var b strings.Builder
	b.WriteString(head)
	if scenario != "" {
		fmt.Fprintf(&b, ", scenario %s", scenario)
	}
	b.WriteByte('\n')
	for _, e := range entries {
		fmt.Fprintf(&b, "%5d  %s  %-18s %s", e.Seq, e.At.UTC().Format("2006-01-02 15:04:05.000"), e.Event, e.Detail)
		if e.Cause != 0 {
			fmt.Fprintf(&b, "  (by %d)", e.Cause)
		}
		b.WriteByte('\n')
	}
	for _, e := range scheduled {
		fmt.Fprintf(&b, "    …  %s  %s", e.Due.UTC().Format("2006-01-02 15:04:05.000"), e.Text)
		if e.Gate != "" {
			fmt.Fprintf(&b, ", at the gate %s", e.Gate)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func entry(e *gateway.Entry) control.Entry {
	out := control.Entry{Seq: e.Seq, Cause: e.Cause, At: e.At, Event: e.Event, Object: objectOf(e.Object), Detail: e.Detail}
	if e.Sent != nil {
		out.Delivery = e.Sent.Delivery()
	}
	if e.Attempt != nil {
		out.Response = new(responseOf(e.Attempt))
	}
	return out
}

func responseOf(t *gateway.Attempt) control.Response {
	return control.Response{Status: t.Status, Failure: t.Failure, Remedy: t.Remedy, Body: t.Body, TookMS: float64(t.Took.Microseconds()) / 1000}
}

// longestWait bounds how long a call of the control API waits, in real time.
const longestWait = time.Minute

func getJournal(c *controlCall) (any, error) {
	q, wait, err := c.journalQuery()
	if err != nil {
		return nil, err
	}
	if wait == 0 { // a call that waits is answered with the first entry, before the account is idle
		c.account.Calm(c.r.Context())
	}
	ctx, stop := context.WithTimeout(c.r.Context(), wait)
	defer stop()
	limit := q.Max
	q.Max++
	found, err := c.account.Ask(ctx, q)
	if err != nil {
		return nil, err
	}
	more := len(found) > limit
	if q.Latest {
		if more, err = c.hasMore(len(found), limit, q.Object); err != nil {
			return nil, err
		}
	}
	j := control.Journal{Entries: []control.Entry{}, LastEntry: c.account.Overview().LastEntry, HasMore: more}
	for i := range found[:min(len(found), limit)] {
		j.Entries = append(j.Entries, entry(&found[i]))
	}
	return j, nil
}

// hasMore reports whether a list that starts with the latest, and of which n elements are kept, has more than one page of limit. It is an
// error if a page is short only because the rest was evicted from the journal.
func (c *controlCall) hasMore(n, limit int, object string) (bool, error) {
	if n > limit {
		return true, nil
	}
	err := c.evicted(object)
	if err != nil && n == limit {
		return true, nil
	}
	return false, err
}

// evicted returns an error if the journal has evicted entries of an object, or of the account if object is "". The first entry of an
// object is created: if it is kept, so are the others.
func (c *controlCall) evicted(object string) error {
	if object != "" {
		first, err := c.account.AskNow(gateway.Question{Event: tap.EventCreated, Object: object, Latest: true, Max: 1})
		if err != nil || len(first) > 0 {
			return err
		}
	}
	_, err := c.account.AskNow(gateway.Question{Max: 1})
	return err
}

// journalQuery reads the query of a call for the journal.
func (c *controlCall) journalQuery() (q gateway.Question, wait time.Duration, err error) {
	v := c.r.URL.Query()
	after, err1 := c.number("after", 0)
	before, err2 := c.number("before", 0)
	limit, err3 := c.limit(1000, maxList)
	wait, err4 := c.wait("wait")
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			return q, 0, err
		}
	}
	q = gateway.Question{After: after, Before: before, Event: tap.Event(v.Get("event")), Object: v.Get("object"), Max: limit, Latest: !v.Has("after") && wait == 0}
	switch {
	case q.Event != "" && tap.CheckEvent(q.Event) != nil:
		return q, 0, badControl("event: %v", tap.CheckEvent(q.Event))
	case before > 0 && !q.Latest:
		return q, 0, badControl("before lists the latest entries first and cannot be combined with after or wait")
	}
	return q, wait, checkObject(q.Object)
}

// checkObject returns an error if no payment object can have this id.
func checkObject(id string) error {
	if id != "" && tap.KindOf(id) == "" {
		return badControl("object: %.40q is not the id of a payment object; ids of charges begin with chg_, those of refunds with re_", id)
	}
	return nil
}

// wait is a parameter of the query as a duration; 0 without it.
func (c *controlCall) wait(name string) (time.Duration, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	d, err := scenarios.ParseDuration(text)
	if err != nil {
		return 0, badControl("%s: %v; at most 60s", name, err)
	}
	if d > longestWait {
		return 0, badControl("%s: %.40q is more than 60s", name, text)
	}
	return d, nil
}
