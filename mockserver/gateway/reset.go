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

// Dropped is what a reset has dropped.
type Dropped struct {
	Charges   int
	Scheduled []Effect // effects that no longer run
	InFlight  []string // deliveries that were under way
	Aborted   bool     // whether they were aborted because they took too long
	Queue     []string // scenarios in the queue
	Entries   int      // journal entries
}

// resetWait is how long a reset waits for deliveries under way before it cancels them, in real time.
const resetWait = 3 * time.Second

// ErrReset is the cause with which [Account.Reset] cancels deliveries, and the error of a create call that it overtakes.
var ErrReset = errors.New("the account was reset during the call, which has created nothing; send it again")

// Reset returns the account to the state in which its key was first used: no charges, journal or timeline, the clock on real
// time, the server's settings and scenarios, the draws from the beginning. A create call under way creates nothing any more: it ends
// with [ErrReset]. Reset waits for deliveries under way, after resetWait it cancels them. If the clock is being moved the error is a
// [*BusyError].
func (a *Account) Reset(ctx context.Context) (Dropped, error) {
	a.mu.Lock()
	if a.advancing {
		defer a.mu.Unlock()
		return Dropped{}, a.busyLocked()
	}
	a.advancing = true // the scheduler starts no more effects
	d := Dropped{}
	for _, e := range a.inFlight {
		d.InFlight = append(d.InFlight, e.String())
	}
	quiet, bound := a.quietLocked(), resetWait
	a.unlock()
	defer a.endTurn()
	d.Aborted = a.awaitOrCancel(ctx, quiet, bound)
	a.mu.Lock()
	defer a.unlock()
	a.emptyLocked(&d)
	return d, nil
}

// awaitOrCancel waits until nothing runs; after the bound it cancels the deliveries under way, and reports that.
func (a *Account) awaitOrCancel(ctx context.Context, quiet <-chan struct{}, bound time.Duration) (cancelled bool) {
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
	a.cancelDeliveries(ErrReset)
	<-quiet
	return true
}

// emptyLocked drops everything.
func (a *Account) emptyLocked(d *Dropped) {
	d.Charges, d.Scheduled, d.Entries = len(a.charges), a.scheduledLocked(), len(a.journal.entries)-a.journal.head
	for _, q := range a.queue {
		d.Queue = append(d.Queue, q.name)
	}
	a.gw.places.addIdle(&a.places, -len(a.idle))
	for _, c := range slices.Collect(maps.Values(a.charges)) {
		c.dropped = true
		if c.returnAllowedSignal != nil && !c.returnAllowed {
			close(c.returnAllowedSignal)
			c.returnAllowed = true
		}
		a.forgetLocked(c)
	}
	for id, answer := range a.answers {
		close(answer.due)
		delete(a.answers, id)
	}
	a.journal.grow(-a.journal.bytes)
	fresh := newAccount(a.gw, a.key)
	fresh.cancel(ErrReset) // its context is not needed
	a.settings, a.clock, a.charges = fresh.settings, fresh.clock, fresh.charges
	a.idempotent, a.saved, a.idle, a.timeline, a.journal = fresh.idempotent, fresh.saved, nil, timeline{}, fresh.journal
	a.ordinal, a.evicted, a.consecutiveFaults, a.findings, a.deliveries = 0, 0, 0, 0, 0
	a.creates = 0
	a.resets++
	a.forgetMemoryLocked()
	a.ownSettings, a.takenFromQueue = false, 0
	a.lost.Store(nil)
	a.defaultScript, a.queue, a.calls, a.gates, a.atGates = nil, nil, fresh.calls, nil, nil
	a.scriptSettings, a.automaticScripts, a.chaosRecord, a.lastSent = nil, nil, nil, nil
	a.graceOver, a.graceEnd, a.chaosRecordCut = false, time.Time{}, false
	a.frozen.Store(false)
	a.updateScriptedLocked()
	if a.journalSignal != nil {
		close(a.journalSignal)
		a.journalSignal = nil
	}
}

// chaosCall is a create call under chaos, as [Account.ChaosRecord] returns it.
type chaosCall struct {
	call   int
	script *scenarios.Script
	fault  *scenarios.Fault // injected into the call, or nil
}

// maxChaosRecord bounds how many create calls are remembered.
const maxChaosRecord = 10_000

// recordChaosLocked remembers the script that chaos gave a create call.
func (a *Account) recordChaosLocked(script *scenarios.Script, call int) {
	a.chaosRecordCut = a.chaosRecordCut || len(a.chaosRecord) >= maxChaosRecord || a.holdLocked(script) != nil
	if !a.chaosRecordCut {
		a.chaosRecord = append(a.chaosRecord, chaosCall{call: call, script: script})
	}
}

// ChaosRecord returns what chaos has injected so far, as scenarios without chaos: one for each create call, matched by its
// number, so that the same calls on a fresh account get the same faults without chance. Calls before the first one under chaos
// have none. The error says that there were too many calls to remember.
func (a *Account) ChaosRecord() ([]scenarios.Scenario, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.chaosRecordCut {
		return nil, fmt.Errorf("the account had more than %d create calls under chaos, or too little memory for them (-limit scenarios), and the record is not complete; reset the account first", maxChaosRecord)
	}
	var all []scenarios.Scenario
	for _, p := range a.chaosRecord {
		all = append(all, p.script.Recorded(p.call, p.fault))
	}
	return all, nil
}
