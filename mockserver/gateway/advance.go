package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// BusyError is returned by a call that moves an account's clock or resets the account while another such call or a delivery is
// under way. A call from inside a webhook handler gets it too; it would otherwise wait for its own webhook.
type BusyError struct{ Delivery string } // "attempt 1 for chg_…", or "" if none is under way

// Error names the delivery under way.
func (e *BusyError) Error() string {
	if e.Delivery == "" {
		return "the account's clock is being moved"
	}
	return "a delivery of the account is under way: " + e.Delivery
}

// ErrBackwards is returned if a clock would be set to an earlier time although the account has charges or journal entries.
var ErrBackwards = errors.New("the clock cannot be set to an earlier time once the account has charges or journal entries; reset the account first")

// maxEffects bounds how many effects one Advance runs, so that effects that schedule each other cannot run forever.
const maxEffects = 100_000

// Advanced is the result of moving a clock.
type Advanced struct {
	Ran   int // effects that were run
	Now   time.Time
	Gates []string // gates at which due effects wait; those effects were not run
}

// Advance moves the account's clock forward by d and runs everything that falls due, strictly in order, including the effects
// that these cause. It returns once every delivery among them has ended; while one is under way the clock is frozen. Effects at a
// closed gate are not run. If a delivery or another Advance is under way, it returns a [*BusyError] at once. If ctx ends, or
// after 100,000 effects, it stops with an error and the clock stays at the last effect.
func (a *Account) Advance(ctx context.Context, d time.Duration) (Advanced, error) {
	if d < 0 {
		return Advanced{}, ErrBackwards
	}
	return a.move(ctx, func(now time.Time) time.Time { return now.Add(d) }, false)
}

// Freeze stops the clock at an instant; the zero value means now. To a later instant it advances; an earlier one is possible only
// while the account has no charges and no journal, otherwise the error is [ErrBackwards]. Other errors: see [Account.Advance].
func (a *Account) Freeze(ctx context.Context, at time.Time) (Advanced, error) {
	return a.move(ctx, func(now time.Time) time.Time {
		if at.IsZero() {
			return now
		}
		return at.UTC()
	}, true)
}

// Resume starts a frozen clock again, from its current time. Errors: see [Account.Advance].
func (a *Account) Resume(ctx context.Context) error {
	if err := a.takeTurn(ctx); err != nil {
		return err
	}
	defer a.endTurn()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.clock.frozen {
		a.clock.resume(a.gw.cfg.Now())
		a.frozen.Store(false)
	}
	return nil
}

// move moves the clock to an instant. It then freezes the clock if it was frozen before or freeze is set.
func (a *Account) move(ctx context.Context, to func(now time.Time) time.Time, freeze bool) (Advanced, error) {
	if err := a.takeTurn(ctx); err != nil {
		return Advanced{}, err
	}
	defer a.endTurn()
	a.mu.Lock()
	before, wasFrozen := a.clock, a.clock.frozen
	a.clock.freeze(a.gw.cfg.Now())
	until := to(a.clock.at)
	err := a.turnBackLocked(until)
	a.mu.Unlock()
	ran := 0
	if err == nil {
		ran, err = a.runUntil(ctx, until)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	stay := wasFrozen || freeze
	switch {
	case errors.Is(err, ErrBackwards):
		a.clock, stay = before, wasFrozen
	case !stay:
		a.clock.resume(a.gw.cfg.Now())
	}
	a.frozen.Store(stay)
	return Advanced{Ran: ran, Now: a.nowLocked(), Gates: a.reachedGatesLocked()}, err
}

// turnBackLocked sets the clock to an earlier instant, if nothing has happened on the account yet. A later instant it ignores.
func (a *Account) turnBackLocked(until time.Time) error {
	if !until.Before(a.clock.at) {
		return nil
	}
	if len(a.charges) > 0 || a.journal.seq > 0 {
		return ErrBackwards
	}
	a.clock.at = until
	return nil
}

func (a *Account) runUntil(ctx context.Context, until time.Time) (int, error) {
	for n := range maxEffects {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		e := a.step(until)
		if e == nil {
			return n, nil
		}
		a.runEffect(e)
	}
	return maxEffects, fmt.Errorf("stopped after %d effects, before the clock reached %s", maxEffects, until.UTC().Format(time.RFC3339))
}

// takeTurn gives the caller control of the timeline: the scheduler starts no more effects of the account, and none is running.
func (a *Account) takeTurn(ctx context.Context) error {
	if err := a.lockLive(); err != nil {
		return err
	}
	if a.advancing || len(a.inFlight) > 0 {
		defer a.mu.Unlock()
		return a.busyLocked()
	}
	a.advancing = true
	quiet := a.quietLocked()
	a.unlock()
	select {
	case <-quiet:
		return nil
	case <-ctx.Done():
		a.endTurn()
		return ctx.Err()
	}
}

func (a *Account) busyLocked() error {
	if len(a.inFlight) == 0 {
		return &BusyError{}
	}
	return &BusyError{Delivery: a.inFlight[0].String()}
}

func (a *Account) endTurn() {
	a.mu.Lock()
	defer a.unlock()
	a.advancing, a.graceOver, a.graceEnd = false, false, time.Time{}
}

// quietLocked returns a channel that is closed once no effect of the account is running.
func (a *Account) quietLocked() <-chan struct{} {
	if a.running == 0 {
		return closed
	}
	if a.quietSignal == nil {
		a.quietSignal = make(chan struct{})
	}
	return a.quietSignal
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// idleLocked returns a channel that is closed once no effect of the account is running or due.
func (a *Account) idleLocked() <-chan struct{} {
	if a.isIdleLocked() {
		return closed
	}
	a.endGraceLocked()
	if a.idleSignal == nil {
		a.idleSignal = make(chan struct{})
	}
	return a.idleSignal
}

func (a *Account) isIdleLocked() bool {
	e := a.timeline.next()
	return a.running == 0 && !a.advancing && (e == nil || e.Due.After(a.nowLocked()))
}

// step takes the next effect that is due at until and sets the clock to its time. If there is none it sets the clock to until.
func (a *Account) step(until time.Time) *Effect {
	a.mu.Lock()
	defer a.unlock()
	for {
		e := a.timeline.next()
		if e == nil || e.Due.After(until) {
			a.clock.at = until
			return nil
		}
		a.timeline.remove(e)
		if e.Due.After(a.clock.at) {
			a.clock.at = e.Due
		}
		if !a.waitAtGateLocked(e) {
			return e
		}
	}
}

// AwaitIdle waits until no effect of the account is running or due. It reports false if ctx is done before.
func (a *Account) AwaitIdle(ctx context.Context) bool {
	a.mu.Lock()
	idle := a.idleLocked()
	a.mu.Unlock()
	select {
	case <-idle:
		return true
	case <-ctx.Done():
		return false
	}
}

// Calm waits on a frozen clock until no effect of the account is running or due, so that consecutive calls see the same state in
// every run. It waits at most calmWait. It does not wait on a running clock, nor while a delivery is under way: the call may come
// from that delivery's handler.
func (a *Account) Calm(ctx context.Context) {
	if !a.frozen.Load() {
		return
	}
	a.mu.Lock()
	idle, bound := a.idleLocked(), calmWait
	if len(a.inFlight) > 0 {
		idle = closed
	}
	a.mu.Unlock()
	wait, stop := context.WithTimeout(ctx, bound)
	defer stop()
	select {
	case <-idle:
	case <-wait.Done():
	}
}
