package gateway

import (
	"cmp"
	"context"

	"github.com/tapmock/tapmock/scenarios"
)

// BeforeAnswer waits until everything of the charge that is to come before its create answer has come, such as a payer who pays at
// created. It waits no longer than the setting hold_bound, and not at all inside a call that moves the clock.
func (a *Account) BeforeAnswer(ctx context.Context, id string) {
	a.mu.Lock()
	c := a.charges[id]
	if c == nil || c.play == nil || a.advancing || !c.Story.HangsOn(scenarios.Created) || a.isCalmLocked(c) {
		a.mu.Unlock()
		return
	}
	calm := make(chan struct{})
	a.calming[calm] = c
	bound := cmp.Or(c.Settings.HoldBound, defaultBound)
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

// Answered notes that the charge's create answer has been written in full.
func (a *Account) Answered(id string) {
	a.mu.Lock()
	defer a.unlock()
	if c := a.charges[id]; c != nil {
		a.happenLocked(c, scenarios.Answered, 0, c.createdBy)
	}
}

// AwaitsAnswer reports whether anything hangs on the create answer being written.
func (c *Charge) AwaitsAnswer() bool { return c.play != nil && c.Story.HangsOn(scenarios.Answered) }
