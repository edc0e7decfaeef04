package testkit

import (
	"errors"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/scenarios"
)

// Next queues the scenario that the account's next charge follows: a name, or several joined by +. Each call is for one more charge.
// A test that ends with a queued scenario fails.
func (m *Mock) Next(scenario string) {
	m.tb.Helper()
	m.check(m.control.Next(m.tb.Context(), scenario))
}

// NextScenario is [Mock.Next] with a scenario built in Go.
func (m *Mock) NextScenario(s scenarios.Scenario) {
	m.tb.Helper()
	m.check(m.control.NextYAML(m.tb.Context(), string(s.YAML())))
}

// DefaultScenario sets the scenario of charges for which none is chosen, or of refunds or authorizations if it is one for them; "" removes all.
func (m *Mock) DefaultScenario(scenario string) {
	m.tb.Helper()
	m.check(m.control.SetDefaultScenario(m.tb.Context(), scenario))
}

// PutScenarios replaces the account's own scenarios by those of yaml, the text of a scenario file.
func (m *Mock) PutScenarios(yaml string) {
	m.tb.Helper()
	m.check(m.control.PutScenarios(m.tb.Context(), yaml))
}

// Set changes a setting of the account for new charges; tapmock -h lists the settings.
func (m *Mock) Set(key, value string) {
	m.tb.Helper()
	m.check(m.control.Set(m.tb.Context(), map[string]string{key: value}))
}

// Unset returns settings of the account to the values of the server.
func (m *Mock) Unset(keys ...string) {
	m.tb.Helper()
	m.check(m.control.Unset(m.tb.Context(), keys...))
}

// Now is the time on the account's clock.
func (m *Mock) Now() time.Time {
	m.tb.Helper()
	c, err := m.control.Clock(m.tb.Context())
	m.check(err)
	return c.Now
}

// Freeze freezes the account's clock at an instant, or at its current time if at is zero.
func (m *Mock) Freeze(at time.Time) { m.tb.Helper(); m.must(m.control.Freeze(m.tb.Context(), at)) }

// Resume lets a frozen clock run again.
func (m *Mock) Resume() { m.tb.Helper(); m.must(m.control.Resume(m.tb.Context())) }

// Advanced is the result of moving a clock.
type Advanced struct {
	Now   time.Time // on the account's clock, after the move
	Ran   int       // number of effects that ran, such as webhooks and expiries
	Gates []string  // gates at which effects that became due wait
}

// Advance moves the account's clock forward. It returns when everything that became due has run and every delivery has ended. It
// first waits for deliveries under way.
func (m *Mock) Advance(d time.Duration) Advanced {
	m.tb.Helper()
	m.AwaitIdle()
	moved, err := m.control.Advance(m.tb.Context(), d)
	if e, ok := errors.AsType[*control.Error](err); ok && e.Code == "busy" { // a delivery started in between
		m.AwaitIdle()
		moved, err = m.control.Advance(m.tb.Context(), d)
	}
	m.check(err)
	return Advanced{Now: moved.Now, Ran: moved.Ran, Gates: moved.Gates}
}

// AwaitIdle waits until nothing of the account runs or is due, so that what the test reads next does not change.
func (m *Mock) AwaitIdle() {
	m.tb.Helper()
	m.must(m.control.AwaitIdle(m.tb.Context(), m.timeout))
}

// Hold closes a gate, at which steps of scenarios wait until release or [Mock.Release] is called. A gate that a scenario names is closed
// from the start; Hold closes it again. Some scenario must name the gate: queue it with [Mock.Next] or set it first. An unknown name is
// an error that says which names are near.
func (m *Mock) Hold(gate string) (release func()) {
	m.tb.Helper()
	m.check(m.control.Hold(m.tb.Context(), gate))
	return func() { m.tb.Helper(); m.Release(gate) }
}

// Release opens a gate until the next [Mock.Hold], and returns the number of steps that waited there.
func (m *Mock) Release(gate string) int {
	m.tb.Helper()
	n, err := m.control.Release(m.tb.Context(), gate, "")
	m.check(err)
	return n
}
