package gateway

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// progress is the progress of a charge in its script. A charge with the plain script has none.
type progress struct {
	key        string                      // under which the charge's create calls are counted
	reached    map[moment]time.Time        // moments that have been reached, on the account's clock
	calls      map[scenarios.Operation]int // calls of each operation that has faults
	staleCalls int                         // calls of charge.get after the charge's first change
	before     *Charge                     // the charge before its last change; nil if it has not changed
	sent       *Sent                       // the last genuine webhook
}

// moment is an event at which steps can be scheduled; n is the number of the webhook step if the event is webhook.
type moment struct {
	event scenarios.Event
	n     int
}

// setScript gives a charge its script.
func (c *Charge) setScript(script *scenarios.Script, key string) {
	c.Script = script
	if script != scenarios.Plain() {
		c.progress = &progress{key: key}
	}
}

// reachLocked records that the charge has reached a moment, and puts the steps that are scheduled at it on the timeline: first
// the bank's later result, then the callbacks in the order of the script, then the payer. Each moment is reached only once.
func (a *Account) reachLocked(c *Charge, event scenarios.Event, n int, cause uint64) {
	if !c.Script.HasStepsAt(event) {
		return
	}
	if p := c.progress; p != nil {
		if _, again := p.reached[moment{event, n}]; again {
			return
		}
		if p.reached == nil {
			p.reached = map[moment]time.Time{}
		}
		p.reached[moment{event, n}] = a.nowLocked()
	}
	script := c.Script
	if l := script.Bank.Later; l != nil && l.At.Is(event, n) {
		a.addLocked(c, &Effect{Kind: Correct, script: script, Charge: c.ID, Due: a.nowLocked().Add(l.At.Plus), Gate: l.Gate, Cause: cause})
	}
	for i := range script.Callbacks {
		switch step := &script.Callbacks[i]; {
		case step.Webhook != nil && step.Webhook.At.Is(event, n):
			a.webhookLocked(c, i, cause)
		case step.Return != nil && step.Return.At.Is(event, n):
			a.returnLocked(c, i, cause)
		}
	}
	if p := script.Payer; p != nil && p.Start().Is(event, n) {
		a.addLocked(c, &Effect{Kind: PayerStep, script: script, Charge: c.ID, Due: a.nowLocked().Add(p.Start().Plus), Gate: p.Gate, Action: actionOpen, Cause: cause})
	}
}

// webhookLocked puts a webhook step on the timeline. If the merchant is not notified, the moment of the webhook is reached at
// once.
func (a *Account) webhookLocked(c *Charge, step int, cause uint64) {
	w := c.Script.Callbacks[step].Webhook
	if w.Never {
		return
	}
	if w.At.Plus == 0 && !c.notifies(c.Script) {
		a.reachLocked(c, scenarios.FirstAttempt, c.Script.Number(step), cause)
		return
	}
	a.addLocked(c, &Effect{Kind: SendWebhook, script: c.Script, Charge: c.ID, Due: a.nowLocked().Add(w.At.Plus), Step: step, Attempt: 1, Gate: w.Gate, Cause: cause})
}

// notifies reports whether a script's webhook steps notify the merchant: never without post.url; the plain webhook only after the
// charge has ended, and not if it was ABANDONED (Tap API 5.4).
func (c *Charge) notifies(script *scenarios.Script) bool {
	switch {
	case c.Request.PostURL == "":
		return false
	case !script.PlainWebhook:
		return true
	case c.Status == tap.Abandoned || !c.Status.Final():
		return false
	case c.Status == tap.Cancelled:
		return c.Settings.WebhookCancelled
	}
	return true
}

// hasPassed reports whether a moment of the charge's script has passed.
func (c *Charge) hasPassed(m scenarios.Moment, now time.Time) bool {
	if c.progress == nil {
		return false
	}
	at, reached := c.progress.reached[moment{m.Event, m.N}]
	if !reached && m.Event == scenarios.Settled && c.abandoned { // an unpaid charge is never settled; its expiry counts instead
		at, reached = c.History[len(c.History)-1].At, true
	}
	return reached && !at.Add(m.Plus).After(now)
}

// over reports whether the payment has ended, so that the payer has nothing left to do at the page.
func (c *Charge) over() bool { return c.Status != tap.Initiated }
