package gateway

import (
	"container/heap"
	"time"
)

// Kind says what an effect does.
type Kind string

// The kinds of effects.
const (
	Expire      Kind = "expire"  // Tap's expiry of an unpaid charge
	SendWebhook Kind = "webhook" // one attempt to tell the merchant
)

// Effect is something that is still to happen: data on an account's timeline, which names its charge by id and reads it
// again when it runs.
type Effect struct {
	Kind    Kind
	Charge  string
	Due     time.Time // on the account's clock
	Attempt int       // of a webhook, from 1
	Copy    bool      // one more of a webhook that was sent: it changes nothing of the charge
	Cause   uint64    // the journal entry that led to it

	seq   uint64 // order of scheduling, breaks ties
	index int    // in the heap
}

// timeline is an account's queue of effects, ordered by due time and then by the order of scheduling.
type timeline struct {
	queue []*Effect
	seq   uint64
}

func (t *timeline) add(e *Effect) {
	t.seq++
	e.seq = t.seq
	heap.Push(t, e)
}

// next returns the first effect, or nil.
func (t *timeline) next() *Effect {
	if len(t.queue) == 0 {
		return nil
	}
	return t.queue[0]
}

func (t *timeline) remove(e *Effect) { heap.Remove(t, e.index) }

// Len, Less, Swap, Push and Pop are heap.Interface's.
func (t *timeline) Len() int { return len(t.queue) }

func (t *timeline) Less(i, j int) bool {
	a, b := t.queue[i], t.queue[j]
	if c := a.Due.Compare(b.Due); c != 0 {
		return c < 0
	}
	return a.seq < b.seq
}

func (t *timeline) Swap(i, j int) {
	t.queue[i], t.queue[j] = t.queue[j], t.queue[i]
	t.queue[i].index, t.queue[j].index = i, j
}

func (t *timeline) Push(x any) {
	e := x.(*Effect)
	e.index = len(t.queue)
	t.queue = append(t.queue, e)
}

func (t *timeline) Pop() any {
	last := len(t.queue) - 1
	e := t.queue[last]
	t.queue[last] = nil
	t.queue = t.queue[:last]
	return e
}
