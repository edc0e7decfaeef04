package gateway

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/tapmock/tapmock/mockserver/journal"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// fact is what a journal entry of an account says.
type fact struct {
	payment.Fact
	sent    *Sent    // the webhook, if the event is webhook
	attempt *Attempt // its result, if the event is webhook or a return that the mock has made
	copy    int16    // number of the copy, from 0
	copies  int16
	resent  bool // on request of the control API
}

// Size is how many bytes the fact takes besides its fixed part.
func (f fact) Size() int {
	n := f.Fact.Size()
	if f.sent != nil {
		n += 250
	}
	if f.attempt != nil {
		n += 100 + len(f.attempt.Body)
	}
	return n
}

type (
	record   = journal.Entry[fact]
	question = journal.Question[fact]
)

// Entry is one thing that happened to an account. It never holds a key, a card number, a PIN or an OTP.
type Entry struct {
	Seq    uint64    // from 1, without gaps
	Cause  uint64    // Seq of the entry that led to it; 0: the cause is outside the account
	At     time.Time // on the account's clock
	Event  tap.Event
	Object tap.Object // zero if it is about the whole account
	Detail string     // one line, the same in every run

	Sent    *Sent    // the webhook, if the event is webhook
	Attempt *Attempt // its result, if the event is webhook or a return that the mock has made
}

// EvictedError says that entries which a question selects were evicted to stay within the bound of the journal.
type EvictedError = journal.EvictedError

// chargeObject returns the name of a charge as an object; "" means none.
func chargeObject(id string) tap.Object {
	if id == "" {
		return tap.Object{}
	}
	return tap.Object{Kind: tap.KindCharge, ID: id}
}

// write adds a fact about an object to the journal, at the time on the account's clock, and returns its number. Every entry is made here.
func (t *tx) write(object tap.Object, cause uint64, f fact) uint64 {
	e := record{Cause: cause, At: t.now(), Object: object, Fact: f}
	e.Seq = t.journal.Add(e)
	if f.Event == tap.EventAssumption || f.Event == tap.EventUnknown || f.Event == tap.EventAccountEvicted {
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

// read makes an entry with its text.
func (t *tx) read(r *record) Entry {
	return Entry{Seq: r.Seq, Cause: r.Cause, At: r.At, Event: r.Fact.Event, Object: r.Object, Detail: t.text(r), Sent: r.Fact.sent, Attempt: r.Fact.attempt}
}

func (t *tx) readAll(records []record) []Entry {
	var all []Entry
	for i := range records {
		all = append(all, t.read(&records[i]))
	}
	return all
}

// text is what an entry says besides its event, in one line.
func (t *tx) text(r *record) string {
	f := &r.Fact
	switch {
	case f.sent != nil && f.resent:
		return "sent again on request: " + f.sent.describe(f.attempt, 0, 1)
	case f.sent != nil:
		return f.sent.describe(f.attempt, int(f.copy), int(f.copies))
	case f.attempt != nil:
		text := "to " + f.Text() + ": " + f.attempt.String()
		if f.copies > 1 {
			text = fmt.Sprintf("copy %d of %d %s", f.copy+1, f.copies, text)
		}
		return text
	}
	if c := t.charges.find(r.Object.ID); c != nil {
		return c.Describe(f.Fact)
	}
	return payment.DescribeEvicted(f.Fact)
}

// Journal returns the journal's entries, oldest first, and how many older ones were evicted to stay within the bound.
func (a *Account) Journal() (entries []Entry, dropped uint64) {
	a.update(func(t *tx) { entries, dropped = t.readAll(t.journal.Entries()), t.journal.Evicted() })
	return entries, dropped
}
