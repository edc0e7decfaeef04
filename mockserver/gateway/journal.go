package gateway

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
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

// chargeObject returns the name of a charge as an object; "" means none.
func chargeObject(id string) tap.Object {
	if id == "" {
		return tap.Object{}
	}
	return tap.Object{Kind: tap.KindCharge, ID: id}
}

func (c *Charge) object() tap.Object { return chargeObject(c.ID) }

// size is the number of bytes that the entry counts for in the bound of the journal.
func (e *Entry) size() int {
	n := 128 + len(e.Object.ID) + len(e.Detail)
	if e.Sent != nil {
		n += 1200 + e.Sent.charge.Request.Size() // a copy of the charge, and its create request
	}
	if e.Attempt != nil {
		n += 100 + len(e.Attempt.Body)
	}
	return n
}

// journal keeps the newest entries within a bound of bytes.
type journal struct {
	entries []Entry
	head    int // index of the first kept entry
	seq     uint64
	bytes   int
	max     int
	total   *atomic.Int64 // of all accounts
}

func (j *journal) add(e Entry) uint64 {
	j.seq++
	e.Seq = j.seq
	j.entries = append(j.entries, e)
	j.grow(e.size())
	for j.bytes > j.max && j.drop() {
	}
	return j.seq
}

func (j *journal) grow(n int) {
	j.bytes += n
	j.total.Add(int64(n))
}

// drop removes the oldest entry, unless it is the only one.
func (j *journal) drop() bool {
	if j.head >= len(j.entries)-1 {
		return false
	}
	j.grow(-j.entries[j.head].size())
	j.entries[j.head] = Entry{}
	j.head++
	if j.head > 64 && j.head > len(j.entries)/2 {
		kept := copy(j.entries, j.entries[j.head:])
		clear(j.entries[kept:])
		j.entries, j.head = j.entries[:kept], 0
	}
	return true
}

// Journal returns the journal's entries, oldest first, and how many older ones were evicted to stay within the bound.
func (a *Account) Journal() (entries []Entry, dropped uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept := a.journal.entries[a.journal.head:]
	return append(entries, kept...), a.journal.seq - uint64(len(kept))
}

// Bounds of what the journal repeats of a client's text, in bytes: addresses and paths, and ids that no charge has.
const (
	longestPath = 200
	longestID   = 60
)

// describeURL returns an address without the parts that may be secret: user, password, query and fragment, and number of a card.
func describeURL(text string) string {
	text, _, _ = strings.Cut(text, "#")
	text, _, _ = strings.Cut(text, "?")
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return tap.MaskClip(text, longestPath)
	}
	host, path, slash := strings.Cut(rest, "/")
	host = host[strings.LastIndex(host, "@")+1:]
	if slash {
		path = "/" + path
	}
	return tap.MaskClip(scheme+"://"+host+path, longestPath)
}
