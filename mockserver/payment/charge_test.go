package payment

import (
	"errors"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestApply tries every pair of statuses: a legal move appends one change, any other returns a MoveError and changes nothing.
func TestApply(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, kind := range []tap.Kind{tap.KindCharge, tap.KindAuthorization} {
		for _, from := range tap.Statuses() {
			for _, to := range tap.Statuses() {
				for _, late := range []bool{false, true} {
					tryMove(t, kind, from, to, late, at)
				}
			}
		}
	}
}

func tryMove(t *testing.T, kind tap.Kind, from, to tap.Status, late bool, at time.Time) {
	t.Helper()
	before := State{Status: from, Result: tap.PlainResult(from)}
	c := Payment{Head: Head{ID: "1"}, kind: kind.Number(), State: before}
	after := State{Status: to, Result: tap.PlainResult(to), At: at, Activity: "activity_1"}
	err := c.Apply(after, late)
	if moves := tap.MovesOf(kind); moves.CanBecome(from, to) || late && moves.CanBecomeLate(from, to) {
		if err != nil || c.State != after || c.Latest() != 1 || c.Version(0).State != before {
			t.Errorf("%s → %s: %v, %+v", from, to, err, c)
		}
		return
	}
	move, ok := errors.AsType[*MoveError](err)
	if !ok || *move != (MoveError{string(kind) + " 1", string(from), string(to)}) || c.State != before || c.Latest() != 0 {
		t.Errorf("%s → %s: %v, %+v", from, to, err, c)
	}
}

// TestApplyDoesNotChangeCopies moves two copies of a charge to different statuses, from different states: each keeps its own past.
func TestApplyDoesNotChangeCopies(t *testing.T) {
	c := Payment{State: State{Status: tap.Initiated}, past: make([]State, 1, 8)}
	one, two := c, c
	one.Post, two.Post = Succeeded, Failed
	if one.Apply(State{Status: tap.Captured}, false) != nil || two.Apply(State{Status: tap.Failed}, false) != nil {
		t.Fatal("legal moves were refused")
	}
	if one.Version(1).Post != Succeeded || two.Version(1).Post != Failed {
		t.Errorf("the copies share their past: %v %v", one.past, two.past)
	}
}
