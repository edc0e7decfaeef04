package gateway

import (
	"cmp"
	"context"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
)

// on runs a func on the object of an effect that is under way, unless the account was reset meanwhile.
func (a *Account) on(e effect, f func(t *tx, o object)) {
	a.update(func(t *tx) {
		if o := t.of(e); o != nil {
			f(t, o)
		}
	})
}

// onPayment is [Account.on] for an effect that only charges and authorizations have.
func (a *Account) onPayment(e effect, f func(t *tx, c *Payment)) { a.on(e, ofPayment(f)) }

// perform runs one effect up to its last change, which it returns. No lock is held: the merchant may call the mock meanwhile.
func (a *Account) perform(e effect) lastly {
	switch e.Args.kind {
	case Expire, Settle, Correct, VoidNow, RunAuto:
		return func(t *tx, o object) { o.conclude(t, e) }
	case SendWebhook:
		return a.deliver(e)
	case Return:
		return a.bringBack(e)
	case PayerStep:
		return a.act(e)
	case Answer:
		a.giveAnswer(e)
	}
	return nil
}

// grace is how long, in real time, effects that are due on a frozen clock wait for a call before they start automatically. A call
// within that time first runs all of them, so that consecutive calls see the same state in every run.
const grace = 100 * time.Millisecond // see [Config]

// setAlarm sets the alarm for the next effect.
func (t *tx) setAlarm() {
	at, ever := t.nextStart()
	switch l := t.live; {
	case !ever && l.rings.IsZero() || ever && l.rings.Equal(at):
	case !ever:
		l.rings = time.Time{}
		l.alarm.Clear()
	default:
		l.rings = at
		l.alarm.Set(at)
	}
}

// nextStart returns the real instant at which the next effect starts. It reports false if none does.
func (t *tx) nextStart() (time.Time, bool) {
	due, ok := t.timeline.Next()
	l := t.live
	if !ok || l.turn || l.draining {
		return time.Time{}, false
	}
	at, ever := t.timeline.Clock.RealDue(due)
	if t.timeline.Clock.Frozen && ever {
		if l.graceOver || l.idle.ch != nil || len(l.calm) > 0 { // a call waits for it, perhaps since before it was scheduled
			return longAgo, true
		}
		if l.graceEnd.IsZero() {
			l.graceEnd = t.a.gw.cfg.Now().Add(cmp.Or(t.a.gw.cfg.Grace, grace))
		}
		at = l.graceEnd
	}
	return at, ever
}

// longAgo is an instant that has passed on every real clock.
var longAgo = time.Unix(1, 0)

// endGrace starts the effects that are due on a frozen clock, because a call waits for them.
func (t *tx) endGrace() {
	if clock := t.timeline.Clock; clock.Frozen && !t.live.draining && t.timeline.IsDue(clock.At) {
		t.live.graceOver = true
	}
}

// startDue starts the due effects: those of one charge one after another, those of different charges concurrently. On a frozen
// clock all run one after another, so that every run is the same.
func (a *Account) startDue() {
	a.update(func(t *tx) {
		t.live.rings = time.Time{}
		if t.timeline.Clock.Frozen {
			t.startDrain()
			return
		}
		for now := t.now(); !t.live.turn; {
			e, step := t.take(now, false)
			switch step {
			case timeline.Nothing:
				return
			case timeline.Run:
				a.gw.work.Go(func() { a.runLane(e) })
			}
		}
	})
}

// take takes the next effect that is due at a time, and journals that it waits at a gate.
func (t *tx) take(until time.Time, serial bool) (effect, timeline.Step) {
	e, step := t.timeline.Take(until, serial)
	if step == timeline.Waits {
		t.noteGate(e)
	}
	return e, step
}

// runLane runs an effect, and then the effects of the same charge that became due meanwhile.
func (a *Account) runLane(e effect) {
	for more := true; more; {
		if kind := e.Args.kind; kind == SendWebhook || kind == Return {
			e, more = a.runDelivery(e)
		} else {
			e, more = a.end(e, a.perform(e))
		}
	}
}

// end makes the last change of an effect and ends it. It returns the next effect of its lane.
func (a *Account) end(e effect, last lastly) (next effect, more bool) {
	a.update(func(t *tx) { next, more = t.endEffect(e, last) })
	return next, more
}

func (t *tx) endEffect(e effect, last lastly) (next effect, more bool) {
	if t.epoch != e.Args.epoch {
		return next, false
	}
	if o := t.find(e.Args.object); o != nil && last != nil {
		last(t, o)
	}
	if t.live.turn || t.a.gw.driver.IsClosed() { // a call waits for its turn
		t.timeline.EmptyLanes()
	}
	return t.timeline.End(e.Ref())
}

// runDelivery runs a delivery and returns the next effect of its lane. If the merchant does not respond within the bound, it returns before
// the delivery has ended: a merchant that does not respond delays only its own webhook, not the other effects of the charge.
func (a *Account) runDelivery(e effect) (next effect, more bool) {
	bound := laneWait
	a.onPayment(e, func(t *tx, c *Payment) {
		if c.awaitsWebhook(e) {
			bound = c.Settings.ReturnWait
		}
	})
	var last lastly
	done := make(chan struct{})
	a.gw.work.Go(func() {
		last = a.perform(e)
		close(done)
	})
	if awaitFor(context.Background(), bound, done) {
		return a.end(e, last)
	}
	a.gw.work.Go(func() {
		<-done
		if next, more := a.end(e, last); more {
			a.runLane(next)
		}
	})
	a.onPayment(e, func(t *tx, c *Payment) {
		if c.awaitsWebhook(e) && !c.returnAllowed {
			cause := t.noteTimeout(c)
			t.schedule(c, effect{Due: t.now(), Args: action{kind: Return, script: c.Script, step: c.firstReturn(), attempt: 1, cause: cause}})
		}
	})
	a.update(func(t *tx) {
		if t.epoch == e.Args.epoch && !t.live.turn {
			next, more = t.timeline.LeaveLane(e.Ref())
		}
	})
	return next, more
}

// awaitsWebhook reports whether an automatic payer waits for this webhook before it returns to the merchant.
func (c *Payment) awaitsWebhook(e effect) bool {
	return e.Args.kind == SendWebhook && c.automatic && c.Script.PlainReturn
}

// startDrain starts running the effects that are due on a frozen clock, unless they are being run already.
func (t *tx) startDrain() {
	if !t.live.draining && !t.live.turn {
		t.live.draining = true
		t.a.gw.work.Go(t.a.drain)
	}
}

// drain runs the effects that are due on a frozen clock, one after another.
func (a *Account) drain() {
	var e effect
	var last lastly
	for more := true; more; {
		a.update(func(t *tx) { e, more = t.nextOnFrozen(e, last) })
		if more {
			last = a.perform(e)
		}
	}
}

// nextOnFrozen ends an effect and takes the next one that is due on a frozen clock, or ends the drain.
func (t *tx) nextOnFrozen(done effect, last lastly) (effect, bool) {
	t.endEffect(done, last)
	for clock := t.timeline.Clock; clock.Frozen && !t.live.turn && !t.a.gw.driver.IsClosed(); {
		e, step := t.take(clock.At, true)
		switch step {
		case timeline.Run:
			return e, true
		case timeline.Nothing:
			t.endDrain()
			return effect{}, false
		}
	}
	t.endDrain()
	return effect{}, false
}

func (t *tx) endDrain() {
	t.live.draining, t.live.graceOver, t.live.graceEnd = false, false, time.Time{}
}

// noteGate journals that a due effect waits at its gate.
func (t *tx) noteGate(e effect) {
	t.write(e.Args.object, e.Args.cause, fact{Fact: payment.Said(tap.EventGateReached, string(e.Args.kind)+" waits at the gate "+e.Gate)})
}

// inFlight lists the deliveries under way.
func (t *tx) inFlight() []effect {
	var out []effect
	for _, e := range t.timeline.Running() {
		if e.Args.out {
			out = append(out, e)
		}
	}
	return out
}

// isInFlight reports whether a delivery is under way.
func (t *tx) isInFlight() bool { return len(t.inFlight()) > 0 }

// isIdle reports whether nothing of the account is under way or due.
func (t *tx) isIdle() bool {
	return t.isQuiet() && !t.live.turn && !t.timeline.IsDue(t.now())
}

// isQuiet reports whether nothing of the account is under way.
func (t *tx) isQuiet() bool { return t.timeline.Quiet() && !t.live.draining }

// isCalm reports whether nothing of the charge is under way or due.
func (t *tx) isCalm(lane uint64) bool {
	if t.payments.at(lane) == nil || t.timeline.Clock.Frozen {
		return t.payments.at(lane) == nil || t.isIdle()
	}
	return t.timeline.Calm(lane, t.now())
}

// lastly is the last change that an effect makes. It is made in one step with the end of the effect; nil is none.
type lastly func(t *tx, o object)

// ofPayment is the last change of an effect that only charges and authorizations have.
func ofPayment(f func(t *tx, c *Payment)) lastly {
	return func(t *tx, o object) {
		if c, ok := o.(*Payment); ok {
			f(t, c)
		}
	}
}
