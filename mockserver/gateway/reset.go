package gateway

import (
	"context"
	"errors"
	"time"
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

// ErrReset is the cause with which [Account.Reset] cancels deliveries, and the error of a create call that it overtakes.
var ErrReset = errors.New("the account was reset during the call, which has created nothing; send it again")

// Reset returns the account to the state in which its key was first used: no charges, journal or timeline, the clock on real
// time, the server's settings and scenarios, the draws from the beginning. A create call under way creates nothing any more: it ends
// with [ErrReset]. Reset waits for deliveries under way, after resetWait it cancels them. If the clock is being moved the error is a
// [*BusyError].
func (a *Account) Reset(ctx context.Context) (d Dropped, err error) {
	var quiet <-chan struct{}
	a.update(func(t *tx) {
		if t.live.turn {
			err = t.busy()
			return
		}
		t.live.turn = true // no more effects start
		for _, e := range describeAll(t.inFlight()) {
			d.InFlight = append(d.InFlight, e.String())
		}
		quiet = t.awaitQuiet()
	})
	if err != nil {
		return d, err
	}
	if !awaitFor(ctx, resetWait, quiet) {
		d.Aborted = true
		a.cancelDeliveries(ErrReset)
		awaitFor(context.WithoutCancel(ctx), resetWait, quiet) // what comes back later is dropped
	}
	a.update(func(t *tx) { t.reset(&d) })
	return d, nil
}

// cancelDeliveries cancels the deliveries under way; later ones get a new context.
func (a *Account) cancelDeliveries(cause error) {
	a.update(func(t *tx) {
		t.live.cancel(cause)
		t.live.ctx, t.live.cancel = context.WithCancelCause(a.gw.ctx)
	})
}

// reset replaces the state by a fresh one, gives back what the account had of the server's budgets, and wakes all waiters.
func (t *tx) reset(d *Dropped) {
	queued, atGates := t.timeline.Scheduled()
	d.Charges, d.Entries, d.Scheduled = t.payments.len(), len(t.journal.Entries()), describeAll(append(queued, atGates...))
	for _, q := range t.choice.queue {
		d.Queue = append(d.Queue, q.name)
	}
	for c := range t.payments.all() {
		t.a.gw.pages.remove(c.Token)
		t.a.gw.places.giveBack(&t.a.places)
	}
	t.forgetRecords()
	t.forgetMemory()
	t.a.lost.Store(nil)
	t.a.calls.Entry.Store(0) // before the log counts as reset, see Draft.Answer
	t.a.calls.Reset()
	*t.state = newState(t.epoch+1, t.a.gw.settings.Load(), t.a.gw.limits.Journal)
	t.wakeAfterReset()
	t.endCheck()
	t.updateScripted()
	t.endTurn()
}

func (t *tx) wakeAfterReset() {
	l := t.live
	for _, s := range l.returns {
		s.fire()
	}
	for _, answer := range l.answers {
		close(answer.due)
	}
	l.returns, l.answers, l.settings, l.scripts, l.indexes = nil, nil, nil, nil, nil
	l.graceOver, l.graceEnd = false, time.Time{}
	l.written.fire()
}
