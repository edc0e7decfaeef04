package calls

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Log keeps the latest calls of one account within a bound. All methods may be called concurrently. Set Max and Total before its first use.
type Log struct {
	Max   int           // bytes; 0 or less keeps nothing
	Total *atomic.Int64 // to which the log adds its bytes; may be nil
	Entry atomic.Uint64 // number of the last entry of the account's journal

	generation atomic.Uint64 // counts resets

	mu      sync.Mutex
	kept    []kept
	head    int // index of the first kept call
	last    uint64
	bytes   int
	closed  bool
	spare   []byte // of a dropped call, for the next one
	changed chan struct{}
}

// kept is a call as it is kept: its texts are parts of one piece of memory.
type kept struct {
	at, took int64 // ns
	entry    uint64
	text     []byte
	ends     [parts]int32
	cut      [2]int32
	status   int16
	kind     tap.KindNumber
}

// fixedSize is what a call counts for without its texts.
const fixedSize = 256

func (k *kept) size() int { return cap(k.text) + fixedSize }

// Off reports whether the log keeps nothing.
func (l *Log) Off() bool { return l.Max <= 0 }

// add keeps a call of a generation, and drops the oldest ones beyond the bound. A call that a reset has overtaken is not kept.
func (l *Log) add(k kept, text []byte, generation uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if generation != l.generation.Load() || l.closed || l.Off() {
		return
	}
	before := l.bytes
	for need := rounded(len(text)) + fixedSize; l.bytes+need > l.Max && l.drop(); {
	}
	k.text = append(l.room(len(text)), text...)
	l.kept = append(l.kept, k)
	l.last++
	l.bytes += k.size()
	l.count(before)
	l.wake()
}

// room is memory for a text: that of a dropped call if it is large enough and not much larger.
func (l *Log) room(n int) []byte {
	if spare := l.spare; cap(spare) >= n && cap(spare) <= 2*rounded(n) {
		l.spare = nil
		return spare[:0]
	}
	return make([]byte, 0, rounded(n))
}

// rounded is the size of the memory that a text gets, so that calls of nearly the same size can reuse it.
func rounded(n int) int { return (n + 511) &^ 511 }

// drop drops the oldest call, and reports false if there is none.
func (l *Log) drop() bool {
	if l.head == len(l.kept) {
		return false
	}
	l.bytes -= l.kept[l.head].size()
	l.spare = l.kept[l.head].text
	l.kept[l.head] = kept{}
	l.head++
	if l.head > 64 && l.head > len(l.kept)/2 {
		n := copy(l.kept, l.kept[l.head:])
		clear(l.kept[n:])
		l.kept, l.head = l.kept[:n], 0
	}
	return true
}

// count adds the change of the log's bytes to the total.
func (l *Log) count(before int) {
	if l.Total != nil {
		l.Total.Add(int64(l.bytes - before))
	}
}

func (l *Log) wake() {
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// Bytes is the size of the kept calls.
func (l *Log) Bytes() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes
}

// Halve drops the older calls until half of the bytes are left, or all of a log with one call.
func (l *Log) Halve() {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.bytes
	for l.bytes > before/2 && l.drop() {
	}
	l.spare = nil
	l.count(before)
}

// Reset empties the log: the next call has the number 1 again. Calls whose answer has begun before are not kept.
func (l *Log) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reset()
}

// Close empties the log and keeps no more calls.
func (l *Log) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.reset()
}

func (l *Log) reset() {
	l.generation.Add(1)
	before := l.bytes
	l.kept, l.head, l.last, l.bytes, l.spare = nil, 0, 0, 0, nil
	l.count(before)
	l.wake()
}

// Last is the number of the last call, 0 if there was none.
func (l *Log) Last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// After returns a channel that is closed when the log has kept a call after the one with this number, or was reset. It costs a call that
// is kept nothing unless a viewer waits.
func (l *Log) After(last uint64) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	changed := l.changed
	if l.last != last {
		l.wake()
	}
	return changed
}

// Call is a kept call.
type Call struct {
	Number       uint64    // from 1, in the order in which the calls were answered
	At           time.Time // when the request came, on the account's clock, UTC
	Method, Path string    // the path as sent, with the query
	Status       int       // of the answer; 0: the call ended without one
	Object       tap.Object
	Entry        uint64 // number of the journal's last entry when the answer began
	Took         time.Duration
	Request      Message
	Answer       Message
}

// Message is a request or an answer.
type Message struct {
	Header map[string][]string // by names in lower case
	Body   string
	Cut    int // bytes of header and body that were not kept
}

// Query selects calls.
type Query struct {
	Object string // id of the object that the call is about; "": every call
	Before uint64 // only calls with a smaller number; 0: no bound
	Max    int    // at most this many; 0: no bound
}

// Latest returns the kept calls that a query selects, the latest first, and how many calls were dropped to stay within the bounds.
func (l *Log) Latest(q Query) (some []Call, dropped uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := uint64(len(l.kept) - l.head)
	for i := len(l.kept) - 1; i >= l.head && (q.Max == 0 || len(some) < q.Max); i-- {
		k, number := &l.kept[i], l.last-uint64(len(l.kept)-1-i)
		if (q.Before == 0 || number < q.Before) && (q.Object == "" || string(k.part(objectID)) == q.Object) {
			some = append(some, k.read(number))
		}
	}
	return some, l.last - n
}
