package timeline

import (
	"slices"
	"time"
)

// Number is the number of the effect on its timeline, from 1; 0 before it is on one. It names the effect outside of the process.
func (r Ref) Number() uint64 { return r.seq }

// Numbered returns the name of the effect with a number. It reports false if it has ended.
func (t *Timeline[A]) Numbered(number uint64) (Ref, bool) {
	for i := range t.slots {
		if r := t.slots[i].effect.ref; r.seq == number && number != 0 {
			return r, true
		}
	}
	return Ref{}, false
}

// HoldBack takes an effect out of the queue: it waits until it is brought back, also when it is due and when its gate is opened. It reports false
// if the effect is not in the queue.
func (t *Timeline[A]) HoldBack(r Ref) bool {
	i := t.find(r)
	if i < 0 || t.slots[i].place != inQueue {
		return false
	}
	t.remove(i)
	t.slots[i].effect.Held = true
	t.wait(i)
	return true
}

// Bring brings an effect that is scheduled, held back or at its gate to the queue, past its gate, and due now. With keep it is due when it was,
// unless that has passed, and one that was held back does not pass its gate. It reports false if the effect is under way, waits
// in its lane or has ended. An effect that is free is under way instead, and returned.
func (t *Timeline[A]) Bring(r Ref, now time.Time, keep bool) (started Effect[A], begun, ok bool) {
	i := t.find(r)
	if i < 0 {
		return started, false, false
	}
	switch t.slots[i].place {
	case inQueue:
		t.remove(i)
	case atGate:
		t.atGates = slices.DeleteFunc(t.atGates, func(other int32) bool { return other == i })
	default:
		return started, false, false
	}
	e := &t.slots[i].effect
	if !keep || !e.Held {
		e.Gate = ""
	}
	if e.Held = false; !keep || e.Due.Before(now) {
		e.Due = now
	}
	if e.Free {
		t.start(i)
		return *e, true, true
	}
	t.push(i)
	return started, false, true
}
