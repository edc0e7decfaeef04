package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// BusyError is returned by what moves an account's clock, or resets the account, while another one or a delivery is under
// way, also from inside a webhook's handler, which would otherwise wait for itself.
type BusyError struct{ Delivery string } // "attempt 1 for chg_…", or "" if none is out

// Error names the delivery under way.
func (e *BusyError) Error() string {
	if e.Delivery == "" {
		return "the account's clock is being moved"
	}
	return "a delivery of the account is under way: " + e.Delivery
}

// ErrBackwards is returned when a clock would be turned back while something has happened on it.
var ErrBackwards = errors.New("a clock is not turned back once something has happened on it; reset the account first")

// maxEffects bounds what one Advance may run, so that effects that schedule each other come to an end.
const maxEffects = 100_000

// Advanced says what moving a clock has done.
type Advanced struct {
	Ran   int // effects
	Now   time.Time
	Gates []string // gates at which something that fell due waits; it was passed over
}

// Advance moves the account's clock on by d and runs all that falls due meanwhile, strictly in order, what it leads to
// included. It returns once every delivery among them has been answered. While one is out the clock stands. Effects at a shut
// gate are passed over. If a delivery or another Advance is under way, it is a [*BusyError] at once. If ctx ends, or after
// 100,000 effects, it stops with an error and the clock stays at the last effect.
func (a *Account) Advance(ctx context.Context, d time.Duration) (Advanced, error) {
	if d < 0 {
		return Advanced{}, ErrBackwards
	}
	return a.move(ctx, func(now time.Time) time.Time { return now.Add(d) }, false)
}

// Freeze stops the clock, at that instant or, if it is zero, where it stands. A later instant is advanced to; an earlier one is
// taken only while the account has no charges and no journal, else it is [ErrBackwards]. Errors as those of [Account.Advance].
func (a *Account) Freeze(ctx context.Context, at time.Time) (Advanced, error) {
	return a.move(ctx, func(now time.Time) time.Time {
		if at.IsZero() {
			return now
		}
		return at.UTC()
	}, true)
}

// Resume lets a frozen clock run on from where it stands. Errors as those of [Account.Advance].
func (a *Account) Resume(ctx context.Context) error {
	if err := a.takeTurn(ctx); err != nil {
		return err
	}
	defer a.endTurn()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.clock.frozen {
		a.clock.resume(a.gw.cfg.Now())
		a.standing.Store(false)
	}
	return nil
}

// move takes the clock to an instant and lets it stand there, or run on if it ran.
func (a *Account) move(ctx context.Context, to func(now time.Time) time.Time, freeze bool) (Advanced, error) {
	if err := a.takeTurn(ctx); err != nil {
		return Advanced{}, err
	}
	defer a.endTurn()
	a.mu.Lock()
	before, stood := a.clock, a.clock.frozen
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
	stay := stood || freeze
	switch {
	case errors.Is(err, ErrBackwards):
		a.clock, stay = before, stood
	case !stay:
		a.clock.resume(a.gw.cfg.Now())
	}
	a.standing.Store(stay)
	return Advanced{Ran: ran, Now: a.nowLocked(), Gates: a.heldGatesLocked()}, err
}

// turnBackLocked sets the clock to an earlier instant, if nothing has happened yet.
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
		a.do(e)
	}
	return maxEffects, fmt.Errorf("after %d effects the clock has not come to %s", maxEffects, until.UTC().Format(time.RFC3339))
}

// takeTurn stops the scheduler for this account and waits until nothing of it runs.
func (a *Account) takeTurn(ctx context.Context) error {
	a.mu.Lock()
	if a.advancing || len(a.out) > 0 {
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
	if len(a.out) == 0 {
		return &BusyError{}
	}
	return &BusyError{Delivery: a.out[0].String()}
}

func (a *Account) endTurn() {
	a.mu.Lock()
	defer a.unlock()
	a.advancing, a.eager, a.graceEnd = false, false, time.Time{}
}

// quietLocked returns a channel that is closed once nothing of the account runs.
func (a *Account) quietLocked() <-chan struct{} {
	if a.running == 0 {
		return closed
	}
	if a.quiet == nil {
		a.quiet = make(chan struct{})
	}
	return a.quiet
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// idleLocked returns a channel that is closed once nothing of the account runs or is due.
func (a *Account) idleLocked() <-chan struct{} {
	if a.isIdleLocked() {
		return closed
	}
	a.hurryLocked()
	if a.idling == nil {
		a.idling = make(chan struct{})
	}
	return a.idling
}

func (a *Account) isIdleLocked() bool {
	e := a.timeline.next()
	return a.running == 0 && !a.advancing && (e == nil || e.Due.After(a.nowLocked()))
}

// step takes the next effect due by then and sets the clock to its time, or to until if there is none.
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
		if !a.parkLocked(e) {
			return e
		}
	}
}

// AwaitIdle waits until nothing of the account runs or is due, or until ctx is done, and reports which.
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

// Calm waits, on a frozen clock, until nothing of the account runs or is due, so that calls one after another find the same
// state in every run. It waits no longer than the setting return_wait, and on a running clock or while a delivery is under way not at all:
// the call may come from inside that delivery's handler.
func (a *Account) Calm(ctx context.Context) {
	if !a.standing.Load() {
		return
	}
	a.mu.Lock()
	idle, bound := a.idleLocked(), calmWait
	if len(a.out) > 0 {
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
