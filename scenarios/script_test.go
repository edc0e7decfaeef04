package scenarios_test

import (
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

// TestPlainReturn checks the default moment of the return: after the first webhook that is sent as soon as the payment is settled.
func TestPlainReturn(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]scenarios.Moment{
		"outcome/captured":        {Event: scenarios.FirstAttempt, N: 1},
		"webhook/while-initiated": {Event: scenarios.FirstAttempt, N: 2}, // its first webhook is sent before the payment
		"webhook/never":           {Event: scenarios.Settled},
	} {
		script, err := scenarios.Builtin().Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		last := script.Callbacks[len(script.Callbacks)-1]
		if !script.PlainReturn || last.Return == nil || last.Return.At != want {
			t.Errorf("%s: the return is at %+v, want %+v", name, last.Return, want)
		}
	}
}
