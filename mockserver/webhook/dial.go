package webhook

import (
	"context"
	"errors"
	"net"
	"time"
)

// dialBound ends a connection attempt that would outlast any patience.
const dialBound = 30 * time.Second

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

type attemptKey struct{}

// errOver is the cause of an attempt's end when it came to its end by itself.
var errOver = errors.New("the attempt is over")

// withAttempt lets a dialler that sees only ctx's values find ctx.
func withAttempt(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptKey{}, ctx)
}

// tied makes dial end with the attempt that asked for it: left to itself the transport would go on dialling, and waiting for
// a TLS handshake, for a caller who has gone. An attempt that came to its end leaves closing to the transport. Dial sees no
// deadline, so that it never ends before the attempt does.
func tied(dial dialFunc) dialFunc {
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
			if context.Cause(attempt) != errOver {
				conn.Close()
			}
		})
		return conn, nil
	}
}
