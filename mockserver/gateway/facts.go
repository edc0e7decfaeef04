package gateway

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// emit writes what a move of the charge has made happen, and does what follows from each fact: see [tx.react]. cause is the journal entry
// that led to the move. It returns the entry of the first fact, or cause if there is none.
func (t *tx) emit(c *Charge, facts []payment.Fact, cause uint64) uint64 {
	first := cause
	for i := range facts {
		f := &facts[i]
		by := cause
		if f.Follows() {
			by = first
		}
		seq := t.write(c.Name(), by, fact{Fact: *f})
		if i == 0 {
			first = seq
		}
		t.react(c, f.Event(), seq)
	}
	return first
}

// react is the one place where something follows from a fact.
func (t *tx) react(c *Charge, event tap.Event, seq uint64) {
	switch event {
	case tap.EventSettled, tap.EventCorrected:
		t.changed(c, seq)
		t.reach(c, moment{event: scenarios.Event(event)}, seq)
	case tap.EventExpired:
		t.changed(c, seq)
	case tap.EventConfirmed:
		t.saveCard(c)
		t.reach(c, moment{event: scenarios.Confirmed}, seq)
	case tap.EventCreated, tap.EventAnswered, tap.EventPageOpened, tap.EventSubmitted:
		t.reach(c, moment{event: scenarios.Event(event)}, seq)
	}
}

// changed notes that the charge has another status: an unpaid charge that has ended does not expire any more.
func (t *tx) changed(c *Charge, seq uint64) {
	c.settledBy = seq
	t.timeline.Drop(c.expiry)
	c.expiry = timeline.Ref{}
}

// moment is an event at which steps can be scheduled; n is the number of the webhook step if the event is webhook.
type moment struct {
	event scenarios.Event
	n     int
}

func (m moment) is(at scenarios.Moment) bool { return at.Is(m.event, m.n) }

// reach records that the charge has reached a moment, and puts the steps that are scheduled at it on the timeline: first the bank's later
// result, then the callbacks in the order of the script, then the payer. Each moment is reached only once.
func (t *tx) reach(c *Charge, m moment, cause uint64) {
	script := c.Script
	if !script.HasStepsAt(m.event) || !t.first(c, m) {
		return
	}
	if l := script.Bank.Later; l != nil && m.is(l.At) {
		t.schedule(c, effect{Due: t.in(l.At.Plus), Gate: string(l.Gate), Args: action{kind: Correct, script: script, cause: cause}})
	}
	for i := range script.Callbacks {
		switch step := &script.Callbacks[i]; {
		case step.Webhook != nil && m.is(step.Webhook.At):
			t.reachWebhook(c, i, cause)
		case step.Return != nil && m.is(step.Return.At):
			t.reachReturn(c, i, cause)
		}
	}
	if p := script.Payer; p != nil && m.is(p.Start()) {
		t.schedule(c, effect{Due: t.in(p.Start().Plus), Gate: string(p.Gate), Args: action{kind: PayerStep, script: script, payer: stepOpen, cause: cause}})
	}
}

// first reports whether the charge reaches the moment for the first time. For the plain script this is not remembered: its moments are
// the first settlement and the first attempt of its webhook, which happen once.
func (t *tx) first(c *Charge, m moment) bool {
	if c.isPlain() {
		return true
	}
	if _, again := c.reached[m]; again {
		return false
	}
	if c.reached == nil {
		c.reached = map[moment]int64{}
	}
	c.reached[m] = t.now().UnixNano()
	return true
}

// reachWebhook puts a webhook step on the timeline. If the merchant is not notified, the moment of the webhook is reached at once.
func (t *tx) reachWebhook(c *Charge, step int, cause uint64) {
	w := c.Script.Callbacks[step].Webhook
	switch {
	case w.Never:
	case w.At.Plus == 0 && !c.notifies(c.Script):
		t.reach(c, moment{scenarios.FirstAttempt, c.Script.Number(step)}, cause)
	default:
		t.schedule(c, effect{Due: t.in(w.At.Plus), Gate: string(w.Gate), Args: action{kind: SendWebhook, script: c.Script, step: step, attempt: 1, cause: cause}})
	}
}

// reachReturn is a return step whose moment has come: it allows the return of a person at the page; every other return is an effect.
func (t *tx) reachReturn(c *Charge, step int, cause uint64) {
	r := c.Script.Callbacks[step].Return
	switch {
	case r.Never || step == c.firstReturn() && c.returnAllowed:
	case c.Script.PlainReturn && c.Status == tap.Abandoned && c.automatic: // no payer is sent back (Tap API 5.4)
	case step == c.firstReturn() && !c.automatic && r.At.Plus == 0 && r.Gate == "":
		t.allowReturn(c, cause)
	default:
		t.schedule(c, effect{Due: t.in(r.At.Plus), Gate: string(r.Gate), Args: action{kind: Return, script: c.Script, step: step, attempt: 1, cause: cause}})
	}
}

// in is a time from now.
func (t *tx) in(d time.Duration) time.Time { return t.now().Add(d) }

// isPlain reports whether the charge follows the script that is the same for all charges without a scenario.
func (c *Charge) isPlain() bool { return c.Script == scenarios.Plain() }

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
	if c.isPlain() {
		return false
	}
	at, reached := c.reached[moment{m.Event, m.N}]
	if !reached && m.Event == scenarios.Settled && c.Abandoned { // an unpaid charge is never settled; its expiry counts instead
		at, reached = c.At.UnixNano(), true
	}
	return reached && at+int64(m.Plus) <= now.UnixNano()
}

func (c *Charge) neverReturns() bool { return c.firstReturn() < 0 }

// firstReturn returns the index of the script's first return step, -1 if the payer never returns.
func (c *Charge) firstReturn() int {
	for i, step := range c.Script.Callbacks {
		if step.Return != nil && !step.Return.Never {
			return i
		}
	}
	return -1
}
