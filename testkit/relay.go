package testkit

import (
	"context"
	"errors"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// relay makes this process send the webhooks and returns until the test ends.
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
			m.tb.Errorf("testkit: the relay stopped: %v", err)
		}
	}
}

// isGone reports whether the mock stopped before its relay.
func isGone(err error) bool {
	_, responded := errors.AsType[*control.Error](err)
	return !responded
}
