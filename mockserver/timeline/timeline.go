package timeline

import (
	"slices"
	"time"
)

// Timeline is a clock and the effects that are scheduled on it. The zero value is empty and shows real time. A is the type of the
// arguments of its effects; it should be plain data.
type Timeline[A any] struct {
	Clock Clock

	slots   []slot[A]
	free    []int32 // slots that hold no effect
	queue   []int32 // a heap of slots, the next effect first
	atGates []int32 // in the order in which they came
	running []int32 // under way, in the order in which they began
	seq     uint64  // effects so far
	order   uint64  // entries into the queue so far

	gates   map[string]gate
	lanes   map[uint64]lane
	inLanes int // effects that wait in their lanes
	emptied []uint64
}

// slot holds one effect. Effects are held by value, so that scheduling one allocates nothing once the timeline has grown.
type slot[A any] struct {
	effect Effect[A]
	place  place
	index  int32 // in the queue
}

type place uint8

const (
	nowhere place = iota
	inQueue
	atGate
	inLane
	underWay
)

// Step is what [Timeline.Take] did with the next effect.
type Step uint8

// The steps.
const (
	Nothing Step = iota // no effect is due
	Run                 // the effect is under way; its caller runs it, and then calls End
	Waits               // it waits at its gate
	Queues              // it waits until its lane is free
)

// Add schedules an effect and returns its name.
func (t *Timeline[A]) Add(e Effect[A]) Ref {
	i := t.hold(e)
	t.push(i)
	return t.slots[i].effect.ref
}

// Begin puts an effect under way at once, past queue, gate and lane, and returns it with its name: something that its caller runs already.
func (t *Timeline[A]) Begin(e Effect[A]) Effect[A] {
	e.Free = true
	i := t.hold(e)
	t.start(i)
	return t.slots[i].effect
}

// Wait puts an effect at its gate at once, also before it is due.
func (t *Timeline[A]) Wait(e Effect[A]) Ref {
	i := t.hold(e)
	t.wait(i)
	return t.slots[i].effect.ref
}

// hold gives an effect a slot and a name.
func (t *Timeline[A]) hold(e Effect[A]) int32 {
	t.seq++
	if len(t.free) == 0 {
		t.free = append(t.free, int32(len(t.slots)))
		t.slots = append(t.slots, slot[A]{})
	}
	last := len(t.free) - 1
	i := t.free[last]
	t.free = t.free[:last]
	e.ref = Ref{i, t.seq}
	t.slots[i].effect = e
	t.Keep(e.Lane)
	return i
}

// release empties a slot. A timeline on which nothing is left gives back the memory of a crowd.
func (t *Timeline[A]) release(i int32) {
	lane := t.slots[i].effect.Lane
	t.slots[i] = slot[A]{}
	t.free = append(t.free, i)
	t.Unkeep(lane)
	if crowd := len(t.slots); crowd > fewSlots && crowd == len(t.free) {
		t.slots, t.free, t.queue = nil, nil, nil
		if len(t.lanes) == 0 {
			t.lanes = nil
		}
	}
}

// fewSlots is how many slots a timeline keeps when none is in use.
const fewSlots = 64

// find returns the slot of an effect, or -1 if it has ended.
func (t *Timeline[A]) find(r Ref) int32 {
	if r.seq == 0 || int(r.slot) >= len(t.slots) || t.slots[r.slot].effect.ref != r {
		return -1
	}
	return r.slot
}

// Next returns when the first effect of the queue is due. It reports false if the queue is empty.
func (t *Timeline[A]) Next() (time.Time, bool) {
	if len(t.queue) == 0 {
		return time.Time{}, false
	}
	return t.slots[t.queue[0]].effect.Due, true
}

// Get returns an effect by its name; it is zero if the effect has ended.
func (t *Timeline[A]) Get(r Ref) Effect[A] {
	if i := t.find(r); i >= 0 {
		return t.slots[i].effect
	}
	return Effect[A]{}
}

// Args returns the arguments of an effect, to be changed in place until the next change of the timeline; nil if the effect has ended.
func (t *Timeline[A]) Args(r Ref) *A {
	i := t.find(r)
	if i < 0 {
		return nil
	}
	return &t.slots[i].effect.Args
}

// IsDue reports whether an effect in the queue is due at a time.
func (t *Timeline[A]) IsDue(at time.Time) bool {
	return len(t.queue) > 0 && !t.slots[t.queue[0]].effect.Due.After(at)
}

// Take takes the first effect that is due at a time out of the queue, and says what became of it. With serial set lanes do not count,
// because the caller runs one effect after another.
func (t *Timeline[A]) Take(until time.Time, serial bool) (Effect[A], Step) {
	if !t.IsDue(until) {
		return Effect[A]{}, Nothing
	}
	i := t.queue[0]
	t.remove(i)
	e := t.slots[i].effect
	switch {
	case t.IsClosed(e.Gate, e.Lane):
		t.wait(i)
		return e, Waits
	case !serial && t.isBusy(i):
		t.enterLane(i)
		return e, Queues
	}
	t.start(i)
	if !serial {
		t.occupy(i)
	}
	return e, Run
}

func (t *Timeline[A]) start(i int32) {
	t.slots[i].place = underWay
	t.running = append(t.running, i)
}

// End records that an effect under way has ended. If it occupied its lane and others wait there, the first of them is now under way
// and returned.
func (t *Timeline[A]) End(r Ref) (next Effect[A], ok bool) {
	i := t.find(r)
	if i < 0 || t.slots[i].place != underWay {
		return next, false
	}
	next, ok = t.LeaveLane(r)
	t.running = slices.DeleteFunc(t.running, func(other int32) bool { return other == i })
	t.release(i)
	return next, ok
}

// Drop removes an effect that is not under way. It reports false if the effect is, or has ended.
func (t *Timeline[A]) Drop(r Ref) bool {
	i := t.find(r)
	if i < 0 {
		return false
	}
	switch t.slots[i].place {
	case inQueue:
		t.remove(i)
	case atGate:
		t.atGates = slices.DeleteFunc(t.atGates, func(other int32) bool { return other == i })
	case inLane:
		t.abandonLane(i)
	default:
		return false
	}
	t.release(i)
	return true
}

// Quiet reports whether no effect is under way.
func (t *Timeline[A]) Quiet() bool { return len(t.running) == 0 }

// Running lists the effects under way, in the order in which they began.
func (t *Timeline[A]) Running() []Effect[A] { return t.list(t.running) }

// Scheduled lists the effects in the queue and in lanes, in the order in which they run, and separately those at gates.
func (t *Timeline[A]) Scheduled() (queued, atGates []Effect[A]) {
	queued = t.list(t.queue)
	for _, l := range t.lanes {
		queued = append(queued, t.list(l.waiting)...)
	}
	slices.SortFunc(queued, func(x, y Effect[A]) int {
		if x.before(&y) {
			return -1
		}
		return 1
	})
	return queued, t.list(t.atGates)
}

// Len returns how many effects are in the queue and in lanes, and how many at gates.
func (t *Timeline[A]) Len() (queued, atGates int) {
	return len(t.slots) - len(t.free) - len(t.running) - len(t.atGates), len(t.atGates)
}

func (t *Timeline[A]) list(slots []int32) []Effect[A] {
	all := make([]Effect[A], 0, len(slots))
	for _, i := range slots {
		all = append(all, t.slots[i].effect)
	}
	return all
}
