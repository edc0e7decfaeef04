package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// BusyError is returned by [Account.Advance] while another one or a delivery is under way, also from inside a webhook's
// handler, which would otherwise wait for itself.
type BusyError struct{ Delivery string } // "attempt 1 for chg_…", or "" if none is out

// Error names the delivery under way.
func (e *BusyError) Error() string {
	if e.Delivery == "" {
		return "the account's clock is being advanced"
	}
	return "a delivery of the account is under way: " + e.Delivery
}

// maxEffects bounds what one Advance may run, so that effects that schedule each other come to an end.
const maxEffects = 100_000

// Advance moves the account's clock on by d and runs all that falls due meanwhile, strictly in order, what it leads to
// included. It returns how many effects ran, once every delivery among them has been answered. While one is out the clock
// stands. If a delivery or another Advance is under way, it is a [*BusyError] at once. If ctx ends, or after 100,000 effects, it stops with an error and the clock stays at the last effect.
func (a *Account) Advance(ctx context.Context, d time.Duration) (int, error) {
	if d < 0 {
		return 0, errors.New("a clock is not turned back")
	}
	if err := a.takeTurn(ctx); err != nil {
		return 0, err
	}
	defer a.endTurn()
	a.mu.Lock()
	wasFrozen := a.clock.frozen
	a.clock.freeze(a.gw.cfg.Now())
	until := a.clock.at.Add(d)
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if !wasFrozen {
			a.clock.resume(a.gw.cfg.Now())
		}
	}()
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
	return &BusyError{Delivery: fmt.Sprintf("attempt %d for %s", a.out[0].Attempt, a.out[0].Charge)}
}

func (a *Account) endTurn() {
	a.mu.Lock()
	defer a.unlock()
	a.advancing = false
}

// quietLocked returns a channel that is closed once nothing of the account runs.
func (a *Account) quietLocked() <-chan struct{} {
	if a.running == 0 {
		now := make(chan struct{})
		close(now)
		return now
	}
	if a.quiet == nil {
		a.quiet = make(chan struct{})
	}
	return a.quiet
}

// step takes the next effect due by then and sets the clock to its time, or to until if there is none.
func (a *Account) step(until time.Time) *Effect {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.timeline.next()
	if e == nil || e.Due.After(until) {
		a.clock.at = until
		return nil
	}
	a.timeline.remove(e)
	if e.Due.After(a.clock.at) {
		a.clock.at = e.Due
	}
	return e
}
