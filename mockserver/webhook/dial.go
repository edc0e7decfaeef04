package webhook

import (
	"context"
	"errors"
	"net"
	"time"
)

// dialBound bounds one connection attempt.
const dialBound = 30 * time.Second

// dial connects to a merchant.
func (c *Config) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if inside, ok := c.Inside[address]; ok {
		return inside(ctx)
	}
	return (&net.Dialer{Timeout: dialBound}).DialContext(ctx, network, address)
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

type attemptKey struct{}

// errCompleted is the cause of the cancellation of an attempt that has completed.
var errCompleted = errors.New("the attempt has completed")

// withAttempt stores ctx in its own values, for a dial function that gets only the values of ctx.
func withAttempt(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptKey{}, ctx)
}

// boundToAttempt ends a dial, and closes its connection, when the attempt that started it is cancelled. The transport alone would
// continue to dial, and to wait for a TLS handshake, after the caller has returned. After a completed attempt the transport closes the
// connection. The dial has no deadline of its own, so it never ends before the attempt.
func boundToAttempt(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		attempt := ctx.Value(attemptKey{}).(context.Context)
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(attempt, cancel)()
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(attempt, func() {
			if context.Cause(attempt) != errCompleted {
				conn.Close()
			}
		})
		return hearing{conn}, nil
	}
}

// hearing is a connection on which the merchant's response is read even if the merchant no longer reads. A merchant can respond before it has
// the whole body, and then close the connection. If a write finds that out before the response has been read, the transport would report
// the failed write and drop the response. Such a write therefore counts as done. If there is no response, the next read says so.
type hearing struct{ net.Conn }

// Write writes p, or drops it if the merchant has closed the connection.
func (h hearing) Write(p []byte) (int, error) {
	n, err := h.Conn.Write(p)
	if err != nil && isCutOff(err) {
		return len(p), nil
	}
	return n, err
}
