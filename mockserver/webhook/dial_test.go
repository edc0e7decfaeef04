package webhook

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// TestDialEndsWithTheAttempt dials a merchant that never accepts the connection. The bubble reports a dial that is left.
func TestDialEndsWithTheAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSender(Config{})
		s.transport.DialContext = boundToAttempt(func(ctx context.Context, _, _ string) (net.Conn, error) {
			if d, ok := ctx.Deadline(); ok {
				t.Errorf("the dial has a deadline of its own: %s", d)
			}
			<-ctx.Done()
			return nil, ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begin := time.Now()
		if r := s.Send(ctx, message("http://shop.example/")); r.Failure != "timeout" || time.Since(begin) != 10*time.Second {
			t.Errorf("%+v after %s", r, time.Since(begin))
		}
	})
}
