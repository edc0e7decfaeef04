package webhook

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// TestDialEndsWithTheAttempt dials a merchant who never comes to the line. The bubble reports a dial that stays.
func TestDialEndsWithTheAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSender(Config{})
		s.transport.DialContext = tied(func(ctx context.Context, _, _ string) (net.Conn, error) {
			if d, ok := ctx.Deadline(); ok {
				t.Errorf("the dial ends by itself at %s", d)
			}
			<-ctx.Done()
			return nil, ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begin := time.Now()
		if r := s.Send(ctx, message("http://shop.example/")); r.Fault != "timeout" || time.Since(begin) != 10*time.Second {
			t.Errorf("%+v after %s", r, time.Since(begin))
		}
	})
}
