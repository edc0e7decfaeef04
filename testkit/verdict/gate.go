package verdict

import (
	"context"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// openGates closes the gates of the story and opens each when its moment has come. The returned func ends that.
func (p *performance) openGates(ctx context.Context) (end func(), err error) {
	gate, open := "", func(context.Context, <-chan struct{}) {}
	switch {
	case p.story.Concurrent > 0:
		gate, open = meetGate, p.meet
	case p.story.Slow != "":
		gate, open = slowGate, p.awaitHangUp
	case p.split:
		return func() {}, p.check.Mock.Hold(ctx, returnGate)
	default:
		return func() {}, nil
	}
	if err := p.check.Mock.Hold(ctx, gate); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	came, done := make(chan struct{}), make(chan struct{})
	unwatch := p.watch(ctx, came)
	go func() {
		defer close(done)
		open(ctx, came)
		_, _ = p.check.Mock.Release(context.WithoutCancel(ctx), gate, "") // if that fails, AwaitIdle says what hangs
	}()
	return func() { stop(); <-done; unwatch() }, nil
}

// watch sends on came for each answer of the API that is held, until it is stopped.
func (p *performance) watch(ctx context.Context, came chan<- struct{}) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for after := p.began; ctx.Err() == nil; {
			j, err := p.check.Mock.Journal(ctx, control.JournalQuery{After: after, Event: tap.EventAnswerDelayed, Limit: 1, Wait: time.Minute})
			if err != nil {
				return
			}
			for _, e := range j.Entries {
				after = e.Seq
				select {
				case came <- struct{}{}:
				case <-ctx.Done():
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// quiet is how long, in real time, a request at the gate waits for the next one: a merchant may let one wait for the other.
const quiet = 100 * time.Millisecond

// meet waits until all concurrent requests of the story have come, or no more come.
func (p *performance) meet(ctx context.Context, came <-chan struct{}) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for range p.story.Concurrent {
		select {
		case <-came:
			timer.Reset(quiet)
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// awaitHangUp waits until the client of the held answer has hung up, at most ClientTimeoutWithin.
func (p *performance) awaitHangUp(ctx context.Context, came <-chan struct{}) {
	select {
	case <-came:
	case <-ctx.Done():
		return
	}
	limit := time.NewTimer(p.check.ClientTimeoutWithin)
	defer limit.Stop()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case <-poll.C:
			if t, err := p.check.Mock.Timeline(ctx); err == nil && !waitsAt(t.Waiting, slowGate) {
				return
			}
		case <-limit.C:
			p.waited = true
			return
		case <-ctx.Done():
			return
		}
	}
}

// waitsAt reports whether an effect waits at a gate.
func waitsAt(effects []control.Effect, gate string) bool {
	for _, e := range effects {
		if e.Gate == gate {
			return true
		}
	}
	return false
}

// slowly says which call the merchant still waited for.
func slowly(on scenarios.Operation) string {
	if on == scenarios.CreateCharge {
		return "POST /v2/charges"
	}
	return "GET /v2/charges/{id}"
}
