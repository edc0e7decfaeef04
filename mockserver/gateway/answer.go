package gateway

import (
	"context"
	"fmt"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// BeforeAnswer waits until the effects of the object that are due before its create answer have run, such as a payer that pays at
// created. It waits at most calmWait, and not at all while the clock is being moved.
func (a *Account) BeforeAnswer(ctx context.Context, name tap.Object) {
	var calm chan struct{}
	a.update(func(t *tx) {
		o := t.find(name)
		if o == nil || o.run().isPlain() || t.live.turn || !o.run().Script.HasStepsAt(scenarios.Created) || t.isCalm(o.run().lane) {
			return
		}
		calm = make(chan struct{})
		if t.live.calm == nil {
			t.live.calm = map[chan struct{}]uint64{}
		}
		t.live.calm[calm] = o.run().lane
		t.endGrace()
	})
	if calm != nil && !awaitFor(ctx, calmWait, calm) {
		a.update(func(t *tx) { delete(t.live.calm, calm) })
	}
}

// Answering announces that the object's create answer is about to be written. The returned func must be called when the writing
// has ended; answered says whether the answer was written completely. Only then are the steps that are scheduled at answered put
// on the timeline.
func (a *Account) Answering(name tap.Object) (over func(answered bool)) {
	var mark effect
	a.update(func(t *tx) { mark = t.begin(t.find(name), action{kind: writing}) })
	return func(answered bool) {
		a.update(func(t *tx) {
			if t.epoch != mark.Args.epoch {
				return
			}
			if o := t.find(name); o != nil && answered {
				t.react(o, tap.EventAnswered, t.note(name, o.run().createdBy, tap.EventAnswered, "the create answer was written"))
			}
			t.timeline.End(mark.Ref())
		})
	}
}

// delayedAnswer is an answer of the API that is delayed or waits at a gate.
type delayedAnswer struct {
	due     chan struct{} // closed when it may be written
	written chan struct{} // closed when it has been written
}

// DelayAnswer delays an answer of the API for as long as the fault says, on the account's clock, or until its gate is released. It
// returns a func that must be called once the answer has been written, and an error if ctx or the gateway ended before.
func (a *Account) DelayAnswer(ctx context.Context, about tap.Object, f *scenarios.Fault) (written func(), err error) {
	var answer *delayedAnswer
	var e effect
	var ended context.Context
	a.update(func(t *tx) { answer, e, ended = t.delayAnswer(about, f) })
	if answer == nil {
		return func() {}, nil
	}
	if await(ctx, ended, answer.due) {
		return func() { close(answer.written) }, nil
	}
	if err = ctx.Err(); err == nil {
		err = context.Cause(ended)
	}
	close(answer.written)
	a.update(func(t *tx) {
		if t.epoch == e.Args.epoch {
			delete(t.live.answers, e.Args.answer)
			t.timeline.Drop(e.Ref())
		}
	})
	return nil, err
}

// delayAnswer schedules an answer, or returns nil if it need not be delayed.
func (t *tx) delayAnswer(about tap.Object, f *scenarios.Fault) (*delayedAnswer, effect, context.Context) {
	lane := laneOf(t.find(about))
	if f.Delay == 0 && !t.timeline.IsClosed(string(f.Gate), lane) {
		return nil, effect{}, nil
	}
	t.answers++
	answer := &delayedAnswer{make(chan struct{}), make(chan struct{})}
	if t.live.answers == nil {
		t.live.answers = map[uint64]*delayedAnswer{}
	}
	t.live.answers[t.answers] = answer
	t.note(about, 0, tap.EventAnswerDelayed, fmt.Sprintf("%s: %s", f.On, f))
	e := effect{Lane: lane, Due: t.in(f.Delay.Time()), Gate: string(f.Gate), Free: true,
		Args: action{kind: Answer, object: about, answer: t.answers, epoch: t.epoch}}
	if f.Delay > 0 {
		return answer, t.timeline.Get(t.timeline.Add(e)), t.live.ctx
	}
	t.noteGate(e) // to its gate at once: on a frozen clock the delivery under way may wait for this answer
	return answer, t.timeline.Get(t.timeline.Wait(e)), t.live.ctx
}

// giveAnswer allows a delayed answer of the API to be written, and waits until it is.
func (a *Account) giveAnswer(e effect) {
	var answer *delayedAnswer
	var ctx context.Context
	a.update(func(t *tx) {
		if t.epoch == e.Args.epoch {
			answer, ctx = t.live.answers[e.Args.answer], t.live.ctx
			delete(t.live.answers, e.Args.answer)
		}
	})
	if answer != nil {
		close(answer.due)
		awaitFor(ctx, answerWait, answer.written)
	}
}
