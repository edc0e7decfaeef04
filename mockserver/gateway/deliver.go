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
	var charge payment.Charge
	a.on(e, func(t *tx, c *Charge) {
		if sent = t.compose(c, &e, w); sent != nil {
			charge, _ = t.shown(sent)
			t.timeline.Args(e.Ref()).out = true
		}
	})
	if sent == nil { // the merchant is not notified
		return func(t *tx, c *Charge) { t.attempted(c, e) }
	}
	copies := 1
	if e.Args.attempt == 1 {
		copies = max(1, w.Copies)
	}
	attempts := a.sendCopies(sent.message(a.key, charge), copies, w.IsConcurrent())
	return func(t *tx, c *Charge) { t.delivered(c, e, w, sent, attempts) }
}

// compose returns the webhook as it is sent now, or nil if the merchant is not notified.
func (t *tx) compose(c *Charge, e *effect, w *scenarios.Webhook) *Sent {
	if !c.notifies(e.Args.script) {
		return nil
	}
	if e.Args.delivery == 0 {
		e.Args.delivery = t.newDelivery()
		t.timeline.Args(e.Ref()).delivery = e.Args.delivery
	}
	s := &Sent{Attempt: e.Args.attempt, url: c.Request.PostURL, delivery: e.Args.delivery,
		of: version{c.number, c.Ordinal, int16(c.Latest()), c.Source == tap.SourceKNET}}
	if w.Genuine() {
		return s
	}
	s.twist = &twist{forge: w.Forge, seed: c.Rand().Uint64(), replay: w.IsReplay()}
	if w.Forge.WrongValue() {
		s.twist.other = t.otherOrder(c)
	}
	if w.IsReplay() {
		s.twist.replayed = t.toReplay(c)
	}
	return s
}

// toReplay returns the webhook that a replay repeats: the last genuine one of the charge, or else of the account. It is nil if there is
// none, or if its charge was evicted.
func (t *tx) toReplay(c *Charge) *Sent {
	if c.sent != nil {
		return c.sent
	}
	if t.lastSent != nil {
		if _, err := t.shown(t.lastSent); err == nil {
			return t.lastSent
		}
	}
	return nil
}

// delivered records the result of an attempt and schedules what follows from it.
func (t *tx) delivered(c *Charge, e effect, w *scenarios.Webhook, sent *Sent, attempts []Attempt) {
	t.timeline.Args(e.Ref()).out = false
	cause := e.Args.cause
	for i := range attempts {
		cause = t.write(c.Name(), e.Args.cause, fact{payment.Said(tap.EventWebhook, ""), &call{attempts[i], sent, int16(i), int16(len(attempts)), false}})
	}
	t.assumeAttempts(c, attempts, cause)
	if w.Genuine() {
		t.lastSent = sent
		if !c.isPlain() {
			c.sent = sent
		}
	}
	t.afterAttempt(c, e, w, slices.ContainsFunc(attempts, Attempt.OK), cause)
	e.Args.cause = cause
	t.attempted(c, e)
}

// attempted reaches the moment of a webhook step after its first attempt.
func (t *tx) attempted(c *Charge, e effect) {
	if e.Args.attempt == 1 {
		t.reach(c, moment{scenarios.FirstAttempt, e.Args.script.Number(e.Args.step)}, e.Args.cause)
	}
}

// afterAttempt updates post.status and schedules the next attempt.
func (t *tx) afterAttempt(c *Charge, e effect, w *scenarios.Webhook, ok bool, cause uint64) {
	switch v, wait := decideRetry(w, ok, e.Args.attempt, c.Settings.WebhookRetries); {
	case v == acknowledged:
		c.Post = payment.Succeeded
	case v == retries:
		if !w.Retries.Set {
			t.emit(c, c.Assume(payment.AssumesRetries, nil), cause)
		}
		t.schedule(c, effect{Due: t.in(wait), Args: action{kind: SendWebhook, script: e.Args.script, step: e.Args.step, delivery: e.Args.delivery,
			attempt: e.Args.attempt + 1, cause: cause}})
	case v == givenUp && c.Post != payment.Succeeded:
		c.Post = payment.Failed
		t.write(c.Name(), cause, fact{Fact: payment.Counted(tap.EventGivenUp, e.Args.attempt)})
	}
}

// assumeAttempts records what is assumed about timeouts and about responses that are neither 200 nor an error.
func (t *tx) assumeAttempts(c *Charge, attempts []Attempt, cause uint64) {
	for i := range attempts {
		switch one := &attempts[i]; {
		case one.Failure == "timeout":
			t.emit(c, c.Assume(payment.AssumesTimeout, nil), cause)
		case one.Status > 200 && one.Status < 400:
			t.emit(c, c.Assume(payment.Assumes2xx, nil), cause)
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
