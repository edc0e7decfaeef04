package gateway

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// moment is an event at which steps can be scheduled; n is the number of the webhook step if the event is webhook.
type moment struct {
	event scenarios.Event
	n     int
}

func (m moment) is(at scenarios.Moment) bool { return at.Is(m.event, m.n) }

// reach records that the object has reached a moment, and puts the steps that are scheduled at it on the timeline: first the bank's later
// result, then the callbacks in the order of the script, then the payer. Each moment is reached only once.
func (t *tx) reach(o object, m moment, cause uint64) {
	script := o.run().Script
	if !script.HasStepsAt(m.event) || !t.first(o.run(), m) {
		return
	}
	if at, gate := script.Later(); at != nil && m.is(*at) {
		t.schedule(o, effect{Due: t.in(at.Plus), Gate: string(gate), Args: action{kind: Correct, script: script, cause: cause}})
	}
	for i := range script.Callbacks {
		switch step := &script.Callbacks[i]; {
		case step.Webhook != nil && m.is(step.Webhook.At):
			t.reachWebhook(o, i, cause)
		case step.Return != nil && m.is(step.Return.At):
			ofPayment(func(t *tx, c *Payment) { t.reachReturn(c, i, cause) })(t, o)
		}
	}
	if p := script.Payer; p != nil && m.is(p.Start()) && !isCapture(o) {
		t.schedule(o, effect{Due: t.in(p.Start().Plus), Gate: string(p.Gate), Args: action{kind: PayerStep, script: script, payer: stepOpen, cause: cause}})
	}
}

// first reports whether an object reaches the moment for the first time. For the plain script this is not remembered: its moments are
// the first settlement and the first attempt of its webhook, which happen once.
func (t *tx) first(p *progress, m moment) bool {
	if p.isPlain() {
		return true
	}
	if _, again := p.reached[m]; again {
		return false
	}
	if p.reached == nil {
		p.reached = map[moment]int64{}
	}
	p.reached[m] = t.now().UnixNano()
	return true
}

// reachWebhook puts a webhook step on the timeline. If the merchant is not notified, the moment of the webhook is reached at once.
func (t *tx) reachWebhook(o object, step int, cause uint64) {
	script := o.run().Script
	w := script.Callbacks[step].Webhook
	switch {
	case w.Never:
	case w.At.Plus == 0 && !o.notifies(script):
		t.reach(o, moment{scenarios.FirstAttempt, script.Number(step)}, cause)
	default:
		t.schedule(o, effect{Due: t.in(w.At.Plus), Gate: string(w.Gate), Args: action{kind: SendWebhook, script: script, step: step, attempt: 1, cause: cause}})
	}
}

// reachReturn is a return step whose moment has come: it allows the return of a person at the page; every other return is an effect.
func (t *tx) reachReturn(c *Payment, step int, cause uint64) {
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

// hasPassed reports whether a moment of the object's script has passed.
func hasPassed(o object, m scenarios.Moment, now time.Time) bool {
	p := o.run()
	if p.isPlain() {
		return false
	}
	at, reached := p.reached[moment{m.Event, m.N}]
	if c, ok := o.(*Payment); ok && !reached && m.Event == scenarios.Settled && c.Abandoned { // an unpaid charge is never settled; its expiry counts instead
		at, reached = c.At.UnixNano(), true
	}
	return reached && at+int64(m.Plus) <= now.UnixNano()
}
