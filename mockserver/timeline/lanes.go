package timeline

import (
	"slices"
	"time"
)

// lane is what the timeline has of one object. An object of which it has nothing has no lane.
type lane struct {
	kept    int32   // effects anywhere on the timeline, and calls of Keep
	busy    bool    // an effect occupies it
	by      Ref     // that effect
	waiting []int32 // due meanwhile, in order
}

// Keep counts one more use of an object by its caller, such as a request that is being answered; Unkeep ends it.
func (t *Timeline[A]) Keep(number uint64) {
	if number == 0 {
		return
	}
	if t.lanes == nil {
		t.lanes = map[uint64]lane{}
	}
	l := t.lanes[number]
	l.kept++
	t.lanes[number] = l
}

// Unkeep ends a use of an object.
func (t *Timeline[A]) Unkeep(number uint64) {
	l, ok := t.lanes[number]
	if !ok {
		return
	}
	if l.kept--; l.kept > 0 {
		t.lanes[number] = l
		return
	}
	delete(t.lanes, number)
	t.emptied = append(t.emptied, number)
}

// Emptied returns the objects that have become free of effects and uses since the last call.
func (t *Timeline[A]) Emptied() []uint64 {
	numbers := t.emptied
	t.emptied = t.emptied[:0]
	return numbers
}

// Pending reports whether the object has an effect anywhere on the timeline, or is kept.
func (t *Timeline[A]) Pending(number uint64) bool { _, ok := t.lanes[number]; return ok }

// isBusy reports whether another effect occupies the lane of the slot's effect.
func (t *Timeline[A]) isBusy(i int32) bool {
	e := &t.slots[i].effect
	return !e.Free && t.lanes[e.Lane].busy
}

func (t *Timeline[A]) occupy(i int32) {
	e := &t.slots[i].effect
	if e.Free || e.Lane == 0 {
		return
	}
	l := t.lanes[e.Lane]
	l.busy, l.by = true, e.ref
	t.lanes[e.Lane] = l
}

func (t *Timeline[A]) enterLane(i int32) {
	number := t.slots[i].effect.Lane
	l := t.lanes[number]
	l.waiting = append(l.waiting, i)
	t.inLanes++
	t.slots[i].place, t.lanes[number] = inLane, l
}

// abandonLane removes a slot that waits for its lane.
func (t *Timeline[A]) abandonLane(i int32) {
	number := t.slots[i].effect.Lane
	l := t.lanes[number]
	before := len(l.waiting)
	l.waiting = slices.DeleteFunc(l.waiting, func(other int32) bool { return other == i })
	t.inLanes -= before - len(l.waiting)
	t.lanes[number] = l
}

// LeaveLane lets the next effect of the lane run while this one is still under way. That next effect, if any, is now under way and
// returned.
func (t *Timeline[A]) LeaveLane(r Ref) (next Effect[A], ok bool) {
	i := t.find(r)
	if i < 0 {
		return next, false
	}
	number := t.slots[i].effect.Lane
	l := t.lanes[number]
	if !l.busy || l.by != r {
		return next, false
	}
	l.busy, l.by = false, Ref{}
	if len(l.waiting) == 0 {
		t.lanes[number] = l
		return next, false
	}
	first := l.waiting[0]
	l.waiting = l.waiting[1:]
	t.inLanes--
	t.lanes[number] = l
	t.start(first)
	t.occupy(first)
	return t.slots[first].effect, true
}

// EmptyLanes puts all effects that wait for their lanes back into the queue, to the positions that they had there: its caller is about
// to take effects serially.
func (t *Timeline[A]) EmptyLanes() {
	if t.inLanes == 0 {
		return
	}
	t.inLanes = 0
	for number, l := range t.lanes {
		for _, i := range l.waiting {
			t.putBack(i)
		}
		l.waiting = nil
		t.lanes[number] = l
	}
}

// Calm reports whether no effect of the object occupies its lane, waits for it, or is due at a time.
func (t *Timeline[A]) Calm(number uint64, now time.Time) bool {
	if l := t.lanes[number]; l.busy || len(l.waiting) > 0 {
		return false
	}
	return !slices.ContainsFunc(t.queue, func(i int32) bool {
		e := &t.slots[i].effect
		return e.Lane == number && !e.Due.After(now)
	})
}
