package gateway

import (
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestAnswered expects an entry answered only if a step is scheduled at that moment and the answer was written completely.
func TestAnswered(t *testing.T) {
	const atAnswered = "{name: t/x, description: x, payer: {pay: {}}}"
	for _, test := range []struct {
		name, scenario string
		written        bool
		want           int
	}{
		{"a payer that pays after the answer", atAnswered, true, 1},
		{"the answer was not written", atAnswered, false, 0},
	} {
		_, a := start(t, Config{Now: frozenNow})
		queueYAML(t, a, test.scenario)
		c := create(t, a)
		if !c.AwaitsAnswer() {
			t.Fatalf("%s: the charge does not wait for its answer", test.name)
		}
		a.Answering(c.Name())(test.written)
		if got := countEvents(t, a, tap.EventAnswered); got != test.want {
			t.Errorf("%s: %d entries answered, want %d", test.name, got, test.want)
		}
	}
	_, a := start(t, Config{})
	if c := create(t, a); c.AwaitsAnswer() {
		t.Error("a charge without a scenario waits for its answer")
	}
}
