package gateway

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Overview is a summary of an account.
type Overview struct {
	Name           string
	Charges        int
	EvictedCharges int    // charges that were evicted
	LastEntry      uint64 // number of the last entry
	EvictedEntries uint64 // entries that were evicted
	Scheduled      int    // effects on the timeline or at gates
	Now            time.Time
	Frozen         bool
	Default        string   // name of the default scenario, or ""
	Queue          []string // names of the scenarios of the next charges
	InFlight       []string // deliveries under way
	Findings       int      // journal entries that are findings

	Checking time.Time // when the check began that has the account, in real time; zero: none has
}

// Overview returns a summary of the account, all of it at the same instant.
func (a *Account) Overview() (o Overview) {
	a.update(func(t *tx) {
		queued, atGates := t.timeline.Len()
		o = Overview{
			Name: a.name, Charges: t.payments.len(), EvictedCharges: t.evicted, LastEntry: t.journal.Last(), EvictedEntries: t.journal.Evicted(),
			Scheduled: queued + atGates, Now: t.now(), Frozen: t.timeline.Clock.Frozen, Default: t.defaultName(tap.KindCharge), Queue: t.queueNames(),
			InFlight: []string{}, Findings: t.findings,
		}
		if t.live.check != nil {
			o.Checking = t.live.check.since
		}
		for _, e := range describeAll(t.inFlight()) {
			o.InFlight = append(o.InFlight, e.String())
		}
	})
	return o
}

// Scheduled lists the scheduled effects in order, and separately the due effects that wait at gates.
func (a *Account) Scheduled() (scheduled, atGates []Effect) {
	a.update(func(t *tx) {
		queued, waiting := t.timeline.Scheduled()
		scheduled, atGates = describeAll(queued), describeAll(waiting)
	})
	return scheduled, atGates
}

// Charges returns the account's charges that are wanted, the latest first, at most max, and whether there are more. With after they are the
// charges created before the charge of that id; the error is a [*NoChargeError] if the account does not have it.
func (a *Account) Charges(wanted func(*Payment) bool, after string, max int) (some []Payment, more bool, err error) {
	a.update(func(t *tx) {
		below := uint64(math.MaxUint64)
		if after != "" {
			var c *Payment
			if c, err = t.charge(after); err != nil {
				return
			}
			below = c.Ordinal
		}
		var found []*Payment
		for c := range t.payments.all() {
			if c.Kind() == tap.KindCharge && c.Ordinal < below && wanted(c) {
				found = append(found, c)
			}
		}
		slices.SortFunc(found, func(x, y *Payment) int { return cmp.Compare(y.Ordinal, x.Ordinal) })
		for _, c := range found[:min(len(found), max)] {
			some = append(some, *c)
		}
		more = len(found) > max
	})
	return some, more, err
}

// Trace returns a charge, its journal entries, and its scheduled effects, including those at gates. Errors: [*NoChargeError], and
// [*EvictedError] if entries were evicted.
func (a *Account) Trace(id string) (c Payment, entries []Entry, scheduled []Effect, err error) {
	a.update(func(t *tx) {
		var found *Payment
		if found, err = t.charge(id); err != nil {
			return
		}
		c = *found
		entries, scheduled, err = t.trace(found)
	})
	return c, entries, scheduled, err
}

// TraceRefund is [Account.Trace] for a refund. Errors: [*NoRefundError], [*EvictedError].
func (a *Account) TraceRefund(id string) (r Refund, entries []Entry, scheduled []Effect, err error) {
	a.update(func(t *tx) {
		var found *Refund
		if found, err = t.refund(id); err != nil {
			return
		}
		r = *found
		entries, scheduled, err = t.trace(found)
	})
	return r, entries, scheduled, err
}

// TraceInvoice is [Account.Trace] for an invoice. Errors: [*NoInvoiceError], [*EvictedError].
func (a *Account) TraceInvoice(id string) (v Invoice, entries []Entry, scheduled []Effect, err error) {
	a.update(func(t *tx) {
		var found *Invoice
		if found, err = t.invoice(id); err != nil {
			return
		}
		v = *found
		entries, scheduled, err = t.trace(found)
	})
	return v, entries, scheduled, err
}

// trace returns the journal entries of an object and its scheduled effects.
func (t *tx) trace(o object) (entries []Entry, scheduled []Effect, err error) {
	id := o.Name().ID
	entries, err = t.ask(Question{After: o.run().createdBy - 1, Object: id})
	queued, atGates := t.timeline.Scheduled()
	return entries, slices.DeleteFunc(describeAll(append(queued, atGates...)), func(e Effect) bool { return e.Object.ID != id }), err
}

// NoteCall journals an API call and the HTTP status of its answer; 0 means no answer. about is the object that it is
// about, or zero; shown is the status of the object that the answer showed, or "".
func (a *Account) NoteCall(method, path string, about tap.Object, status int, shown string) {
	result := "no answer"
	if status != 0 {
		result = "HTTP " + strconv.Itoa(status)
	}
	detail := describeCall(method, path) + ": " + result
	if shown != "" {
		detail += ", " + shown
	}
	if about.ID = tap.MaskClip(about.ID, longestID); about.ID == "" {
		about = tap.Object{}
	}
	a.update(func(t *tx) { t.note(about, 0, tap.EventAPICall, detail) })
}

// NoteUnknown journals a request with the account's key for which the mock has no route, with a hint that says what it is about, or "".
func (a *Account) NoteUnknown(method, path, hint string) {
	detail := describeCall(method, path)
	if hint != "" {
		detail += ": " + hint
	}
	a.update(func(t *tx) { t.note(tap.Object{}, 0, tap.EventUnknown, detail) })
}

// describeCall is method and path of a request as the journal keeps them.
func describeCall(method, path string) string {
	return tap.MaskClip(method, 20) + " " + tap.MaskClip(path, longestPath)
}
