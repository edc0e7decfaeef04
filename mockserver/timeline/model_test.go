package timeline

import (
	"cmp"
	"slices"
	"time"
)

// model is a timeline as simple as possible: one list of effects, each with its place.
type model struct {
	all    []*modelled
	order  uint64
	open   map[string]bool
	opened map[string][]uint64 // lanes for which a gate was opened
	kept   map[uint64]int
}

type modelled struct {
	id    int
	e     Effect[int]
	place place
	order uint64 // of entering its place
	queue uint64 // the order with which it last entered the queue
	holds bool   // it occupies its lane
}

func newModel() *model {
	return &model{open: map[string]bool{}, opened: map[string][]uint64{}, kept: map[uint64]int{}}
}

func (m *model) enter(x *modelled, p place) {
	m.order++
	x.place, x.order = p, m.order
	if p == inQueue {
		x.queue = m.order
	}
}

// in lists what is in a place, in order.
func (m *model) in(p place) []*modelled {
	var some []*modelled
	for _, x := range m.all {
		if x.place == p {
			some = append(some, x)
		}
	}
	slices.SortFunc(some, func(x, y *modelled) int {
		if p == inQueue {
			if c := x.e.Due.Compare(y.e.Due); c != 0 {
				return c
			}
		}
		return cmp.Compare(x.order, y.order)
	})
	return some
}

func (m *model) closed(e Effect[int]) bool {
	return e.Gate != "" && !m.open[e.Gate] && !slices.Contains(m.opened[e.Gate], e.Lane)
}

func (m *model) holder(lane uint64) *modelled {
	for _, x := range m.all {
		if x.holds && x.e.Lane == lane && x.place == underWay {
			return x
		}
	}
	return nil
}

func (m *model) take(until time.Time, serial bool) (*modelled, Step) {
	queue := m.in(inQueue)
	if len(queue) == 0 || queue[0].e.Due.After(until) {
		return nil, Nothing
	}
	x := queue[0]
	switch {
	case m.closed(x.e):
		m.enter(x, atGate)
		return x, Waits
	case !serial && !x.e.Free && x.e.Lane != 0 && m.holder(x.e.Lane) != nil:
		m.enter(x, inLane)
		return x, Queues
	}
	m.enter(x, underWay)
	x.holds = !serial && !x.e.Free && x.e.Lane != 0
	return x, Run
}

func (m *model) leave(x *modelled) *modelled {
	if !x.holds {
		return nil
	}
	x.holds = false
	for _, next := range m.in(inLane) {
		if next.e.Lane == x.e.Lane {
			m.enter(next, underWay)
			next.holds = true
			return next
		}
	}
	return nil
}

func (m *model) release(gate string, lane uint64, now time.Time) (n int, started []*modelled) {
	if lane == 0 {
		m.open[gate] = true
	} else {
		m.opened[gate] = append(m.opened[gate], lane)
	}
	for _, x := range m.in(atGate) {
		if x.e.Gate != gate || lane != 0 && x.e.Lane != lane {
			continue
		}
		n++
		if x.e.Due.Before(now) {
			x.e.Due = now
		}
		if x.e.Free {
			m.enter(x, underWay)
			started = append(started, x)
		} else {
			m.enter(x, inQueue)
		}
	}
	return n, started
}

func (m *model) pending(lane uint64) bool {
	return m.kept[lane] > 0 || slices.ContainsFunc(m.all, func(x *modelled) bool { return x.e.Lane == lane && x.place != nowhere })
}

func (m *model) calm(lane uint64, now time.Time) bool {
	return m.holder(lane) == nil && !slices.ContainsFunc(m.all, func(x *modelled) bool {
		return x.e.Lane == lane && (x.place == inLane || x.place == inQueue && !x.e.Due.After(now))
	})
}
