package gateway

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tapmock/tapmock/scenarios"
)

// Dropped says what a reset has thrown away.
type Dropped struct {
	Charges  int
	Pending  []Effect // what was still to happen
	InFlight []string // deliveries that were under way
	CutOff   bool     // whether those were cut off, because they took too long
	Queue    []string // scenarios that waited for a charge
	Entries  int      // of the journal
}

// resetWait is how long a reset waits for deliveries under way before it aborts them, in real time.
const resetWait = 3 * time.Second

// ErrReset is the cause with which deliveries are cut off by [Account.Reset].
var ErrReset = errors.New("the account was reset")

// Reset takes the account back to where it was when its key was first used: no charges, journal or timeline, the clock running
// on real time, the server's settings and scenarios, the draws from the beginning. Deliveries under way are awaited for the
// setting return_wait of real time and then cut off. If the clock is being moved it is a [*BusyError].
func (a *Account) Reset(ctx context.Context) (Dropped, error) {
	a.mu.Lock()
	if a.advancing {
		defer a.mu.Unlock()
		return Dropped{}, a.busyLocked()
	}
	a.advancing = true // the scheduler starts nothing more
	d := Dropped{}
	for _, e := range a.out {
		d.InFlight = append(d.InFlight, e.String())
	}
	quiet, bound := a.quietLocked(), resetWait
	a.unlock()
	defer a.endTurn()
	d.CutOff = a.awaitOrCut(ctx, quiet, bound)
	a.mu.Lock()
	defer a.unlock()
	a.emptyLocked(&d)
	return d, nil
}

// awaitOrCut waits until nothing runs; after the bound it cuts off what is out.
func (a *Account) awaitOrCut(ctx context.Context, quiet <-chan struct{}, bound time.Duration) (cut bool) {
	wait, stop := context.WithTimeout(ctx, max(bound, time.Millisecond))
	defer stop()
	select {
	case <-quiet:
		return false
	default:
	}
	select {
	case <-quiet:
		return false
	case <-wait.Done():
	}
	a.cutOff(ErrReset)
	<-quiet
	return true
}

// emptyLocked throws everything away.
func (a *Account) emptyLocked(d *Dropped) {
	d.Charges, d.Pending, d.Entries = len(a.charges), a.pendingLocked(), len(a.journal.entries)-a.journal.head
	for _, q := range a.queue {
		d.Queue = append(d.Queue, q.name)
	}
	for _, c := range slices.Collect(maps.Values(a.charges)) {
		c.gone = true
		if c.returnAllowedSignal != nil && !c.returnAllowed {
			close(c.returnAllowedSignal)
			c.returnAllowed = true
		}
		a.forgetLocked(c)
	}
	for id, h := range a.answers {
		close(h.let)
		delete(a.answers, id)
	}
	a.journal.grow(-a.journal.bytes)
	fresh := newAccount(a.gw, a.key)
	fresh.cut(ErrReset) // its context is not needed
	a.settings, a.clock, a.charges, a.ids = fresh.settings, fresh.clock, fresh.charges, fresh.ids
	a.idempotent, a.saved, a.idle, a.timeline, a.journal = fresh.idempotent, fresh.saved, nil, timeline{}, fresh.journal
	a.ordinal, a.evicted, a.consecutiveFaults, a.findings, a.deliveries = 0, 0, 0, 0, 0
	a.creates.Store(0)
	a.own, a.fallback, a.queue, a.calls, a.gates, a.atGates = nil, nil, nil, fresh.calls, nil, nil
	a.merged, a.automatic, a.chaosRecord, a.lastSent = nil, nil, nil, nil
	a.eager, a.graceEnd, a.chaosRecordCut = false, time.Time{}, false
	a.idleCount.Store(0)
	a.standing.Store(false)
	a.rescriptLocked()
	if a.changed != nil {
		close(a.changed)
		a.changed = nil
	}
}

// chaosCall is a create call under an adversary, to be written out.
type chaosCall struct {
	call   int
	script *scenarios.Script
	fault  *scenarios.Fault // that befell the call, or nil
}

// maxChaosRecord bounds how many calls of a run are remembered.
const maxChaosRecord = 10_000

// recordChaosLocked remembers what an adversary has made of a create call.
func (a *Account) recordChaosLocked(script *scenarios.Script, call int) {
	if a.chaosRecordCut = a.chaosRecordCut || len(a.chaosRecord) >= maxChaosRecord; !a.chaosRecordCut {
		a.chaosRecord = append(a.chaosRecord, chaosCall{call: call, script: script})
	}
}

// ChaosRecord is what an adversary has played so far, as plain scenarios: one for each call that creates a charge, matched by its number,
// so that the same calls on a fresh account see the same without chance. Calls before the first one that an adversary saw
// have none. The error says that the run was too long to be remembered whole.
func (a *Account) ChaosRecord() ([]scenarios.Scenario, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.chaosRecordCut {
		return nil, fmt.Errorf("the run had more than %d calls that create charges, and is not remembered whole; reset the account before", maxChaosRecord)
	}
	var all []scenarios.Scenario
	for _, p := range a.chaosRecord {
		all = append(all, p.script.Recorded(p.call, p.fault))
	}
	return all, nil
}
