package gateway

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Overview is a summary of an account.
type Overview struct {
	Name           string
	Charges        int
	EvictedCharges int       // charges that were evicted
	LastEntry      uint64    // number of the last entry
	EvictedEntries uint64    // entries that were evicted
	Scheduled      int       // effects on the timeline or at gates
	Next           time.Time // when the next effect is due that runs by itself; zero: none will
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
		o.Next, _ = t.timeline.Next()
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
