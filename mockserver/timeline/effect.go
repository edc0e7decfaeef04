package timeline

import "time"

// Effect is something that will happen, as data. A says what; the timeline does not read it.
type Effect[A any] struct {
	Due  time.Time // on the timeline's clock
	Lane uint64    // number of the object whose effects run one after another; 0: none
	Gate string    // where the effect waits when it is due; "": it does not
	Free bool      // it belongs to its lane, but runs beside the other effects of it
	Held bool      // it was held back, see [Timeline.HoldBack]
	Args A

	ref   Ref
	order uint64 // of entering the queue, for effects that are due at the same time
}

// Ref names an effect for as long as it is on a timeline. The zero value names none.
type Ref struct {
	slot int32
	seq  uint64 // how many effects the timeline had had then
}

// Ref returns the name that the timeline gave the effect; it is zero before.
func (e *Effect[A]) Ref() Ref { return e.ref }

// before reports whether the effect runs before another one: it is due earlier, or at the same time and was queued earlier.
func (e *Effect[A]) before(other *Effect[A]) bool {
	if c := e.Due.Compare(other.Due); c != 0 {
		return c < 0
	}
	return e.order < other.order
}
