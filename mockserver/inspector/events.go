package inspector

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
)

// The bounds of the pages' event streams, in real time.
const (
	maxViewers = 100                    // of the server
	pause      = 500 * time.Millisecond // between two events, so that a viewer costs the merchant's calls nearly nothing
	heartbeat  = 15 * time.Second       // keeps proxies from closing a quiet stream
)

// Events serves the stream that a page follows: the event moved, each time something has happened in the account, and not more. The page then loads
// itself again. For what has happened see the control API's call events.
func (p *Pages) Events() http.Handler {
	slots := make(chan struct{}, maxViewers)
	return p.page(func(v *visit) error {
		if v.account == "" {
			return errNoAccount
		}
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		default:
			return &control.Error{Status: http.StatusServiceUnavailable, Code: "full", Message: fmt.Sprintf("%d pages are open, more than that the mock does not serve; close one", maxViewers)}
		}
		v.stream()
		return nil
	})
}

// stream writes events until the browser closes the stream, the account is gone or the server stops.
func (v *visit) stream() {
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // of nginx, which would keep events back
	ctx, stop := context.WithCancel(v.r.Context())
	defer stop()
	defer context.AfterFunc(v.pages.mock.Lifetime(), stop)()
	place, ok := v.pages.mock.Moved(expired, v.account, Place{})
	text := "retry: 1000\n" + moved(place) // a page that was made before loads itself again
	for ok && ctx.Err() == nil {
		if _, err := v.w.Write([]byte(text)); err != nil || http.NewResponseController(v.w).Flush() != nil {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		bound, end := context.WithTimeout(ctx, heartbeat)
		before := place
		place, ok = v.pages.mock.Moved(bound, v.account, place)
		end()
		if text = ": \n\n"; place != before {
			text = moved(place)
		}
	}
}

// moved is the event that says where an account is.
func moved(p Place) string { return fmt.Sprintf("event: moved\ndata: %s\n\n", p) }

// expired is a context that is done: what is asked with it is answered at once.
var expired = func() context.Context {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	return ctx
}()
