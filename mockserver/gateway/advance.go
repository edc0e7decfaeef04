package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/timeline"
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
	a.update(func(t *tx) {
		if t.timeline.Clock.Frozen {
			t.timeline.Clock.Resume(a.gw.cfg.Now())
		}
		t.endTurn()
	})
	return nil
}

// move moves the clock to an instant. It then freezes the clock if it was frozen before or freeze is set.
func (a *Account) move(ctx context.Context, to func(now time.Time) time.Time, freeze bool) (done Advanced, err error) {
	if err := a.takeTurn(ctx); err != nil {
		return Advanced{}, err
	}
	var until time.Time
	stay := freeze
	a.update(func(t *tx) {
		stay = stay || t.timeline.Clock.Frozen
		before := t.timeline.Clock
		t.timeline.Clock.Freeze(a.gw.cfg.Now())
		until = to(t.timeline.Clock.At)
		if err = t.turnBack(until); err != nil {
			t.timeline.Clock = before
			t.endTurn()
		}
	})
	if err != nil {
		return Advanced{Now: a.Now()}, err
	}
	ran, err := a.runUntil(ctx, until)
	a.update(func(t *tx) {
		if !stay {
			t.timeline.Clock.Resume(a.gw.cfg.Now())
		}
		done = Advanced{Ran: ran, Now: t.now(), Gates: t.reachedGates()}
		t.endTurn()
	})
	return done, err
}

// turnBack sets the clock to an earlier instant, if nothing has happened on the account yet. A later instant it ignores.
func (t *tx) turnBack(until time.Time) error {
	if !until.Before(t.timeline.Clock.At) {
		return nil
	}
	if t.payments.len() > 0 || t.journal.Last() > 0 {
		return ErrBackwards
	}
	t.timeline.Clock.At = until
	return nil
}

func (a *Account) runUntil(ctx context.Context, until time.Time) (int, error) {
	var e effect
	var last lastly
	for n := range maxEffects {
		stopped, more := ctx.Err(), false
		a.update(func(t *tx) { e, more = t.step(e, last, until, stopped == nil) })
		if !more {
			return n, stopped
		}
		last = a.perform(e)
	}
	a.end(e, last)
	return maxEffects, fmt.Errorf("stopped after %d effects, before the clock reached %s", maxEffects, until.UTC().Format(time.RFC3339))
}

// step ends an effect, and takes the next one that is due at until and sets the clock to its time. If there is none it sets the clock to
// until.
func (t *tx) step(done effect, last lastly, until time.Time, more bool) (effect, bool) {
	t.endEffect(done, last)
	for more {
		e, step := t.take(until, true)
		if step == timeline.Nothing {
			t.timeline.Clock.At = until
			return e, false
		}
		if e.Due.After(t.timeline.Clock.At) {
			t.timeline.Clock.At = e.Due
		}
		if step == timeline.Run {
			return e, true
		}
	}
	return effect{}, false
}

// takeTurn gives the caller control of the timeline: no more effects of the account start, and none is under way.
func (a *Account) takeTurn(ctx context.Context) error {
	var quiet <-chan struct{}
	err := a.change(func(t *tx) error {
		if t.live.turn || t.isInFlight() {
			return t.busy()
		}
		t.live.turn = true
		quiet = t.awaitQuiet()
		return nil
	})
	if err != nil {
		return err
	}
	if !await(ctx, ctx, quiet) {
		a.update((*tx).endTurn)
		return ctx.Err()
	}
	return nil
}

func (t *tx) busy() error {
	if out := t.inFlight(); len(out) > 0 {
		first := describe(out[0])
		return &BusyError{Delivery: first.String()}
	}
	return &BusyError{}
}

func (t *tx) endTurn() { t.live.turn, t.live.graceOver, t.live.graceEnd = false, false, time.Time{} }

// awaitQuiet returns a channel that is closed once nothing of the account is under way.
func (t *tx) awaitQuiet() <-chan struct{} {
	if t.isQuiet() {
		return closed
	}
	return t.live.quiet.wait()
}

// awaitIdle returns a channel that is closed once nothing of the account is under way or due.
func (t *tx) awaitIdle() <-chan struct{} {
	if t.isIdle() {
		return closed
	}
	t.endGrace()
	return t.live.idle.wait()
}

// AwaitIdle waits until no effect of the account is running or due. It reports false if ctx is done before.
func (a *Account) AwaitIdle(ctx context.Context) bool {
	var idle <-chan struct{}
	a.update(func(t *tx) { idle = t.awaitIdle() })
	return await(ctx, ctx, idle)
}

// Calm waits on a frozen clock until no effect of the account is running or due, so that consecutive calls see the same state in
// every run. It waits at most calmWait. It does not wait on a running clock, nor while a delivery is under way: the call may come
// from that delivery's handler.
func (a *Account) Calm(ctx context.Context) {
	if !a.frozen.Load() {
		return
	}
	idle := (<-chan struct{})(closed)
	a.update(func(t *tx) {
		if !t.isInFlight() {
			idle = t.awaitIdle()
		}
	})
	awaitFor(ctx, calmWait, idle)
}
