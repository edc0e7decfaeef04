package testkit

import (
	"context"
	"errors"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// relay lets this process make the calls to the merchant, until the test is over.
func (m *Mock) relay() {
	m.tb.Helper()
	m.Set("delivery", "relay")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- mockserver.Relay(ctx, m.control) }()
	m.stop = func() {
		m.tb.Helper()
		cancel()
		if err := <-ended; err != nil && !isGone(err) {
			m.tb.Errorf("testkit: the relay to the merchant ended: %v", err)
		}
	}
}

// isGone reports whether the mock has ended before its relay.
func isGone(err error) bool {
	_, answered := errors.AsType[*control.Error](err)
	return !answered
}
