package mockserver_test

import (
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// TestJournalAcrossReset answers a call that waits for entries when the account is reset, and at once if it was reset before.
func TestJournalAcrossReset(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	s.createFrom("callbacks: [webhook: {}]", nil)
	last := s.account().LastEntry
	answered := make(chan control.Journal, 1)
	go func() {
		j, _ := s.control.Journal(t.Context(), control.JournalQuery{After: last, Wait: time.Minute})
		answered <- j
	}()
	if _, err := s.control.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if j := <-answered; j.LastEntry >= last {
		t.Errorf("%+v", j)
	}
	if j, err := s.control.Journal(t.Context(), control.JournalQuery{After: last, Wait: time.Minute}); err != nil || len(j.Entries) > 0 || j.LastEntry >= last {
		t.Errorf("%+v %v", j, err)
	}
}
