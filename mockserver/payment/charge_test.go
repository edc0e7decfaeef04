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
	for _, from := range tap.Statuses() {
		for _, to := range tap.Statuses() {
			for _, late := range []bool{false, true} {
				tryMove(t, from, to, late, at)
			}
		}
	}
}

func tryMove(t *testing.T, from, to tap.Status, late bool, at time.Time) {
	t.Helper()
	before := State{Status: from, Result: tap.PlainResult(from)}
	c := Charge{ID: "chg_1", State: before, History: []Change{{State: before, At: at}}}
	after := State{Status: to, Result: tap.PlainResult(to)}
	err := c.Apply(after, at, "activity_1", late)
	if from.CanBecome(to) || late && from.CanBecomeLate(to) {
		if err != nil || c.State != after || len(c.History) != 2 || c.History[1].State != after || c.History[1].Activity != "activity_1" {
			t.Errorf("%s → %s: %v, %+v", from, to, err, c)
		}
		return
	}
	move, ok := errors.AsType[*MoveError](err)
	if !ok || *move != (MoveError{"chg_1", from, to}) || c.State != before || len(c.History) != 1 {
		t.Errorf("%s → %s: %v, %+v", from, to, err, c)
	}
}

// TestApplyDoesNotChangeCopies moves two copies of a charge to different statuses.
func TestApplyDoesNotChangeCopies(t *testing.T) {
	c := Charge{State: State{Status: tap.Initiated}, History: make([]Change, 1, 8)}
	one, two := c, c
	if one.Apply(State{Status: tap.Captured}, time.Time{}, "", false) != nil || two.Apply(State{Status: tap.Failed}, time.Time{}, "", false) != nil {
		t.Fatal("legal moves were refused")
	}
	if one.History[1].Status != tap.Captured || two.History[1].Status != tap.Failed {
		t.Errorf("the copies share their history: %v %v", one.History, two.History)
	}
}
