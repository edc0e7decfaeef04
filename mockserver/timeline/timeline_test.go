package timeline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// pair runs each operation on a timeline and on the model, and compares.
type pair struct {
	*testing.T
	t    Timeline[int] // the argument is the model's id
	m    *model
	refs map[int]Ref
	draw *rand.Rand
	at   time.Time

	pending [6]bool // by lane, after the last operation
}

// TestTimelineAgainstModel runs random effects, lanes, gates and advances on a timeline and on a slow and simple model.
func TestTimelineAgainstModel(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	for seed := range uint64(rounds) {
		p := &pair{T: t, m: newModel(), refs: map[int]Ref{}, draw: rand.New(rand.NewPCG(seed, 1)), at: time.Unix(1_800_000_000, 0)}
		for step := range 60 {
			name := p.operate()
			if err := p.compare(); err != nil {
				t.Fatalf("seed %d, operation %d (%s): %v", seed, step, name, err)
			}
		}
	}
}

func (p *pair) operate() string {
	operations := []struct {
		name string
		run  func()
	}{
		{"add", func() { p.enter(inQueue) }}, {"add", func() { p.enter(inQueue) }}, {"add", func() { p.enter(inQueue) }},
		{"begin", func() { p.enter(underWay) }}, {"wait", func() { p.enter(atGate) }},
		{"take", p.take}, {"take", p.take}, {"take", p.take}, {"take", p.take},
		{"end", p.end}, {"end", p.end}, {"end", p.end}, {"leave lane", p.leaveLane}, {"drop", p.drop},
		{"open", p.open}, {"close", p.close}, {"forget", p.forget}, {"empty lanes", p.emptyLanes}, {"keep", p.keep}, {"unkeep", p.unkeep},
	}
	o := operations[p.draw.IntN(len(operations))]
	o.run()
	return o.name
}

func (p *pair) lane() uint64 { return uint64(p.draw.IntN(4)) }
func (p *pair) gate() string { return []string{"", "", "a", "b"}[p.draw.IntN(4)] }

func (p *pair) enter(where place) {
	x := &modelled{id: len(p.m.all) + 1}
	x.e = Effect[int]{Due: p.at.Add(time.Duration(p.draw.IntN(20)-5) * time.Second), Lane: p.lane(), Gate: p.gate(), Free: p.draw.IntN(4) == 0, Args: x.id}
	p.m.all = append(p.m.all, x)
	p.m.enter(x, where)
	switch where {
	case inQueue:
		p.refs[x.id] = p.t.Add(x.e)
	case underWay:
		begun := p.t.Begin(x.e)
		p.refs[x.id] = begun.Ref()
	case atGate:
		p.refs[x.id] = p.t.Wait(x.e)
	}
}

func (p *pair) take() {
	p.at = p.at.Add(time.Duration(p.draw.IntN(4)) * time.Second)
	serial := p.draw.IntN(3) == 0
	x, want := p.m.take(p.at, serial)
	e, got := p.t.Take(p.at, serial)
	if got != want || got != Nothing && e.Args != x.id {
		p.Fatalf("took %d (%d), want %v (%d)", e.Args, got, x, want)
	}
}

// some returns a random effect of the model, also one that has ended, or nil.
func (p *pair) some() *modelled {
	if len(p.m.all) == 0 {
		return nil
	}
	return p.m.all[p.draw.IntN(len(p.m.all))]
}

func (p *pair) same(what string, e Effect[int], ok bool, want *modelled) {
	if ok != (want != nil) || ok && e.Args != want.id {
		p.Fatalf("%s: next is %d (%t), want %v", what, e.Args, ok, want)
	}
}

func (p *pair) end() {
	x := p.some()
	if x == nil {
		return
	}
	var want *modelled
	if x.place == underWay {
		want = p.m.leave(x)
		x.place = nowhere
	}
	e, ok := p.t.End(p.refs[x.id])
	p.same("end", e, ok, want)
}

func (p *pair) leaveLane() {
	if x := p.some(); x != nil {
		var want *modelled
		if x.place == underWay {
			want = p.m.leave(x)
		}
		e, ok := p.t.LeaveLane(p.refs[x.id])
		p.same("leave lane", e, ok, want)
	}
}

func (p *pair) drop() {
	x := p.some()
	if x == nil {
		return
	}
	want := x.place != underWay && x.place != nowhere
	if want {
		x.place = nowhere
	}
	if got := p.t.Drop(p.refs[x.id]); got != want {
		p.Fatalf("dropped: %t", got)
	}
}

func (p *pair) open() {
	gate, lane := []string{"a", "b"}[p.draw.IntN(2)], p.lane()
	wantN, want := p.m.release(gate, lane, p.at)
	n, started := p.t.Open(gate, lane, p.at)
	if n != wantN || len(started) != len(want) {
		p.Fatalf("opened for %d, started %d, want %d and %d", n, len(started), wantN, len(want))
	}
	for i, e := range started {
		if e.Args != want[i].id {
			p.Fatalf("started %d, want %d", e.Args, want[i].id)
		}
	}
}

func (p *pair) close() {
	gate := []string{"a", "b"}[p.draw.IntN(2)]
	p.m.open[gate], p.m.opened[gate] = false, nil
	p.t.Close(gate)
}

func (p *pair) forget() {
	lane := p.lane()
	for gate, lanes := range p.m.opened {
		p.m.opened[gate] = slices.DeleteFunc(lanes, func(other uint64) bool { return other == lane })
	}
	p.t.Forget(lane)
}

func (p *pair) emptyLanes() {
	for _, x := range p.m.in(inLane) {
		x.place, x.order = inQueue, x.queue
	}
	p.t.EmptyLanes()
}

func (p *pair) keep() {
	lane := p.lane() + 1
	p.m.kept[lane]++
	p.t.Keep(lane)
}

func (p *pair) unkeep() {
	if lane := p.lane() + 1; p.m.kept[lane] > 0 {
		p.m.kept[lane]--
		p.t.Unkeep(lane)
	}
}

// compare compares all that can be asked of a timeline.
func (p *pair) compare() error {
	queued, atGates := p.t.Scheduled()
	if err := sameList("running", p.t.Running(), p.m.in(underWay)); err != nil {
		return err
	}
	if err := sameList("at gates", atGates, p.m.in(atGate)); err != nil {
		return err
	}
	if err := sameList("queued", withoutLanes(p, queued), p.m.in(inQueue)); err != nil {
		return err
	}
	n, g := p.t.Len()
	if n != len(queued) || n != len(p.m.in(inQueue))+len(p.m.in(inLane)) || g != len(atGates) || p.t.Quiet() != (len(p.m.in(underWay)) == 0) {
		return fmt.Errorf("it has %d queued and %d at gates, quiet %t", n, g, p.t.Quiet())
	}
	if next, ok := p.t.Next(); ok != (len(p.m.in(inQueue)) > 0) || ok && (!next.Equal(p.m.in(inQueue)[0].e.Due) || p.t.IsDue(p.at) != !next.After(p.at)) {
		return fmt.Errorf("next is due %s (%t)", next, ok)
	}
	for lane := uint64(1); lane < 6; lane++ {
		if p.t.Pending(lane) != p.m.pending(lane) || p.t.Calm(lane, p.at) != p.m.calm(lane, p.at) {
			return fmt.Errorf("lane %d: pending %t, calm %t", lane, p.t.Pending(lane), p.t.Calm(lane, p.at))
		}
	}
	return p.compareEmptied()
}

// compareEmptied checks that each object is named from which the last operation took the last effect or use.
func (p *pair) compareEmptied() error {
	emptied := p.t.Emptied()
	for lane := range uint64(6) {
		pending := lane > 0 && p.m.pending(lane)
		if p.pending[lane] && !pending && !slices.Contains(emptied, lane) || pending && slices.Contains(emptied, lane) {
			return fmt.Errorf("lane %d was pending %t, is pending %t; emptied are %v", lane, p.pending[lane], pending, emptied)
		}
		p.pending[lane] = pending
	}
	return nil
}

// withoutLanes removes those that wait for their lane: their order among the queued is that in which they will run.
func withoutLanes(p *pair, queued []Effect[int]) []Effect[int] {
	return slices.DeleteFunc(queued, func(e Effect[int]) bool { return p.m.all[e.Args-1].place == inLane })
}

func sameList(what string, got []Effect[int], want []*modelled) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d are %s, want %d", len(got), what, len(want))
	}
	for i, e := range got {
		if e.Args != want[i].id || !e.Due.Equal(want[i].e.Due) {
			return fmt.Errorf("%s %d is %d due %s, want %d due %s", what, i, e.Args, e.Due, want[i].id, want[i].e.Due)
		}
	}
	return nil
}
