package gateway

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/journal"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// fact is what a journal entry of an account says.
type fact struct {
	payment.Fact
	call *call // of the merchant, if the event is webhook or a return that the mock has made
}

// call is one call of the merchant.
type call struct {
	Attempt
	sent   *Sent // nil: a return
	copy   int16 // number of the copy, from 0
	copies int16
	resent bool // on request of the control API
}

// sent is the webhook that a fact is about, or nil.
func (f *fact) sent() *Sent {
	if f.call == nil {
		return nil
	}
	return f.call.sent
}

// Size is how many bytes the fact takes besides its fixed part.
func (f fact) Size() int {
	n := f.Fact.Size()
	if f.call != nil {
		n += 100 + len(f.call.Body)
	}
	if f.sent() != nil {
		n += 250
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

// read makes an entry with its text.
func (t *tx) read(r *record) Entry {
	e := Entry{Seq: r.Seq, Cause: r.Cause, At: r.At, Event: r.Fact.Event(), Object: r.Object, Detail: t.text(r)}
	if call := r.Fact.call; call != nil {
		e.Sent, e.Attempt = call.sent, &call.Attempt
	}
	return e
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
	if r.Fact.call != nil {
		return r.Fact.call.describe(r.Fact.Text())
	}
	if o := t.find(r.Object); o != nil {
		return o.text(r.Fact.Fact)
	}
	return payment.DescribeEvicted(r.Object, r.Fact.Fact)
}

// describe returns the result of a call in one line. It contains no real time, so that it is the same in every run. address is that of a
// return.
func (c *call) describe(address string) string {
	if c.sent != nil && c.resent {
		return "sent again on request: " + c.sent.describe(&c.Attempt, 0, 1)
	}
	if c.sent != nil {
		return c.sent.describe(&c.Attempt, int(c.copy), int(c.copies))
	}
	text := "to " + address + ": " + c.Attempt.String()
	if c.copies > 1 {
		text = fmt.Sprintf("copy %d of %d %s", c.copy+1, c.copies, text)
	}
	return text
}

// Journal returns the journal's entries, oldest first, and how many older ones were evicted to stay within the bound.
func (a *Account) Journal() (entries []Entry, dropped uint64) {
	a.update(func(t *tx) { entries, dropped = t.readAll(t.journal.Entries()), t.journal.Evicted() })
	return entries, dropped
}

// log writes a journal entry to the log.
func (a *Account) log(e *Entry) {
	a.gw.log.LogAttrs(a.gw.ctx, slog.LevelInfo, string(e.Event), slog.String("account", a.name),
		slog.String(string(cmp.Or(e.Object.Kind, tap.Kind("object"))), e.Object.ID), slog.String("detail", e.Detail))
}

// trimJournals drops the older half of the longest journal until the server is within its limit.
func (g *Gateway) trimJournals() {
	for g.journal.Load() > int64(g.limits.ServerJournal) {
		all := g.byUse()
		if len(all) == 0 {
			return
		}
		longest := slices.MaxFunc(all, func(a, b *Account) int { return cmp.Compare(a.journalBytes.Load(), b.journalBytes.Load()) })
		dropped := 0
		longest.locked(func(t *tx) { dropped = t.journal.Halve() })
		if dropped == 0 {
			return // each journal has one entry left
		}
	}
}
