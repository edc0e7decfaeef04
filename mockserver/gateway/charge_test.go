package gateway

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
	c := Charge{ID: "chg_1", Status: from, Result: tap.PlainResult(from), History: []Change{{To: from, At: at}}}
	err := c.Apply(Change{To: to, At: at, Activity: "activity_1"}, tap.PlainResult(to), late)
	if from.CanBecome(to) || late && from.CanBecomeLate(to) {
		if err != nil || c.Status != to || c.Result != tap.PlainResult(to) || len(c.History) != 2 || c.History[1].To != to {
			t.Errorf("%s → %s: %v, %+v", from, to, err, c)
		}
		return
	}
	move, ok := errors.AsType[*MoveError](err)
	if !ok || *move != (MoveError{"chg_1", from, to}) || c.Status != from || len(c.History) != 1 || c.Result != tap.PlainResult(from) {
		t.Errorf("%s → %s: %v, %+v", from, to, err, c)
	}
}

// TestApplyDoesNotChangeCopies moves two copies of a charge to different statuses.
func TestApplyDoesNotChangeCopies(t *testing.T) {
	c := Charge{Status: tap.Initiated, History: make([]Change, 1, 8)}
	one, two := c, c
	if one.Apply(Change{To: tap.Captured}, tap.Result{}, false) != nil || two.Apply(Change{To: tap.Failed}, tap.Result{}, false) != nil {
		t.Fatal("legal moves were refused")
	}
	if one.History[1].To != tap.Captured || two.History[1].To != tap.Failed {
		t.Errorf("the copies share their history: %v %v", one.History, two.History)
	}
}
