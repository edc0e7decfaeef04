package gateway

import (
	"context"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// calmWait is how long a call waits at most for the effects that are due before its answer, in real time.
const calmWait = 3 * time.Second

// BeforeAnswer waits until the effects of the charge that are due before its create answer have run, such as a payer that pays at
// created. It waits at most calmWait, and not at all while the clock is being moved.
func (a *Account) BeforeAnswer(ctx context.Context, id string) {
	a.mu.Lock()
	c := a.charges[id]
	if c == nil || c.progress == nil || a.advancing || !c.Script.HasStepsAt(scenarios.Created) || a.isCalmLocked(c) {
		a.mu.Unlock()
		return
	}
	calm := make(chan struct{})
	a.calmSignals[calm] = c
	a.endGraceLocked()
	bound := calmWait
	a.mu.Unlock()
	wait, stop := context.WithTimeout(ctx, bound)
	defer stop()
	select {
	case <-calm:
	case <-wait.Done():
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.calmSignals, calm)
	}
}

// isCalmLocked reports whether no effect of the charge is running or due.
func (a *Account) isCalmLocked(c *Charge) bool {
	if c.dropped || a.clock.frozen {
		return c.dropped || a.isIdleLocked()
	}
	if c.busy || len(c.waiting) > 0 {
		return false
	}
	now := a.nowLocked()
	for _, e := range a.timeline.queue {
		if e.Charge == c.ID && !e.Due.After(now) {
			return false
		}
	}
	return true
}

// signalCalmLocked wakes the calls that wait for a charge that is calm now.
func (a *Account) signalCalmLocked() {
	for calm, c := range a.calmSignals {
		if a.isCalmLocked(c) {
			close(calm)
			delete(a.calmSignals, calm)
		}
	}
}

// Answering announces that the charge's create answer is about to be written. The returned func must be called when the writing
// has ended; answered says whether the answer was written completely. Only then are the steps that are scheduled at answered put
// on the timeline.
func (a *Account) Answering(id string) (over func(answered bool)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running++
	return func(answered bool) {
		a.mu.Lock()
		defer a.unlock()
		a.stoppedLocked()
		if c := a.charges[id]; c != nil && answered {
			a.reachLocked(c, scenarios.Answered, 0, a.record(Entry{Event: tap.EventAnswered, Object: c.object(), Cause: c.createdBy, Detail: "the create answer was written"}))
		}
	}
}

// AwaitsAnswer reports whether a step of the charge's script is scheduled at the moment answered.
func (c *Charge) AwaitsAnswer() bool {
	return c.progress != nil && c.Script.HasStepsAt(scenarios.Answered)
}
