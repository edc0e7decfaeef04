package gateway

import (
	"context"
	"slices"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// deliver makes one attempt of a webhook step, in the number of copies that the step wants. A retry is a new effect.
func (a *Account) deliver(e effect) lastly {
	w := e.Args.script.Callbacks[e.Args.step].Webhook
	var sent *Sent
	var then evidence
	a.on(e, func(t *tx, o object) {
		if sent = t.compose(o, &e, w); sent != nil {
			then, _ = t.shown(sent)
			t.timeline.Args(e.Ref()).out = true
		}
	})
	if sent == nil { // the merchant is not notified
		return func(t *tx, o object) { t.attempted(o, e) }
	}
	copies := 1
	if e.Args.attempt == 1 {
		copies = max(1, w.Copies)
	}
	attempts := a.sendCopies(sent.message(a.key, then), copies, w.IsConcurrent())
	return func(t *tx, o object) { t.delivered(o, e, w, sent, attempts) }
}

// compose returns the webhook as it is sent now, or nil if the merchant is not notified.
func (t *tx) compose(o object, e *effect, w *scenarios.Webhook) *Sent {
	if !o.notifies(e.Args.script) {
		return nil
	}
	if e.Args.delivery == 0 {
		e.Args.delivery = t.newDelivery()
		t.timeline.Args(e.Ref()).delivery = e.Args.delivery
	}
	url, _ := o.post()
	s := &Sent{Attempt: e.Args.attempt, url: url, delivery: e.Args.delivery, of: o.version()}
	if w.Genuine() {
		return s
	}
	s.twist = &twist{forge: w.Forge, seed: o.head().Rand().Uint64(), replay: w.IsReplay()}
	if w.Forge.WrongValue() {
		s.twist.other = t.otherOrder(o)
	}
	if w.IsReplay() {
		s.twist.replayed = t.toReplay(o)
	}
	return s
}

// toReplay returns the webhook that a replay repeats: the last genuine one of the object, or else of the account. It is nil if there is
// none, or if its object was evicted.
func (t *tx) toReplay(o object) *Sent {
	if sent := o.run().sent; sent != nil {
		return sent
	}
	if t.lastSent != nil {
		if _, err := t.shown(t.lastSent); err == nil {
			return t.lastSent
		}
	}
	return nil
}

// delivered records the result of an attempt and schedules what follows from it.
func (t *tx) delivered(o object, e effect, w *scenarios.Webhook, sent *Sent, attempts []Attempt) {
	t.timeline.Args(e.Ref()).out = false
	cause := e.Args.cause
	for i := range attempts {
		cause = t.write(o.Name(), e.Args.cause, fact{payment.Said(tap.EventWebhook, ""), &call{attempts[i], sent, int16(i), int16(len(attempts)), false}})
	}
	t.assumeAttempts(o, attempts, cause)
	if w.Genuine() {
		t.lastSent = sent
		if p := o.run(); !p.isPlain() {
			p.sent = sent
		}
	}
	t.afterAttempt(o, e, w, slices.ContainsFunc(attempts, Attempt.OK), cause)
	e.Args.cause = cause
	t.attempted(o, e)
}

// attempted reaches the moment of a webhook step after its first attempt.
func (t *tx) attempted(o object, e effect) {
	if e.Args.attempt == 1 {
		t.reach(o, moment{scenarios.FirstAttempt, e.Args.script.Number(e.Args.step)}, e.Args.cause)
	}
}

// afterAttempt updates post.status and schedules the next attempt.
func (t *tx) afterAttempt(o object, e effect, w *scenarios.Webhook, ok bool, cause uint64) {
	_, status := o.post()
	switch v, wait := decideRetry(w, ok, e.Args.attempt, o.head().Settings.WebhookRetries); {
	case v == acknowledged:
		*status = payment.Succeeded
	case v == retries:
		if !w.Retries.Set {
			t.emit(o, o.head().Assume(payment.AssumesRetries, nil), cause)
		}
		t.schedule(o, effect{Due: t.in(wait), Args: action{kind: SendWebhook, script: e.Args.script, step: e.Args.step, delivery: e.Args.delivery,
			attempt: e.Args.attempt + 1, cause: cause}})
	case v == givenUp && *status != payment.Succeeded:
		*status = payment.Failed
		t.write(o.Name(), cause, fact{Fact: payment.Counted(tap.EventGivenUp, e.Args.attempt)})
	}
}

// assumeAttempts records what is assumed about timeouts and about responses that are neither 200 nor an error.
func (t *tx) assumeAttempts(o object, attempts []Attempt, cause uint64) {
	for i := range attempts {
		switch one := &attempts[i]; {
		case one.Failure == "timeout":
			t.emit(o, o.head().Assume(payment.AssumesTimeout, nil), cause)
		case one.Status > 200 && one.Status < 400:
			t.emit(o, o.head().Assume(payment.Assumes2xx, nil), cause)
		}
	}
}

// sendCopies sends copies of a webhook, one after another or concurrently.
func (a *Account) sendCopies(d Delivery, copies int, concurrent bool) []Attempt {
	if concurrent {
		return a.call(d.Timeout, copies, func(ctx context.Context, relay bool) []Attempt {
			if relay {
				return a.relay(ctx, &RelayTask{Webhook: d, Copies: copies, Concurrent: true})
			}
			return a.gw.cfg.SendConcurrently(ctx, d, copies)
		})
	}
	attempts := make([]Attempt, copies)
	for i := range attempts {
		attempts[i] = a.send(d)
	}
	return attempts
}

// send waits for a slot and sends one copy of a webhook.
func (a *Account) send(d Delivery) Attempt {
	return a.call(d.Timeout, 1, func(ctx context.Context, relay bool) []Attempt {
		if relay {
			return a.relay(ctx, &RelayTask{Webhook: d, Copies: 1})
		}
		return []Attempt{a.gw.cfg.Send(ctx, d)}
	})[0]
}
