package journal

import (
	"fmt"
	"math"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Sized is what a journal must know of a fact: how many bytes it takes besides the size of its type.
type Sized interface{ Size() int }

// Entry is one thing that happened to an account. F is the type of what happened.
type Entry[F Sized] struct {
	Seq    uint64     // from 1, without gaps
	Cause  uint64     // Seq of the entry that led to it; 0: the cause is outside the account
	At     time.Time  // on the account's clock, UTC
	Object tap.Object // zero: it is about the whole account
	Fact   F
}

// line is an entry as it is kept: its number follows from its place.
type line[F Sized] struct {
	at   int64  // ns since 1970
	back uint32 // how many entries before this one its cause is; 0: there is none, or it is too long ago
	kind tap.KindNumber
	id   string
	fact F
}

// size is the number of bytes that the entry counts for in the bound.
func (l *line[F]) size() int { return fixedSize + len(l.id) + l.fact.Size() }

// fixedSize is what an entry counts for without its texts. It takes less: 64 bytes and its part of the space into which the list grows.
const fixedSize = 128

// Journal keeps the newest entries within a bound. The zero value keeps none but the last; set Max first.
type Journal[F Sized] struct {
	Max int // bytes

	lines []line[F]
	head  int // index of the first kept entry
	seq   uint64
	bytes int
}

// Add adds an entry, and drops the oldest ones beyond the bound. It returns the entry's number; that of e does not count.
func (j *Journal[F]) Add(e Entry[F]) uint64 {
	j.seq++
	l := line[F]{at: e.At.UnixNano(), kind: e.Object.Kind.Number(), id: e.Object.ID, fact: e.Fact}
	if back := j.seq - e.Cause; e.Cause != 0 && back <= math.MaxUint32 {
		l.back = uint32(back)
	}
	j.lines = append(j.lines, l)
	j.bytes += l.size()
	for j.bytes > j.Max && j.Drop() {
	}
	return j.seq
}

// Drop removes the oldest entry, unless it is the only one.
func (j *Journal[F]) Drop() bool {
	if j.head >= len(j.lines)-1 {
		return false
	}
	j.bytes -= j.lines[j.head].size()
	j.lines[j.head] = line[F]{}
	j.head++
	if j.head > 64 && j.head > len(j.lines)/2 {
		kept := copy(j.lines, j.lines[j.head:])
		clear(j.lines[kept:])
		j.lines, j.head = j.lines[:kept], 0
	}
	return true
}

// Halve drops the older entries until half of the bytes are left, and returns how many entries it dropped.
func (j *Journal[F]) Halve() int {
	before, n := j.bytes, 0
	for j.bytes > before/2 && j.Drop() {
		n++
	}
	return n
}

// Bytes is the size of the kept entries.
func (j *Journal[F]) Bytes() int { return j.bytes }

// Last is the number of the last entry, 0 if there was none.
func (j *Journal[F]) Last() uint64 { return j.seq }

// Latest returns the last entry. There must be one.
func (j *Journal[F]) Latest() Entry[F] { return j.entry(len(j.lines) - 1) }

// Entries returns the kept entries, oldest first.
func (j *Journal[F]) Entries() []Entry[F] {
	all := make([]Entry[F], j.kept())
	for i := range all {
		all[i] = j.entry(j.head + i)
	}
	return all
}

func (j *Journal[F]) kept() int { return len(j.lines) - j.head }

// Evicted is how many entries were dropped.
func (j *Journal[F]) Evicted() uint64 { return j.seq - uint64(j.kept()) }

func (j *Journal[F]) entry(i int) Entry[F] {
	l := &j.lines[i]
	e := Entry[F]{Seq: j.seq - uint64(len(j.lines)-1-i), At: time.Unix(0, l.at).UTC(), Object: tap.Object{Kind: l.kind.Kind(), ID: l.id}, Fact: l.fact}
	if l.back != 0 {
		e.Cause = e.Seq - uint64(l.back)
	}
	return e
}

// Back calls f for the kept entries before one, the latest first, until it returns false.
func (j *Journal[F]) Back(before uint64, f func(Entry[F]) bool) {
	for i := len(j.lines) - 1 - int(min(uint64(j.kept()), j.seq+1-min(before, j.seq+1))); i >= j.head; i-- {
		if !f(j.entry(i)) {
			return
		}
	}
}

// Question selects entries of a journal. The zero value selects all, oldest first.
type Question[F Sized] struct {
	After  uint64        // only entries with a larger Seq
	Before uint64        // only entries with a smaller Seq; 0: no bound
	Object string        // id of the object
	Wants  func(*F) bool // nil: every fact
	Max    int           // at most this many; 0: no bound
	Latest bool          // the latest entries first, also if earlier ones were dropped
}

func (q *Question[F]) selects(e *Entry[F]) bool {
	return e.Seq > q.After && (q.Before == 0 || e.Seq < q.Before) && (q.Object == "" || q.Object == e.Object.ID) && (q.Wants == nil || q.Wants(&e.Fact))
}

// EvictedError says that entries which a question selects were dropped to stay within the bound of the journal.
type EvictedError struct{ Until uint64 } // Seq of the last dropped entry

// Error says which entries were dropped.
func (e *EvictedError) Error() string {
	return fmt.Sprintf("the journal entries up to number %d were evicted to stay within the limit; ask for those after %d, or raise -limit journal", e.Until, e.Until)
}

// Ask returns the entries that a question selects. The error is an [*EvictedError].
func (j *Journal[F]) Ask(q Question[F]) ([]Entry[F], error) {
	if dropped := j.Evicted(); dropped > q.After && !q.Latest {
		return nil, &EvictedError{dropped}
	}
	var found []Entry[F]
	first := 0 // the entries before it are not after q.After
	if dropped := j.Evicted(); q.After > dropped {
		first = int(min(q.After-dropped, uint64(j.kept())))
	}
	for i := range j.kept() - first {
		e := j.entry(j.head + first + i)
		if q.Latest {
			e = j.entry(len(j.lines) - 1 - i)
		}
		if q.selects(&e) {
			found = append(found, e)
			if len(found) == q.Max {
				break
			}
		}
	}
	return found, nil
}
