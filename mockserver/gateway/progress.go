package gateway

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// progress is how far a charge's scenario has been played. Charges without one have none.
type progress struct {
	key        string                      // under which its create calls are counted
	came       map[moment]time.Time        // events that have come, on the account's clock
	calls      map[scenarios.Operation]int // calls of each operation that has faults
	staleCalls int                         // of charge.get, those that had something to hide
	before     *Charge                     // as it was before its last change
	sent       *Sent                       // the last genuine webhook
}

// moment is an event, with a number if it is of a webhook.
type moment struct {
	event scenarios.Event
	n     int
}

// begin gives a charge its story.
func (c *Charge) begin(script *scenarios.Script, key string) {
	c.Script = script
	if script != scenarios.Plain() {
		c.progress = &progress{key: key}
	}
}

// happenLocked notes that an event of the charge's story has come, and puts on the timeline what hangs on it: first the
// later truth, then what the merchant is told, in the order in which it is written, then the payer.
func (a *Account) happenLocked(c *Charge, event scenarios.Event, n int, cause uint64) {
	if !c.Script.HangsOn(event) {
		return
	}
	if p := c.progress; p != nil {
		if _, again := p.came[moment{event, n}]; again {
			return
		}
		if p.came == nil {
			p.came = map[moment]time.Time{}
		}
		p.came[moment{event, n}] = a.nowLocked()
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
		a.addLocked(c, &Effect{Kind: Act, script: script, Charge: c.ID, Due: a.nowLocked().Add(p.Start().Plus), Gate: p.Gate, Act: actOpen, Cause: cause})
	}
}

// webhookLocked puts a webhook step on the timeline. One that is not sent, because nobody is to be told, has come at once.
func (a *Account) webhookLocked(c *Charge, step int, cause uint64) {
	w := c.Script.Callbacks[step].Webhook
	if w.Never {
		return
	}
	if w.At.Plus == 0 && !c.notifies(c.Script) {
		a.happenLocked(c, scenarios.Delivered, c.Script.Number(step), cause)
		return
	}
	a.addLocked(c, &Effect{Kind: SendWebhook, script: c.Script, Charge: c.ID, Due: a.nowLocked().Add(w.At.Plus), Step: step, Attempt: 1, Gate: w.Gate, Cause: cause})
}

// notifies reports whether the merchant is told by a story's webhook steps: never without post.url; the plain one only of a charge that
// has ended, and not when it was ABANDONED (Tap API 5.4).
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

// hasCome reports whether a moment of the charge's story is over at that instant.
func (c *Charge) hasCome(m scenarios.Moment, now time.Time) bool {
	if c.progress == nil {
		return false
	}
	at, came := c.progress.came[moment{m.Event, m.N}]
	if !came && m.Event == scenarios.Settled && c.abandoned { // a charge that nobody paid is never settled; its end is its expiry
		at, came = c.History[len(c.History)-1].At, true
	}
	return came && !at.Add(m.Plus).After(now)
}

// over reports whether the payment is decided, so that the payer has nothing to do at the page any more.
func (c *Charge) over() bool { return c.Status != tap.Initiated }
