package tap

import (
	"slices"
	"testing"
)

// TestMoves checks every pair of from and to.
func TestMoves(t *testing.T) {
	over := []Status{Abandoned, Cancelled, Failed, Declined, Restricted, Captured, Void, Unknown, TimedOut}
	lateCapture := []Status{Abandoned, Cancelled, Failed, Declined, TimedOut, Unknown}
	for _, from := range Statuses() {
		for _, to := range Statuses() {
			want := from == Initiated && (to == InProgress || slices.Contains(over, to)) || from == InProgress && slices.Contains(over, to)
			if got := ChargeMoves.CanBecome(from, to); got != want {
				t.Errorf("%s can become %s: %v, want %v", from, to, got, want)
			}
			want = to == Captured && slices.Contains(lateCapture, from) || from == Captured && to == Void
			if got := ChargeMoves.CanBecomeLate(from, to); got != want {
				t.Errorf("%s can become %s late: %v, want %v", from, to, got, want)
			}
		}
		if want := from != Initiated && from != InProgress; from.Final() != want {
			t.Errorf("%s is final: %v, want %v", from, from.Final(), want)
		}
	}
	if len(Statuses()) != 12 {
		t.Errorf("%d statuses, Tap has 12", len(Statuses()))
	}
}

// TestAuthorizationMoves checks every pair of from and to.
func TestAuthorizationMoves(t *testing.T) {
	over := []Status{Abandoned, Cancelled, Failed, Declined, Restricted, Authorized, Unknown, TimedOut}
	for _, from := range Statuses() {
		for _, to := range Statuses() {
			open := from == Initiated || from == InProgress
			want := from == Initiated && to == InProgress || open && slices.Contains(over, to) || from == Authorized && (to == Captured || to == Void)
			if got := AuthorizationMoves.CanBecome(from, to); got != want {
				t.Errorf("%s can become %s: %v, want %v", from, to, got, want)
			}
			want = to == Authorized && slices.Contains([]Status{Abandoned, Cancelled, Failed, Declined, TimedOut, Unknown}, from)
			if got := AuthorizationMoves.CanBecomeLate(from, to); got != want {
				t.Errorf("%s can become %s late: %v, want %v", from, to, got, want)
			}
		}
	}
	if MovesOf(KindAuthorization) != &AuthorizationMoves || MovesOf(KindCharge) != &ChargeMoves {
		t.Error("a kind has the moves of the other")
	}
}
