package timeline

import (
	"testing"
	"time"
)

// TestLookup asks for effects by name: one that is scheduled, one that has ended, one of a longer timeline.
func TestLookup(t *testing.T) {
	var tl, longer Timeline[string]
	now := time.Unix(1_800_000_000, 0)
	first := tl.Add(Effect[string]{Due: now, Args: "first"})
	if e := tl.Get(first); e.Args != "first" || e.Ref() != first || !e.Due.Equal(now) {
		t.Errorf("the effect is %+v", e)
	}
	*tl.Args(first) = "changed"
	if e, step := tl.Take(now, true); step != Run || e.Args != "changed" {
		t.Errorf("took %q (%d), want the changed arguments", e.Args, step)
	}
	tl.End(first)
	second := tl.Add(Effect[string]{Due: now, Args: "second"})
	longer.Add(Effect[string]{})
	beyond := longer.Add(Effect[string]{Args: "elsewhere"})
	for name, r := range map[string]Ref{"ended": first, "of another timeline": beyond, "zero": {}} {
		if e := tl.Get(r); e != (Effect[string]{}) || tl.Args(r) != nil || tl.Drop(r) {
			t.Errorf("%s: the effect is %+v", name, e)
		}
	}
	if tl.Get(second).Args != "second" || first == second {
		t.Error("the effect in the slot of one that has ended is not found")
	}
}

// TestEmptyRef asks for the zero name in a timeline whose first slot is empty.
func TestEmptyRef(t *testing.T) {
	var tl Timeline[string]
	tl.Drop(tl.Add(Effect[string]{Args: "dropped"}))
	if tl.Args(Ref{}) != nil || tl.Drop(Ref{}) {
		t.Error("the zero name names an effect")
	}
}

// TestOpenings counts the remembered gates, and lists them.
func TestOpenings(t *testing.T) {
	var tl Timeline[string]
	now := time.Unix(1_800_000_000, 0)
	if tl.Openings() != 0 || tl.IsOpen("a") || !tl.IsClosed("a", 1) || tl.IsClosed("", 1) {
		t.Error("an unknown gate is open, or is remembered")
	}
	tl.Open("a", 1, now)
	tl.Open("a", 2, now)
	tl.Open("b", 0, now)
	if n := tl.Openings(); n != 4 {
		t.Errorf("%d openings, want 4", n)
	}
	if names := tl.GateNames(); len(names) != 2 || names[0] != "a" || names[1] != "b" {
		t.Errorf("the gates are %q", names)
	}
	if tl.IsClosed("a", 2) || !tl.IsClosed("a", 3) || tl.IsClosed("b", 3) || tl.IsOpen("a") || !tl.IsOpen("b") {
		t.Error("a gate is not open for the lanes for which it was opened, or for others")
	}
	if tl.Forget(1); tl.Openings() != 3 || !tl.IsClosed("a", 1) {
		t.Errorf("%d openings after one was forgotten", tl.Openings())
	}
	if tl.Close("a"); tl.Openings() != 2 || !tl.IsClosed("a", 2) {
		t.Errorf("%d openings after the gate was closed", tl.Openings())
	}
}

// TestCrowdGivesBackItsMemory drops all effects of a timeline: it keeps the memory of few of them, and what is kept of objects.
func TestCrowdGivesBackItsMemory(t *testing.T) {
	for crowd, want := range map[int]int{fewSlots: fewSlots, fewSlots + 1: 0} {
		var tl Timeline[int]
		tl.Keep(7)
		var refs []Ref
		for i := range crowd {
			refs = append(refs, tl.Add(Effect[int]{Lane: 1, Args: i}))
		}
		for _, r := range refs[1:] {
			tl.Drop(r)
		}
		if len(tl.slots) != crowd || tl.Get(refs[0]).Lane != 1 {
			t.Errorf("with one effect left of %d there are %d slots", crowd, len(tl.slots))
		}
		if tl.Drop(refs[0]); len(tl.slots) != want || !tl.Pending(7) || tl.Pending(1) {
			t.Errorf("without effects of %d there are %d slots, want %d; pending %t, %t", crowd, len(tl.slots), want, tl.Pending(7), tl.Pending(1))
		}
		if r := tl.Add(Effect[int]{Args: 5}); tl.Get(r).Args != 5 || tl.Args(refs[crowd-1]) != nil {
			t.Error("an effect after the crowd is not found, or one of the crowd is")
		}
		tl.Unkeep(7)
		if tl.Pending(7) {
			t.Error("an object is kept for ever")
		}
	}
}
