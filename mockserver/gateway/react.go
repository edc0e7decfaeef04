package gateway

import (
	"log/slog"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// A move of an object returns facts. Here each fact is written to the journal and becomes what follows from it: a webhook, the payer's return,
// the bank's later result, a step of an automatic payer. reach.go schedules the steps of the script that begin with the fact.

// write adds a fact about an object to the journal, at the time on the account's clock, and returns its number. Every entry is made here.
func (t *tx) write(object tap.Object, cause uint64, f fact) uint64 {
	e := record{Cause: cause, At: t.now(), Object: object, Fact: f}
	e.Seq = t.journal.Add(e)
	switch f.Event() {
	case tap.EventAssumption, tap.EventUnknown, tap.EventAccountEvicted:
		t.findings++
	}
	t.attend(object, &f)
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
