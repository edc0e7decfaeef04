package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// recording is what is known of a payment.
type recording struct {
	charge     control.Charge
	entries    []control.Entry // oldest first
	scheduled  []control.Effect
	deliveries []*delivery // oldest first; the n-th is webhook#n
	standard   tap.Settings

	bySeq map[uint64]*control.Entry
	notes []string
}

// read reads a trace.
func read(t *control.Trace, webhooks []control.Webhook) *recording {
	r := &recording{charge: t.Charge, entries: t.Entries, standard: tap.DefaultSettings(), bySeq: map[uint64]*control.Entry{}}
	for i := range r.entries {
		r.bySeq[r.entries[i].Seq] = &r.entries[i]
	}
	for _, e := range t.Scheduled {
		if e.Object == nil || e.Object.ID == t.Charge.ID {
			r.scheduled = append(r.scheduled, e)
		}
	}
	r.deliveries = r.readDeliveries(webhooks)
	return r
}

// note adds a note, once.
func (r *recording) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(r.notes, text) {
		r.notes = append(r.notes, text)
	}
}

// all are the entries of an event.
func (r *recording) all(event tap.Event) (some []*control.Entry) {
	for i := range r.entries {
		if r.entries[i].Event == event {
			some = append(some, &r.entries[i])
		}
	}
	return some
}

// first is the first entry of one of the events, or nil.
func (r *recording) first(events ...tap.Event) *control.Entry {
	for i := range r.entries {
		if slices.Contains(events, r.entries[i].Event) {
			return &r.entries[i]
		}
	}
	return nil
}

// begin is when the charge was created, and end the time of the last entry.
func (r *recording) begin() time.Time {
	if e := r.first(tap.EventCreated); e != nil {
		return e.At
	}
	return r.charge.Created
}

func (r *recording) end() time.Time {
	end := r.begin()
	for i := range r.entries {
		if r.entries[i].At.After(end) {
			end = r.entries[i].At
		}
	}
	return end
}

// between is a duration of the account's clock. On a clock that is frozen and moved it is exact. On a running clock it has parts that a
// scenario cannot write, and the time that the merchant took to respond, in ms; such a duration is rounded to seconds.
func between(from, to time.Time, tookMS float64) time.Duration {
	d := to.Sub(from)
	if d%time.Millisecond != 0 {
		d = (d - time.Duration(tookMS*float64(time.Millisecond))).Round(time.Second)
	}
	return max(d, 0)
}

// after is the moment of a step that cause led to, and that happened at a time.
func (r *recording) after(cause uint64, at time.Time, tookMS float64) scenarios.Moment {
	for e := r.bySeq[cause]; e != nil; e = r.bySeq[e.Cause] {
		if m, from, ok := r.moment(e); ok {
			m.Plus = between(from, at, tookMS)
			return m
		}
		if e.Cause >= e.Seq { // not what a journal has; it would not end
			break
		}
	}
	for _, event := range []tap.Event{tap.EventSettled, tap.EventExpired, tap.EventCreated} {
		if e := r.first(event); e != nil && !e.At.After(at) {
			return scenarios.Moment{Event: r.named(e), Plus: between(e.At, at, tookMS)}
		}
	}
	return scenarios.Moment{Event: scenarios.Created, Plus: between(r.begin(), at, tookMS)}
}

// moment is the moment of an entry, and when it was; ok is false for an entry at which no step can be scheduled.
func (r *recording) moment(e *control.Entry) (m scenarios.Moment, at time.Time, ok bool) {
	if e.Event == tap.EventWebhook {
		i := slices.IndexFunc(r.deliveries, func(d *delivery) bool { return d.ID == e.Delivery })
		if i < 0 {
			return m, at, false
		}
		return scenarios.Moment{Event: scenarios.FirstAttempt, N: i + 1}, r.deliveries[i].attempts[0].at, true
	}
	if first := r.first(e.Event); first != e { // each moment is reached once
		return m, at, false
	}
	ok = slices.ContainsFunc(tap.Events(), func(d tap.EventDoc) bool { return d.Event == e.Event && d.Moment })
	return scenarios.Moment{Event: r.named(e)}, e.At, ok
}

// named is the event of an entry as a step can use it: a charge that Tap has cancelled at its expiry was not paid, so it never settles by an
// act of the payer.
func (r *recording) named(e *control.Entry) scenarios.Event {
	if e.Event == tap.EventSettled && r.lapsed() {
		return scenarios.Expired
	}
	return e.Event
}

// lapsed reports whether the charge was cancelled at its expiry, under the setting charge_expiry_outcome.
func (r *recording) lapsed() bool {
	settled, created := r.first(tap.EventSettled), r.first(tap.EventCreated)
	return settled != nil && created != nil && settled.Cause == created.Seq
}

// change is what an entry settled or corrected says.
type change struct {
	status tap.Status
	code   string // response.code
	amount string // that was captured, if it is not the requested one
}

// changeOf reads an entry such as "INITIATED → FAILED, 401 Failed".
func changeOf(e *control.Entry) (c change) {
	_, text, _ := strings.Cut(e.Detail, " → ")
	status, text, _ := strings.Cut(text, ", ")
	c.status = tap.Status(status)
	c.code, _, _ = strings.Cut(text, " ")
	if i := strings.LastIndex(text, ", "); i >= 0 && strings.Contains(text[i:], " of ") {
		c.amount, _, _ = strings.Cut(text[i+2:], " ")
	}
	return c
}

// shown is the part of a webhook's body that the journal does not have.
type shown struct {
	Status      tap.Status      `json:"status"`
	Gateway     *tap.Gateway    `json:"gateway"`
	Transaction tap.Transaction `json:"transaction"`
}

// bodies are the charges that genuine webhooks showed, oldest first.
func (r *recording) bodies() (all []shown) {
	for _, d := range r.deliveries {
		var s shown
		if d.Forge == "" && json.Unmarshal([]byte(d.body), &s) == nil {
			all = append(all, s)
		}
	}
	return all
}

// bankOf is KNET's result as a webhook showed it with a status, or nil.
func (r *recording) bankOf(status tap.Status) *tap.Result {
	for _, s := range r.bodies() {
		if s.Status == status && s.Gateway != nil {
			return &s.Gateway.Response
		}
	}
	return nil
}

// expiryMinutes is transaction.expiry of the charge, as far as it is known; else the default.
func (r *recording) expiryMinutes() int {
	for _, s := range r.bodies() {
		if s.Transaction.Expiry.Period > 0 {
			return s.Transaction.Expiry.Period
		}
	}
	ends := r.first(tap.EventExpired)
	if ends == nil && r.lapsed() {
		ends = r.first(tap.EventSettled)
	}
	if ends != nil {
		return int(ends.At.Sub(r.begin()).Round(time.Minute).Minutes())
	}
	for _, e := range r.scheduled {
		if e.Kind == "expire" {
			return int(e.Due.Sub(r.begin()).Round(time.Minute).Minutes())
		}
	}
	return standardExpiry
}

// standardExpiry is the default of transaction.expiry, in minutes.
const standardExpiry = 30

// noteRest notes what happened that no scenario plays, and what had not happened yet.
func (r *recording) noteRest() {
	if n := r.expiryMinutes(); n != standardExpiry {
		r.note("transaction.expiry of the create request was %d minutes; only the create request can say it", n)
	}
	if r.first(tap.EventChangeRefused) != nil {
		r.note("a scheduled change of the charge was no longer possible; the scenario leaves it out")
	}
	for _, e := range r.scheduled {
		switch {
		case e.Gate != "" && e.Kind != "payer":
			r.note("%s waited at the gate %s when it was recorded; the scenario leaves it out", e.Text, e.Gate)
		case e.Kind == "correct":
			r.note("a later result of the bank was still scheduled, %s after the create call; the journal does not have it, so the scenario leaves it out", words(between(r.begin(), e.Due, 0)))
		}
	}
}

// plural writes a number of things.
func plural(n int, things string) string { return strconv.Itoa(n) + " " + things }

// words writes a duration as text: 60s, 5m, 1h30m, 26h, 3d.
func words(d time.Duration) string {
	switch {
	case d%time.Second != 0:
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	case d <= 2*time.Minute:
		return strconv.Itoa(int(d.Seconds())) + "s"
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return strconv.Itoa(int(d.Hours())/24) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
