package gateway

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Attempt is the result of one attempt to call the merchant.
type Attempt struct {
	Status  int           // HTTP status of the response; 0 if there was none
	Failure string        // kind of the failure if there was no response: "timeout", "refused", …
	Remedy  string        // what would help, in plain words; may be ""
	Body    string        // the beginning of the response's body, without possible card numbers
	Took    time.Duration // real time, the only value that differs between two runs
}

// OK reports whether the merchant acknowledged the webhook, with any 2xx (Tap API 5.4, unknown).
func (t Attempt) OK() bool { return t.Status >= 200 && t.Status <= 299 }

// deliver makes one attempt of a webhook step, in the number of copies that the step wants. A retry is a new effect.
func (a *Account) deliver(e *Effect) {
	a.mu.Lock()
	c := a.charges[e.Charge]
	w := e.script.Callbacks[e.Step].Webhook
	sent := a.composeLocked(c, e, w)
	if sent != nil {
		a.inFlight = append(a.inFlight, e)
	}
	a.mu.Unlock()
	if sent == nil { // the merchant is not notified
		a.delivered(e, w, nil, nil)
		return
	}
	copies := 1
	if e.Attempt == 1 {
		copies = max(1, w.Copies)
	}
	a.delivered(e, w, sent, a.sendCopies(sent.Message(a.key), copies, w.IsConcurrent()))
}

// composeLocked returns the webhook as it is sent now, or nil if the merchant is not notified.
func (a *Account) composeLocked(c *Charge, e *Effect, w *scenarios.Webhook) *Sent {
	if !c.notifies(e.script) {
		return nil
	}
	if e.Delivery == "" {
		e.Delivery = a.newDeliveryLocked()
	}
	s := &Sent{Delivery: e.Delivery, Attempt: e.Attempt, Forge: w.Forge, Replay: w.IsReplay(), URL: c.Request.PostURL, charge: *c}
	s.charge.Script, s.charge.progress = nil, nil // no part of the bytes, and the journal keeps them longer than the charge
	s.charge.draw, s.charge.progress, s.charge.waiting, s.charge.Page = nil, nil, nil, Page{}
	if !w.Genuine() {
		s.seed = c.draw.Uint64()
	}
	if w.Forge.WrongValue() {
		s.charge = s.charge.withWrongValue(w.Forge, a.otherOrderLocked(c))
	}
	if w.IsReplay() {
		s.replayed = a.genuineLocked(c)
	}
	return s
}

// genuineLocked returns the webhook that a replay repeats: the last genuine one of the charge, or else of the account.
func (a *Account) genuineLocked(c *Charge) *Sent {
	if c.progress != nil && c.progress.sent != nil {
		return c.progress.sent
	}
	return a.lastSent
}

// delivered records the result of an attempt and schedules what follows from it.
func (a *Account) delivered(e *Effect, w *scenarios.Webhook, sent *Sent, attempts []Attempt) {
	a.mu.Lock()
	defer a.unlock()
	c := a.charges[e.Charge]
	defer a.endPendingLocked(c)
	a.landedLocked(e)
	cause := e.Cause
	for i := range attempts {
		cause = a.record(Entry{Event: tap.EventWebhook, Object: c.object(), Cause: e.Cause, Detail: sent.describe(&attempts[i], i, len(attempts)),
			Sent: sent, Attempt: &attempts[i]})
	}
	ok := slices.ContainsFunc(attempts, Attempt.OK)
	if sent != nil {
		a.assumeAttemptsLocked(c, attempts, cause)
		a.afterAttemptLocked(c, e, w, sent, ok, cause)
	}
	if e.Attempt == 1 {
		a.reachLocked(c, scenarios.FirstAttempt, e.script.Number(e.Step), cause)
	}
}

// assumeAttemptsLocked records what is assumed about timeouts and about responses that are neither 200 nor an error.
func (a *Account) assumeAttemptsLocked(c *Charge, attempts []Attempt, cause uint64) {
	for i := range attempts {
		switch t := &attempts[i]; {
		case t.Failure == "timeout":
			a.assumeLocked(c, assumesTimeout, cause)
		case t.Status > 200 && t.Status < 400:
			a.assumeLocked(c, assumes2xx, cause)
		}
	}
}

// landedLocked records that a delivery is no longer under way.
func (a *Account) landedLocked(e *Effect) {
	a.inFlight = slices.DeleteFunc(a.inFlight, func(other *Effect) bool { return other == e })
}

// afterAttemptLocked updates post.status and schedules the next attempt. A webhook that is forged or a replay changes nothing,
// and is repeated only if its step says so.
func (a *Account) afterAttemptLocked(c *Charge, e *Effect, w *scenarios.Webhook, sent *Sent, ok bool, cause uint64) {
	genuine := w.Genuine()
	if genuine {
		a.lastSent = sent
		if c.progress != nil {
			c.progress.sent = sent
		}
	}
	waits := c.Settings.WebhookRetries
	if w.Retries.Set || !genuine {
		waits = w.Retries.Waits
	}
	switch {
	case ok && genuine:
		c.Post = tap.DeliverySuccess
	case ok:
	case e.Attempt <= len(waits):
		if !w.Retries.Set {
			a.assumeLocked(c, assumesRetries, cause)
		}
		due := a.nowLocked().Add(waits[e.Attempt-1])
		a.addLocked(c, &Effect{Kind: SendWebhook, script: e.script, Charge: c.ID, Due: due, Step: e.Step, Delivery: e.Delivery, Attempt: e.Attempt + 1, Cause: cause})
	case genuine && c.Post != tap.DeliverySuccess:
		c.Post = tap.DeliveryError
		a.record(Entry{Event: tap.EventGivenUp, Object: c.object(), Cause: cause, Detail: fmt.Sprintf("attempt %d was the last, post.status is ERROR", e.Attempt)})
	}
}

// sendCopies sends copies of a webhook, one after another or concurrently.
func (a *Account) sendCopies(d Delivery, copies int, concurrent bool) []Attempt {
	if concurrent {
		return a.sendConcurrently(d, copies)
	}
	attempts := make([]Attempt, copies)
	for i := range attempts {
		attempts[i] = a.send(d)
	}
	return attempts
}

func (a *Account) sendConcurrently(d Delivery, copies int) []Attempt {
	free, ok := a.takeSlot()
	if !ok {
		return slices.Repeat([]Attempt{{Failure: "cancelled"}}, copies)
	}
	defer free()
	ctx, cancel := context.WithTimeout(a.context(), d.Timeout)
	defer cancel()
	if a.usesRelay() {
		return a.relay(ctx, &RelayTask{Webhook: d, Copies: copies, Concurrent: true})
	}
	return a.gw.cfg.SendConcurrently(ctx, d, copies)
}

// send waits for a slot and sends one copy of a webhook.
func (a *Account) send(d Delivery) Attempt {
	free, ok := a.takeSlot()
	if !ok {
		return Attempt{Failure: "cancelled"}
	}
	defer free()
	ctx, cancel := context.WithTimeout(a.context(), d.Timeout)
	defer cancel()
	if a.usesRelay() {
		return a.relay(ctx, &RelayTask{Webhook: d, Copies: 1})[0]
	}
	return a.gw.cfg.Send(ctx, d)
}

// takeSlot waits for one of the account's slots for deliveries under way, then for one of the server's.
func (a *Account) takeSlot() (free func(), ok bool) {
	ctx := a.context()
	free = func() {}
	for _, slots := range []chan struct{}{a.slots, a.gw.slots} {
		select {
		case slots <- struct{}{}:
			before := free
			free = func() { <-slots; before() }
		case <-ctx.Done():
			free()
			return nil, false
		}
	}
	return free, true
}

// describe returns the result of an attempt in one line. It contains no real time, so that it is the same in every run.
func (s *Sent) describe(t *Attempt, i, copies int) string {
	text := "attempt " + strconv.Itoa(s.Attempt)
	if copies > 1 {
		text += ", copy " + strconv.Itoa(i+1) + " of " + strconv.Itoa(copies)
	}
	if s.Forged() != "" {
		text += ", forged (" + s.Forged() + ")"
	}
	if s.Replay {
		text += ", a replay"
	}
	return text + ", to " + describeURL(s.target()) + ": " + t.String()
}

// target is the address to which the webhook is sent: a replay is sent to the address of the webhook that it repeats.
func (s *Sent) target() string {
	if s.replayed != nil {
		return s.replayed.target()
	}
	return s.URL
}

// String returns the response or the failure in a few words.
func (t *Attempt) String() string {
	if t.Status != 0 && t.Failure == "" {
		text := "HTTP " + strconv.Itoa(t.Status)
		if t.Status/100 == 3 {
			text += " (redirects are not followed)"
		}
		return text
	}
	if t.Remedy != "" {
		return t.Failure + " (" + t.Remedy + ")"
	}
	return t.Failure
}

// maxExcerpt bounds what is kept of the body of a merchant's response, in bytes.
const maxExcerpt = 512

// Excerpt returns the beginning of the body of a merchant's response, in the form in which it may be kept.
func Excerpt(body []byte) string {
	return tap.Mask(strings.ToValidUTF8(string(body[:min(len(body), maxExcerpt)]), "?"))
}
