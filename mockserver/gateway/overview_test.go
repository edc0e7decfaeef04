package gateway

import (
	"testing"
)

// TestOverviewIsOneInstant creates a charge with a scenario from the queue and resets the account, again and again: no summary has both
// the scenario in the queue and the charge.
func TestOverviewIsOneInstant(t *testing.T) {
	_, a := start(t, Config{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 5000 {
			if err := a.Next("outcome/captured"); err != nil {
				t.Error(err)
			}
			create(t, a)
			if _, err := a.Reset(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}()
	for {
		if o := a.Overview(); len(o.Queue) > 0 && o.Charges > 0 {
			t.Fatalf("the summary is of two instants: %+v", o)
		}
		select {
		case <-done:
			return
		default:
		}
	}
}
