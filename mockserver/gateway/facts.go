package gateway

import (
	"log/slog"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// write adds a fact about an object to the journal, at the time on the account's clock, and returns its number. Every entry is made here.
func (t *tx) write(object tap.Object, cause uint64, f fact) uint64 {
	e := record{Cause: cause, At: t.now(), Object: object, Fact: f}
	e.Seq = t.journal.Add(e)
	switch f.Event() {
	case tap.EventAssumption, tap.EventUnknown, tap.EventAccountEvicted:
		t.findings++
	}
	t.live.written.fire()
	if t.a.gw.log.Enabled(t.a.gw.ctx, slog.LevelInfo) {
		t.live.lines = append(t.live.lines, t.read(&e))
	}
	return e.Seq
}

// note writes a fact that has only a text.
func (t *tx) note(object tap.Object, cause uint64, event tap.Event, text string) uint64 {
	return t.write(object, cause, fact{Fact: payment.Said(event, text)})
}

// emit writes what a move of the object has made happen, and does what follows from each fact: see [tx.react]. cause is the journal entry
// that led to the move. It returns the entry of the first fact, or cause if there is none.
func (t *tx) emit(o object, facts []payment.Fact, cause uint64) uint64 {
	first := cause
	for i := range facts {
		f := &facts[i]
		by := cause
		if f.Follows() {
			by = first
		}
		seq := t.write(o.Name(), by, fact{Fact: *f})
		if i == 0 {
			first = seq
		}
		t.react(o, f.Event(), seq)
	}
	return first
}

// react is the one place where something follows from a fact; only a capture also moves its authorization (capture.go).
func (t *tx) react(o object, event tap.Event, seq uint64) {
	switch event {
	case tap.EventSettled, tap.EventCorrected:
		t.moved(o, seq)
		ofPayment(func(t *tx, c *Payment) { t.afterMove(c, seq); t.afterPayment(c, seq) })(t, o)
		t.reach(o, moment{event: scenarios.Event(event)}, seq)
	case tap.EventPaid:
		t.reach(o, moment{event: scenarios.Settled}, seq)
	case tap.EventVoided, tap.EventAuto:
		t.moved(o, seq)
		t.reach(o, moment{event: scenarios.Event(event)}, seq)
	case tap.EventUpdated:
		ofPayment((*tx).toIndex)(t, o)
	case tap.EventCaptured:
		t.reach(o, moment{event: scenarios.FirstCapture}, seq)
	case tap.EventExpired:
		t.moved(o, seq)
	case tap.EventConfirmed:
		ofPayment((*tx).saveCard)(t, o)
		t.reach(o, moment{event: scenarios.Confirmed}, seq)
	case tap.EventCreated, tap.EventAnswered, tap.EventPageOpened, tap.EventSubmitted:
		t.reach(o, moment{event: scenarios.Event(event)}, seq)
	}
}

// moved notes that the object has another status, so that what would have happened by itself in the one before does not.
func (t *tx) moved(o object, seq uint64) {
	p := o.run()
	p.settledBy = seq
	t.timeline.Drop(p.deadline)
	p.deadline = timeline.Ref{}
	if c, ok := o.(*Payment); ok {
		t.toIndex(c)
	}
}

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

// in is a time from now.
func (t *tx) in(d time.Duration) time.Time { return t.now().Add(d) }

// isPlain reports whether an object follows the script that is the same for all charges without a scenario.
func (p *progress) isPlain() bool { return p.Script.IsPlain() }

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

func (c *Payment) neverReturns() bool { return c.firstReturn() < 0 }

// firstReturn returns the index of the script's first return step, -1 if the payer never returns.
func (c *Payment) firstReturn() int {
	for i, step := range c.Script.Callbacks {
		if step.Return != nil && !step.Return.Never {
			return i
		}
	}
	return -1
}

// schedule puts an effect of an object on the timeline.
func (t *tx) schedule(o object, e effect) timeline.Ref {
	e.Lane, e.Args.object, e.Args.epoch = o.run().lane, o.Name(), t.epoch
	return t.timeline.Add(e)
}

// begin puts something under way at once that its caller runs. It ends with timeline.End. o may be nil.
func (t *tx) begin(o object, what action) effect {
	what.epoch = t.epoch
	return t.timeline.Begin(effect{Lane: laneOf(o), Due: t.now(), Args: what})
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
