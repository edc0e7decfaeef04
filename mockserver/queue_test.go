package mockserver_test

import (
	"slices"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// wantQueue checks which scenarios wait for the next charges.
func (s *stage) wantQueue(want ...string) {
	s.t.Helper()
	if got, err := s.control.Queue(s.t.Context()); err != nil || !slices.Equal(got, want) {
		s.t.Errorf("the queue is %v, want %v: %v", got, want, err)
	}
}

// TestRefusedCreateKeepsTheQueue makes create calls that are refused: the scenario that they took returns to the front of the queue.
func TestRefusedCreateKeepsTheQueue(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 1}}, "strict=true")
	s.next("outcome/no-funds")
	s.next("outcome/captured")
	create := func(what, body string, status int, queue ...string) {
		t.Helper()
		if a := s.call("POST", "/v2/charges", body); a.status != status {
			t.Errorf("%s: HTTP %d %s", what, a.status, a.body)
		}
		s.wantQueue(queue...)
	}
	create("an amount that is text", s.order(map[string]any{"amount": "1.000"}), 400, "outcome/no-funds", "outcome/captured")
	create("an unknown customer", s.order(map[string]any{"customer": at("id", "cus_unknown")}), 400, "outcome/no-funds", "outcome/captured")
	create("a valid call", s.order(nil), 200, "outcome/captured")
	create("a full account", s.order(nil), 503, "outcome/captured")
}

// TestQueueEntriesCountTheirOwnCalls queues the same scenario twice: its fault is injected into the first call of each entry.
func TestQueueEntriesCountTheirOwnCalls(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.next("api/create-refused")
	s.next("api/create-refused")
	var statuses []int
	for range 5 {
		statuses = append(statuses, s.call("POST", "/v2/charges", s.order(nil)).status)
	}
	if want := []int{503, 200, 503, 200, 200}; !slices.Equal(statuses, want) {
		t.Errorf("HTTP %v, want %v", statuses, want)
	}
}
