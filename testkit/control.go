package testkit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/scenarios"
)

// Next says what the account's next charge goes through: a scenario by its name, or several joined by +. A test that ends before a charge has followed it fails.
func (m *Mock) Next(scenario string) {
	m.tb.Helper()
	m.check(m.control.Next(m.tb.Context(), scenario))
}

// NextScenario is [Mock.Next] with a scenario built in Go.
func (m *Mock) NextScenario(s scenarios.Scenario) {
	m.tb.Helper()
	m.check(m.control.NextYAML(m.tb.Context(), string(s.YAML())))
}

// DefaultScenario says what every charge goes through that nothing else is chosen for; "" is nothing.
func (m *Mock) DefaultScenario(scenario string) {
	m.tb.Helper()
	m.check(m.control.SetDefaultScenario(m.tb.Context(), scenario))
}

// ScenarioFiles gives the account scenarios of its own: the text of a scenario file.
func (m *Mock) Scenarios(yaml string) {
	m.tb.Helper()
	m.check(m.control.PutScenarios(m.tb.Context(), yaml))
}

// Set changes a setting of the account, for charges to come.
func (m *Mock) Set(key, value string) {
	m.tb.Helper()
	m.check(m.control.Set(m.tb.Context(), map[string]string{key: value}))
}

// Now is the instant on the account's clock.
func (m *Mock) Now() time.Time {
	m.tb.Helper()
	c, err := m.control.Clock(m.tb.Context())
	m.check(err)
	return c.Now
}

// Freeze stops the account's clock at an instant, or where it is if that is zero.
func (m *Mock) Freeze(at time.Time) { m.tb.Helper(); m.must(m.control.Freeze(m.tb.Context(), at)) }

// Resume lets the clock run on.
func (m *Mock) Resume() { m.tb.Helper(); m.must(m.control.Resume(m.tb.Context())) }

// Advanced is the result of moving a clock.
type Advanced struct {
	Now   time.Time // on the account's clock
	Ran   int       // number of effects that ran
	Gates []string  // gates at which something that became due waits
}

// Advance advances the account's clock. It returns when everything that became due has run and every delivery has ended. Before that
// it waits for deliveries under way.
func (m *Mock) Advance(d time.Duration) Advanced {
	m.tb.Helper()
	m.AwaitIdle()
	moved, err := m.control.Advance(m.tb.Context(), d)
	if e, ok := errors.AsType[*control.Error](err); ok && e.Code == "busy" { // something began in between
		m.AwaitIdle()
		moved, err = m.control.Advance(m.tb.Context(), d)
	}
	m.check(err)
	return Advanced{Now: moved.Now, Ran: moved.Ran, Gates: moved.Gates}
}

// AwaitIdle waits until nothing of the account runs or is due, so that what the test looks at next stays as it is.
func (m *Mock) AwaitIdle() {
	m.tb.Helper()
	m.must(m.control.AwaitIdle(m.tb.Context(), m.patience))
}

// Gate shuts a gate of scenarios, and returns the func that releases it.
func (m *Mock) Hold(gate string) (release func()) {
	m.tb.Helper()
	m.check(m.control.Hold(m.tb.Context(), gate))
	return func() { m.tb.Helper(); m.Release(gate) }
}

// Release opens a gate, and says how many steps waited there.
func (m *Mock) Release(gate string) int {
	m.tb.Helper()
	n, err := m.control.Release(m.tb.Context(), gate, "")
	m.check(err)
	return n
}

// maxTraces bounds how many charges a failing test tells of.
const maxTraces = 5

// tracesText tells of the last charges and of what happened to the account as a whole.
func (m *Mock) tracesText(ctx context.Context) string {
	all, err := m.control.Charges(ctx, "")
	if err != nil {
		return "testkit: the stories cannot be told: " + err.Error()
	}
	var b strings.Builder
	b.WriteString("tapmock saw:\n")
	if len(all) == 0 {
		b.WriteString("(no charge of this account: does the code under test use mock.APIURL() and mock.Key?)\n")
	}
	if n := len(all) - maxTraces; n > 0 {
		fmt.Fprintf(&b, "(%d earlier charges)\n", n)
		all = all[:maxTraces]
	}
	for _, c := range slices.Backward(all) {
		if s, err := m.control.Trace(ctx, c.ID); err == nil {
			b.WriteString(s.Text)
		}
	}
	j, _ := m.control.Journal(ctx, control.JournalQuery{Oldest: true, Limit: 10_000})
	for _, e := range j.Entries {
		if e.Object == nil {
			fmt.Fprintf(&b, "%5d  %s  %-17s %s\n", e.Seq, e.At.UTC().Format("2006-01-02 15:04:05.000"), e.Event, e.Detail)
		}
	}
	return b.String()
}
