package journal

import (
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Sized is what a journal must know of a fact: how many bytes it takes besides the size of its type.
type Sized interface{ Size() int }

// Entry is one thing that happened to an account. F is the type of what happened.
type Entry[F Sized] struct {
	Seq    uint64    // from 1, without gaps
	Cause  uint64    // Seq of the entry that led to it; 0: the cause is outside the account
	At     time.Time // on the account's clock
	Object tap.Object
	Fact   F
}

// size is the number of bytes that the entry counts for in the bound.
func (e *Entry[F]) size() int { return fixedSize + len(e.Object.ID) + e.Fact.Size() }

// fixedSize is about the size of an entry without its texts.
const fixedSize = 128

// Journal keeps the newest entries within a bound. The zero value keeps none but the last; set Max first.
type Journal[F Sized] struct {
	Max int // bytes

	entries []Entry[F]
	head    int // index of the first kept entry
	seq     uint64
	bytes   int
}

// Add adds an entry, gives it its number, and drops the oldest ones beyond the bound.
func (j *Journal[F]) Add(e Entry[F]) uint64 {
	j.seq++
	e.Seq = j.seq
	j.entries = append(j.entries, e)
	j.bytes += e.size()
	for j.bytes > j.Max && j.Drop() {
	}
	return j.seq
}

// Drop removes the oldest entry, unless it is the only one.
func (j *Journal[F]) Drop() bool {
	if j.head >= len(j.entries)-1 {
		return false
	}
	j.bytes -= j.entries[j.head].size()
	j.entries[j.head] = Entry[F]{}
	j.head++
	if j.head > 64 && j.head > len(j.entries)/2 {
		kept := copy(j.entries, j.entries[j.head:])
		clear(j.entries[kept:])
		j.entries, j.head = j.entries[:kept], 0
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

// Latest returns the last entry; it is good until the next change. There must be one.
func (j *Journal[F]) Latest() *Entry[F] { return &j.entries[len(j.entries)-1] }

// Evicted is how many entries were dropped.
func (j *Journal[F]) Evicted() uint64 { return j.seq - uint64(len(j.kept())) }

// Entries returns the kept entries, oldest first. The caller must not change them, nor keep the slice after the next change.
func (j *Journal[F]) Entries() []Entry[F] { return j.kept() }

func (j *Journal[F]) kept() []Entry[F] { return j.entries[j.head:] }

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
	kept := j.kept()
	if dropped := j.Evicted(); dropped > q.After && !q.Latest {
		return nil, &EvictedError{dropped}
	}
	var found []Entry[F]
	for i := range kept {
		e := &kept[i]
		if q.Latest {
			e = &kept[len(kept)-1-i]
		}
		if q.selects(e) {
			found = append(found, *e)
			if len(found) == q.Max {
				break
			}
		}
	}
	return found, nil
}
