package record_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/record"
)

// onRunningClock is latePayment on a clock that runs with real time: entry i was written after the i-th time, the merchant took as long to
// respond to the webhook.
func onRunningClock(tookMS float64, after ...time.Duration) (*control.Trace, []control.Webhook) {
	trace, webhooks := latePayment()
	begin := trace.Entries[0].At
	for i := range after {
		trace.Entries[i].At = begin.Add(after[i])
	}
	a := &webhooks[0].Attempts[0]
	a.At, a.Response.TookMS = trace.Entries[6].At, tookMS
	return trace, webhooks
}

// TestRunningClock records a payment on a running clock. Neither the few milliseconds that its steps took nor the time that the merchant took
// to respond are in the recording.
func TestRunningClock(t *testing.T) {
	t.Parallel()
	trace, webhooks := onRunningClock(2100, 0, 3_200_001, 7_100_002, 8_100_003, 8_200_004, 2_110_000_005, 2_109_000_006)
	trace.Entries[5], trace.Entries[6] = trace.Entries[6], trace.Entries[5] // the webhook before the return, which waited for it
	trace.Entries[6].Cause = trace.Entries[5].Seq
	yaml, notes := record.Scenario(trace, webhooks)
	if want := "    payer: {pay: {}}\n    bank: {result: CAPTURED}\n"; !strings.HasSuffix(yaml, want) || len(notes) > 0 {
		t.Errorf("%s%q", yaml, notes)
	}
}

// TestRoundedTimes records a payment on a running clock whose durations are rounded up. The test that is made of it must move the clock by
// their sum, which is more than the payment took.
func TestRoundedTimes(t *testing.T) {
	t.Parallel()
	trace, webhooks := onRunningClock(0, 0, 0, 7_600_000_001, 7_600_000_001, 7_600_000_001, 7_600_000_001, 67_200_000_002)
	again := trace.Entries[6].At.Add(1_000_000_001)
	trace.Entries = append(trace.Entries, control.Entry{Seq: 8, Cause: 7, At: again, Event: "webhook", Delivery: "whd_1"})
	webhooks[0].Attempts[0].Response.Status = 500
	webhooks[0].Attempts = append(webhooks[0].Attempts, control.WebhookAttempt{Attempt: 2, Entry: 8, At: again, Response: control.Response{Status: 200}})
	source, notes := record.GoTest(trace, webhooks)
	for _, part := range []string{"duration: 8s", "settled + 1m", "mock.Advance(69 * time.Second)"} {
		if !strings.Contains(source, part) {
			t.Errorf("%q is not in the test:\n%s%q", part, source, notes)
		}
	}
}
