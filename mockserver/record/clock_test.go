package record_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/record"
)

// TestRunningClock records a payment on a clock that runs with real time. The few milliseconds that its steps took are not in the recording.
func TestRunningClock(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.must(s.control.Resume(t.Context()))
	h := s.open()
	h.pay()
	h.idle()
	yaml, notes := record.Scenario(h.recording(h.id))
	if want := "    payer: {pay: {}}\n    bank: {result: CAPTURED}\n"; !strings.HasSuffix(yaml, want) || len(notes) > 0 {
		t.Errorf("%s%q", yaml, notes)
	}
}

// TestRoundedTimes records a payment on a running clock whose durations are rounded up. The test that is made of it must move the clock by
// their sum, which is more than the payment took.
func TestRoundedTimes(t *testing.T) {
	t.Parallel()
	trace, webhooks := latePayment()
	begin := trace.Entries[0].At
	for i, after := range []time.Duration{0, 0, 7_600_000_001, 7_600_000_001, 7_600_000_001, 7_600_000_001, 67_200_000_002} {
		trace.Entries[i].At = begin.Add(after)
	}
	webhooks[0].Attempts[0].At = trace.Entries[6].At
	source, notes := record.GoTest(trace, webhooks)
	for _, part := range []string{"duration: 8s", "settled + 1m", "mock.Advance(68 * time.Second)"} {
		if !strings.Contains(source, part) {
			t.Errorf("%q is not in the test:\n%s%q", part, source, notes)
		}
	}
}
