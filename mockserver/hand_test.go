package mockserver_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// effectOf is what is scheduled of a kind for an object.
func (s *stage) effectOf(kind, object string) control.Effect {
	s.t.Helper()
	timeline, err := s.control.Timeline(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range append(timeline.Scheduled, timeline.Waiting...) {
		if e.Kind == kind && e.Object != nil && e.Object.ID == object {
			return e
		}
	}
	s.t.Fatalf("no %s of %s is scheduled: %+v", kind, object, timeline)
	return control.Effect{}
}

// refused checks the status of a refused call, and a part of its message.
func (s *stage) refusedWith(err error, status int, message string) {
	s.t.Helper()
	e, ok := err.(*control.Error)
	if !ok || e.Status != status || !strings.Contains(e.Message, message) {
		s.t.Errorf("%v, want HTTP %d with %q", err, status, message)
	}
}

// TestHeldEffect holds a webhook back past its time, and releases it: it runs at once, and only then.
func TestHeldEffect(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	id := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {at: settled + 1m}, webhook: {at: settled + 2m}]", nil).ID
	s.awaitIdle()
	first := s.effectOf("webhook", id)
	ctx := t.Context()
	if err := s.control.HoldEffect(ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	s.advance(90 * time.Second)
	if got := len(s.entries(tap.EventWebhook)); got != 0 {
		t.Errorf("%d webhooks were sent although it was held back", got)
	}
	if err := s.control.HoldEffect(ctx, first.ID); err == nil {
		t.Error("an effect was held back twice")
	}
	if err := s.control.ReleaseEffect(ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	s.awaitIdle()
	if got := len(s.entries(tap.EventWebhook)); got != 1 {
		t.Errorf("%d webhooks were sent after the release, want 1", got)
	}
	second := s.effectOf("webhook", id)
	if err := s.control.RunEffect(ctx, second.ID); err != nil {
		t.Fatal(err)
	}
	s.awaitIdle()
	if got := len(s.entries(tap.EventWebhook)); got != 2 {
		t.Errorf("%d webhooks were sent after the second was run, want 2", got)
	}
	for _, gone := range []string{first.ID, second.ID, "eff_0", "eff_x", "x"} {
		s.refusedWith(s.control.RunEffect(ctx, gone), 404, "nothing is scheduled with the id")
		s.refusedWith(s.control.HoldEffect(ctx, gone), 404, "nothing is scheduled with the id")
		s.refusedWith(s.control.ReleaseEffect(ctx, gone), 404, "nothing is scheduled with the id")
	}
}

// TestReleasedBeforeItsTime releases an effect that was held back before it is due: it keeps its time and its gate.
func TestReleasedBeforeItsTime(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	id := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {at: settled + 1m, gate: late}]", nil).ID
	s.awaitIdle()
	e := s.effectOf("webhook", id)
	ctx := t.Context()
	if err := s.control.HoldEffect(ctx, e.ID); err != nil {
		t.Fatal(err)
	}
	if held := s.effectOf("webhook", id); !held.Held || held.Due != e.Due {
		t.Errorf("held: %+v, before %+v", held, e)
	}
	if err := s.control.ReleaseEffect(ctx, e.ID); err != nil {
		t.Fatal(err)
	}
	if again := s.effectOf("webhook", id); again.Held || again.Due != e.Due || again.Gate != "late" {
		t.Errorf("released: %+v, before %+v", again, e)
	}
	if moved := s.advance(time.Minute); len(moved.Gates) != 1 || moved.Gates[0] != "late" {
		t.Errorf("it did not wait at its gate: %+v", moved)
	}
	if err := s.control.ReleaseEffect(ctx, e.ID); err != nil {
		t.Fatal(err)
	}
	s.awaitIdle()
	if got := len(s.entries(tap.EventWebhook)); got != 1 {
		t.Errorf("%d webhooks were sent past the gate, want 1", got)
	}
}

// TestAdvanceToNext moves the clock to what is scheduled next, and refuses when nothing is.
func TestAdvanceToNext(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	_, err := s.control.AdvanceToNext(t.Context())
	s.refusedWith(err, 409, "nothing is scheduled")
	before := s.now()
	s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {at: settled + 1m}]", nil)
	s.awaitIdle()
	moved, err := s.control.AdvanceToNext(t.Context())
	if err != nil || !moved.Now.Equal(before.Add(time.Minute)) || moved.Ran != 1 {
		t.Errorf("%+v, %v", moved, err)
	}
}

// TestEndCharge ends charges with each outcome, and refuses others.
func TestEndCharge(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	ctx := t.Context()
	for outcome, want := range map[string]tap.Status{"captured": tap.Captured, "no-funds": tap.Failed, "cancelled": tap.Cancelled, "webhook-twice": tap.Captured} {
		id := s.create(s.order(nil)).ID
		c, err := s.control.EndCharge(ctx, id, outcome)
		if err != nil || c.Status != want {
			t.Errorf("%s: %+v, %v", outcome, c, err)
		}
		_, err = s.control.EndCharge(ctx, id, "captured")
		s.refusedWith(err, 409, "ended")
	}
	id := s.create(s.order(nil)).ID
	_, err := s.control.EndCharge(ctx, id, "lost")
	s.refusedWith(err, 400, "is not one of captured, no-funds")
	_, err = s.control.EndCharge(ctx, "chg_unknown", "captured")
	s.refusedWith(err, 404, "no such charge")
	if err := s.control.Set(ctx, map[string]string{"page_outcome_panel": "false"}); err != nil {
		t.Fatal(err)
	}
	_, err = s.control.EndCharge(ctx, s.create(s.order(nil)).ID, "captured")
	s.refusedWith(err, 409, "page_outcome_panel must be true")
}
