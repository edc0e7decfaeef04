package gateway

import (
	"cmp"
	"context"
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
}

// Overview returns a summary of the account, all of it at the same instant.
func (a *Account) Overview() Overview {
	a.mu.Lock()
	defer a.mu.Unlock()
	o := Overview{
		Name: a.name, Charges: len(a.charges), EvictedCharges: a.evicted, LastEntry: a.journal.seq,
		EvictedEntries: a.journal.seq - uint64(len(a.journal.entries)-a.journal.head), Scheduled: len(a.timeline.queue) + len(a.atGates),
		Now: a.nowLocked(), Frozen: a.clock.frozen, Default: a.defaultLocked(), Queue: a.queueLocked(), InFlight: []string{}, Findings: a.findings,
	}
	for _, e := range a.inFlight {
		o.InFlight = append(o.InFlight, e.String())
	}
	return o
}

// Clock returns the time on the account's clock, and whether the clock is frozen.
func (a *Account) Clock() (now time.Time, frozen bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.nowLocked(), a.clock.frozen
}

// Charges returns the account's charges that are wanted, the latest first, at most max. With after they are the charges created
// before the charge of that id; the error is a [*NoChargeError] if the account does not have it.
func (a *Account) Charges(wanted func(*Charge) bool, after string, max int) (Listing, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := Listing{Evicted: a.evicted}
	below := uint64(math.MaxUint64)
	if after != "" {
		c, ok := a.charges[after]
		if !ok {
			return l, &NoChargeError{Evicted: a.evicted}
		}
		below = c.Ordinal
	}
	var some []*Charge
	for _, c := range a.charges {
		if c.Ordinal < below && wanted(c) {
			some = append(some, c)
		}
	}
	slices.SortFunc(some, func(x, y *Charge) int { return cmp.Compare(y.Ordinal, x.Ordinal) })
	for _, c := range some[:min(len(some), max)] {
		l.Charges = append(l.Charges, *c)
	}
	l.More = len(some) > max
	return l, nil
}

// Trace returns a charge, its journal entries, and its scheduled effects, including those at gates. Errors: [*NoChargeError], and
// [*EvictedError] if entries were evicted.
func (a *Account) Trace(id string) (c Charge, entries []Entry, scheduled []Effect, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found, ok := a.charges[id]
	if !ok {
		return c, nil, nil, &NoChargeError{Evicted: a.evicted}
	}
	entries, err = a.askLocked(Question{After: found.createdBy - 1, Object: id})
	scheduled = slices.DeleteFunc(a.scheduledLocked(), func(e Effect) bool { return e.Charge != id })
	return *found, entries, scheduled, err
}

// Accounts lists the accounts, the most recently used first.
func (g *Gateway) Accounts() []*Account {
	all := g.byUse()
	slices.Reverse(all)
	return all
}

// Find returns the account with this key or name, or nil. It opens no account.
func (g *Gateway) Find(keyOrName string) *Account {
	for _, a := range g.byUse() {
		if a.key == keyOrName || a.name == keyOrName {
			return a
		}
	}
	return nil
}

// SetSettings changes settings of new accounts: all or none. With nil a setting has the configured value again.
func (g *Gateway) SetSettings(values map[string]*string) error {
	for {
		before := g.settings.Load()
		changed, err := withSettings(before, g.configured, values)
		if err != nil || g.settings.CompareAndSwap(before, changed) {
			return err
		}
	}
}

// Settings returns the settings of new accounts.
func (g *Gateway) Settings() *tap.Settings { return g.settings.Load() }

// NoteCall journals an API call and the HTTP status of its answer; 0 means no answer. charge is the id of the charge that it is
// about, or ""; shown is the status of the charge that the answer showed, or "".
func (a *Account) NoteCall(method, path, charge string, status int, shown tap.Status) {
	result := "no answer"
	if status != 0 {
		result = "HTTP " + strconv.Itoa(status)
	}
	detail := describeCall(method, path) + ": " + result
	if shown != "" {
		detail += ", " + string(shown)
	}
	a.mu.Lock()
	defer a.unlock()
	a.record(Entry{Event: tap.EventAPICall, Object: chargeObject(tap.MaskClip(charge, longestID)), Detail: detail})
}

// NoteUnknown journals a request with the account's key for which the mock has no route.
func (a *Account) NoteUnknown(method, path string) {
	detail := describeCall(method, path)
	a.mu.Lock()
	defer a.unlock()
	a.record(Entry{Event: tap.EventUnknown, Detail: detail})
}

// describeCall is method and path of a request as the journal keeps them.
func describeCall(method, path string) string {
	return tap.MaskClip(method, 20) + " " + tap.MaskClip(path, longestPath)
}

// Resend sends the bytes of a webhook attempt again, now, as a new delivery, and returns its journal entry. With a signature the
// delivery is forged: its headers hashstring and hash have that text. The charge does not change. The entry must have the event
// webhook.
func (a *Account) Resend(ctx context.Context, e Entry, signature string) (Entry, error) {
	a.mu.Lock()
	if a.advancing {
		defer a.mu.Unlock()
		return Entry{}, a.busyLocked()
	}
	again := *e.Sent
	again.Delivery, again.ResendOf = a.newDeliveryLocked(), e.Sent.Delivery
	if signature != "" {
		again.Signature, again.Replay = signature, false
	}
	mark := &Effect{Kind: SendWebhook, Charge: e.Object.ID, Delivery: again.Delivery, Attempt: e.Sent.Attempt}
	a.inFlight = append(a.inFlight, mark)
	a.running++
	a.mu.Unlock()
	attempt := a.send(again.Message(a.key))
	a.mu.Lock()
	defer a.unlock()
	a.landedLocked(mark)
	a.stoppedLocked()
	entry := Entry{Event: tap.EventWebhook, Object: e.Object, Cause: e.Seq, Detail: "sent again on request: " + again.describe(&attempt, 0, 1),
		Sent: &again, Attempt: &attempt}
	entry.At = a.nowLocked()
	entry.Seq = a.record(entry)
	return entry, ctx.Err()
}
