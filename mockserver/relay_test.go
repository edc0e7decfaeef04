package mockserver_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestRelayResultHasOneResponsePerCopy reports too few and too many responses of a webhook in two copies: they are refused, and the task
// still waits for its result.
func TestRelayResultHasOneResponsePerCopy(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "delivery=relay")
	c := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {copies: 2, concurrent: true}, return: never]", nil)
	task, err := s.control.NextRelayTask(t.Context(), 10*time.Second)
	if err != nil || task.Copies != 2 {
		t.Fatalf("%+v, %v", task, err)
	}
	responses := []control.Response{{Status: 200}, {Status: 503}, {Status: 500}}
	for _, n := range []int{0, 1, 3} {
		fails(t, s.control.FinishRelayTask(t.Context(), task.ID, responses[:n]), 404, "not_found", "no relay task with this id waits for a result")
	}
	if err := s.control.FinishRelayTask(t.Context(), task.ID, responses[:2]); err != nil {
		t.Fatal(err)
	}
	s.awaitIdle()
	var statuses []int
	for _, e := range s.entries(tap.EventWebhook) {
		statuses = append(statuses, e.Response.Status)
	}
	if !slices.Equal(statuses, []int{200, 503}) || s.get(c.ID).Post.Status != tap.DeliverySuccess {
		t.Errorf("the journal has the responses %v, post.status is %s", statuses, s.get(c.ID).Post.Status)
	}
}
