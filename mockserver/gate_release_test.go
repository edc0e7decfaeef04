package mockserver_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// twoGatedWebhooks has two webhooks, a day apart, that wait at the same gate.
const twoGatedWebhooks = "payer: {pay: {}}\ncallbacks: [webhook: {gate: checked}, webhook: {at: settled + 1d, gate: checked}]"

// release releases the gate checked for a charge, or for all with "", and checks how many effects waited there.
func (s *stage) release(charge string, want int) {
	s.t.Helper()
	if n, err := s.control.Release(s.t.Context(), "checked", charge); err != nil || n != want {
		s.t.Errorf("released %d for %q, want %d: %v", n, charge, want, err)
	}
	s.awaitIdle()
}

// wantHooks checks for which charges the shop has received webhooks, in order.
func (s *stage) wantHooks(want ...tap.Charge) {
	s.t.Helper()
	var ids, got []string
	for _, c := range want {
		ids = append(ids, c.ID)
	}
	for _, v := range s.shop.visits("/hook") {
		got = append(got, decode(s.t, v.body).ID)
	}
	if !slices.Equal(got, ids) {
		s.t.Errorf("webhooks were received for %v, want %v", got, ids)
	}
}

// TestReleaseForOneCharge releases a gate for one of two charges: now and later the other one still waits there.
func TestReleaseForOneCharge(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	one, two := s.createFrom(twoGatedWebhooks, nil), s.createFrom(twoGatedWebhooks, nil)
	s.awaitIdle()
	s.release(one.ID, 1)
	s.wantHooks(one)
	s.advance(24 * time.Hour)
	s.wantHooks(one, one)
	s.release(two.ID, 2)
	s.wantHooks(one, one, two, two)
}

// TestHoldEndsEveryRelease closes a gate that was released for one charge: a later effect of that charge waits again.
func TestHoldEndsEveryRelease(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom(twoGatedWebhooks, nil)
	s.awaitIdle()
	s.release(c.ID, 1)
	if err := s.control.Hold(t.Context(), "checked"); err != nil {
		t.Fatal(err)
	}
	s.advance(24 * time.Hour)
	s.wantHooks(c)
	s.release("", 1)
	s.wantHooks(c, c)
}
