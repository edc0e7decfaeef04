package gateway

import (
	"context"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// calmWait is how long an API answer waits for what is due before it, in real time.
const calmWait = 3 * time.Second

// BeforeAnswer waits until everything of the charge that is to come before its create answer has come, such as a payer who pays at
// created. It waits no longer than the setting return_wait, and not at all inside a call that moves the clock.
func (a *Account) BeforeAnswer(ctx context.Context, id string) {
	a.mu.Lock()
	c := a.charges[id]
	if c == nil || c.progress == nil || a.advancing || !c.Script.HangsOn(scenarios.Created) || a.isCalmLocked(c) {
		a.mu.Unlock()
		return
	}
	calm := make(chan struct{})
	a.calming[calm] = c
	a.hurryLocked()
	bound := calmWait
	a.mu.Unlock()
	wait, stop := context.WithTimeout(ctx, bound)
	defer stop()
	select {
	case <-calm:
	case <-wait.Done():
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.calming, calm)
	}
}

// isCalmLocked reports whether nothing of the charge runs or is due.
func (a *Account) isCalmLocked(c *Charge) bool {
	if c.gone || a.clock.frozen {
		return c.gone || a.isIdleLocked()
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

// calmLocked tells those who wait for a charge that it is calm now.
func (a *Account) calmLocked() {
	for calm, c := range a.calming {
		if a.isCalmLocked(c) {
			close(calm)
			delete(a.calming, calm)
		}
	}
}

// Answering notes that the charge's create answer is about to be written. The func that it returns must be called when that is over, and
// says whether the answer was written in full. A call that comes after the answer finds what hangs on it on the timeline.
func (a *Account) Answering(id string) (over func(answered bool)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running++
	return func(answered bool) {
		a.mu.Lock()
		defer a.unlock()
		a.stoppedLocked()
		if c := a.charges[id]; c != nil && answered {
			a.happenLocked(c, scenarios.Answered, 0, a.record(Entry{Event: tap.EventAnswered, Object: c.object(), Cause: c.createdBy, Detail: "the create answer was written"}))
		}
	}
}

// AwaitsAnswer reports whether anything hangs on the create answer being written.
func (c *Charge) AwaitsAnswer() bool {
	return c.progress != nil && c.Script.HangsOn(scenarios.Answered)
}
