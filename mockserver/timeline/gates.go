package timeline

import (
	"maps"
	"slices"
	"time"
)

// gate is a name at which effects wait. It is closed until it is opened.
type gate struct {
	open  bool
	lanes map[uint64]bool // for which it was opened
}

// IsClosed reports whether an effect of the lane waits at the gate. Nothing waits at the gate "".
func (t *Timeline[A]) IsClosed(name string, lane uint64) bool {
	if name == "" {
		return false
	}
	g := t.gates[name]
	return !g.open && !g.lanes[lane]
}

// IsOpen reports whether a gate is open for all lanes.
func (t *Timeline[A]) IsOpen(name string) bool { return t.gates[name].open }

// GateState is what is remembered of a gate. The zero value is that of a gate that was neither opened nor closed.
type GateState struct {
	known bool
	gate
}

// Gate returns what is remembered of a gate.
func (t *Timeline[A]) Gate(name string) GateState {
	g, known := t.gates[name]
	g.lanes = maps.Clone(g.lanes)
	return GateState{known, g}
}

// RestoreGate returns a gate to an earlier state. Effects that wait there keep waiting, and those that have passed do not come back.
func (t *Timeline[A]) RestoreGate(name string, s GateState) {
	if s.known {
		t.setGate(name, s.gate)
	} else {
		delete(t.gates, name)
	}
}

func (t *Timeline[A]) wait(i int32) {
	t.slots[i].place = atGate
	t.atGates = append(t.atGates, i)
}

// Close closes a gate for all lanes.
func (t *Timeline[A]) Close(name string) { t.setGate(name, gate{}) }

func (t *Timeline[A]) setGate(name string, g gate) {
	if t.gates == nil {
		t.gates = map[string]gate{}
	}
	t.gates[name] = g
}

// Open opens a gate for all lanes, or only for one if lane is not 0. The effects that waited there return to the queue and are due now,
// or later if they were; n is how many. Those that are free are under way instead, and returned: they do not wait for anything else.
func (t *Timeline[A]) Open(name string, lane uint64, now time.Time) (n int, started []Effect[A]) {
	g := t.gates[name]
	switch {
	case lane == 0:
		g.open = true
	case g.lanes == nil:
		g.lanes = map[uint64]bool{lane: true}
	default:
		g.lanes[lane] = true
	}
	t.setGate(name, g)
	var opened []int32
	t.atGates = slices.DeleteFunc(t.atGates, func(i int32) bool {
		e := &t.slots[i].effect
		released := e.Gate == name && !e.Held && (lane == 0 || e.Lane == lane)
		if released {
			opened = append(opened, i)
		}
		return released
	})
	for _, i := range opened {
		e := &t.slots[i].effect
		if e.Due.Before(now) {
			e.Due = now
		}
		if e.Free {
			t.start(i)
			started = append(started, *e)
		} else {
			t.push(i)
		}
	}
	return len(opened), started
}

// Forget closes all gates again that were opened only for the lane.
func (t *Timeline[A]) Forget(number uint64) {
	for _, g := range t.gates {
		delete(g.lanes, number)
	}
}

// GateNames lists the gates that were opened or closed, sorted.
func (t *Timeline[A]) GateNames() []string { return slices.Sorted(maps.Keys(t.gates)) }

// Openings returns how many gates are remembered, a gate that was opened for a lane once for each lane.
func (t *Timeline[A]) Openings() int {
	n := 0
	for _, g := range t.gates {
		n += 1 + len(g.lanes)
	}
	return n
}
