package gateway

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
)

// Check is a check of a merchant that has an account to itself. It remembers how the account was before, as far as a check changes that.
type Check struct {
	a      *Account
	number uint64
	since  time.Time     // real
	over   chan struct{} // closed when the account is not the check's any more

	// Guarded by the account's lock.
	ending      bool // End has begun
	settings    *tap.Settings
	ownSettings bool
	defaults    defaults // their scripts are held
	frozen      bool
	gates       map[string]timeline.GateState // that were opened or closed during the check, as they were before
}

// CheckedError says that another check has the account.
type CheckedError struct {
	Number uint64        // of the check
	Since  time.Time     // when it began, in real time
	For    time.Duration // since then
}

// Error says since when, and what to do.
func (e *CheckedError) Error() string {
	return fmt.Sprintf("a check has had the account since %s, for %s; wait until it ends, or use another key: each key is an account of its own",
		e.Since.UTC().Format(time.RFC3339), e.For.Round(time.Second))
}

// ErrNoCheck says that the account has no such check.
var ErrNoCheck = errors.New("no such check has the account: it was ended, its connection was closed, or the account was reset")

// errCheckEnded is the cause with which the end of a check cancels deliveries that take too long.
var errCheckEnded = errors.New("the check of the account has ended")

// BeginCheck gives the account to a check. The error is a [*CheckedError] or [ErrEvicted].
func (a *Account) BeginCheck() (c *Check, err error) {
	now := a.gw.cfg.Now()
	err = a.change(func(t *tx) error {
		if other := t.live.check; other != nil {
			return &CheckedError{other.number, other.since, now.Sub(other.since)}
		}
		t.live.checks++
		c = &Check{a: a, number: t.live.checks, since: now, over: make(chan struct{}), settings: t.settings, ownSettings: t.ownSettings,
			defaults: maps.Clone(t.choice.defaults), frozen: t.timeline.Clock.Frozen, gates: map[string]timeline.GateState{}}
		for _, script := range c.defaults {
			_ = t.hold(script) // it is held already, so this needs no more memory
		}
		t.live.check = c
		return nil
	})
	return c, err
}

// Check returns the check that has the account, if it is the one with this number or the number is 0. The error is [ErrNoCheck].
func (a *Account) Check(number uint64) (c *Check, err error) {
	a.update(func(t *tx) { c = t.live.check })
	if c == nil || number != 0 && c.number != number {
		return nil, ErrNoCheck
	}
	return c, nil
}

// Number is unique among the checks of the account.
func (c *Check) Number() uint64 { return c.number }

// Over is closed when the check has ended: the account is restored, or was reset.
func (c *Check) Over() <-chan struct{} { return c.over }

// checkWait is how long the end of a check waits for deliveries, in real time, before it cancels them. It is more than the
// webhook_timeout of a check.
const checkWait = 6 * time.Second

// End returns the account to what it was before the check: settings, default scenarios, and gates; the queue is empty. The clock runs or is
// frozen as before, from its current time. What waits at gates that were opened or closed during the check passes them. End waits for the
// deliveries under way, and cancels them after checkWait. It returns when the check is over, also if another call ends it.
func (c *Check) End() {
	first := false
	c.a.update(func(t *tx) {
		if first = t.live.check == c && !c.ending; first {
			c.ending = true
			c.restore(t)
		}
	})
	if !first {
		<-c.over
		return
	}
	hasTurn := c.awaitTurn()
	c.a.update(func(t *tx) {
		if hasTurn {
			t.endTurn()
		}
		if t.live.check == c {
			c.restoreRest(t)
			t.endCheck()
		}
	})
}

// Drop ends the check and restores nothing, because the account is about to be lost.
func (c *Check) Drop() {
	c.a.update(func(t *tx) {
		if t.live.check == c && !c.ending {
			t.endCheck()
		}
	})
}

// restore restores all that does not wait, and lets pass what waits at gates.
func (c *Check) restore(t *tx) {
	t.settings, t.ownSettings, t.live.settings = c.settings, c.ownSettings, nil
	for _, script := range t.choice.defaults {
		t.letGo(script)
	}
	t.choice.defaults = c.defaults
	t.updateScripted()
	for name := range c.gates {
		t.open(name, 0)
	}
}

// restoreRest empties the queue, to which a create call that was under way may have returned its scenario, and restores the gates, and whether
// the clock is frozen.
func (c *Check) restoreRest(t *tx) {
	t.clearQueue()
	for name, before := range c.gates {
		t.timeline.RestoreGate(name, before)
	}
	switch clock := &t.timeline.Clock; {
	case clock.Frozen && !c.frozen:
		clock.Resume(t.a.gw.cfg.Now())
	case !clock.Frozen && c.frozen:
		clock.Freeze(t.a.gw.cfg.Now())
	}
}

// awaitTurn takes control of the timeline once nothing runs. It reports false if something still runs a while after the deliveries were
// cancelled, or the gateway was closed.
func (c *Check) awaitTurn() bool {
	for _, cancel := range []bool{false, true} {
		if cancel {
			c.a.cancelDeliveries(errCheckEnded)
		}
		if c.tryTurn() {
			return true
		}
	}
	return false
}

func (c *Check) tryTurn() bool {
	ctx, stop := context.WithTimeout(c.a.gw.ctx, checkWait)
	defer stop()
	for c.a.AwaitIdle(ctx) {
		if c.a.takeTurn(ctx) == nil {
			return true
		}
	}
	return false
}

// endCheck ends the check that has the account, if any, and restores nothing.
func (t *tx) endCheck() {
	if t.live.check != nil {
		close(t.live.check.over)
		t.live.check = nil
	}
}

// rememberGate remembers how a gate is before it is opened or closed during a check for the first time.
func (t *tx) rememberGate(name string) {
	if c := t.live.check; c != nil {
		if _, known := c.gates[name]; !known {
			c.gates[name] = t.timeline.Gate(name)
		}
	}
}
