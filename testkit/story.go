package testkit

import (
	"context"
	"errors"
	"fmt"
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

// Always says what every charge goes through that nothing else is chosen for; "" is nothing.
func (m *Mock) Always(scenario string) {
	m.tb.Helper()
	m.check(m.control.SetDefault(m.tb.Context(), scenario))
}

// Scenarios gives the account scenarios of its own: the text of a scenario file.
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

// Advance moves the account's clock on, and returns when everything that fell due has happened and every delivery has been answered. It
// waits for deliveries that are under way already.
func (m *Mock) Advance(d time.Duration) control.Moved {
	m.tb.Helper()
	m.Settle()
	moved, err := m.control.Advance(m.tb.Context(), d)
	if e, ok := errors.AsType[*control.Error](err); ok && e.Code == "busy" { // something began in between
		m.Settle()
		moved, err = m.control.Advance(m.tb.Context(), d)
	}
	m.check(err)
	return moved
}

// Settle waits until nothing of the account runs or is due, so that what the test looks at next stays as it is.
func (m *Mock) Settle() {
	m.tb.Helper()
	m.must(m.control.Settle(m.tb.Context(), m.patience))
}

// Hold shuts a gate of scenarios, and returns the func that releases it.
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

// Charges are the account's charges, oldest first.
func (m *Mock) Charges() []control.Charge {
	m.tb.Helper()
	all, err := m.control.Charges(m.tb.Context(), "")
	m.check(err)
	return all
}

// Charge is a charge as it is now.
func (m *Mock) Charge(id string) control.Charge {
	m.tb.Helper()
	s, err := m.control.Story(m.tb.Context(), id)
	m.check(err)
	return s.Charge
}

// Story tells what has happened to a charge, as lines that a person can read.
func (m *Mock) Story(id string) string {
	m.tb.Helper()
	s, err := m.control.Story(m.tb.Context(), id)
	m.check(err)
	return s.Text
}

// Webhooks are the attempts to tell the merchant of a charge, explained; of all charges if id is "".
func (m *Mock) Webhooks(id string) []control.Webhook {
	m.tb.Helper()
	all, err := m.control.Webhooks(m.tb.Context(), id)
	m.check(err)
	return all
}

// Journal is all that has happened to the account.
func (m *Mock) Journal() []control.Entry {
	m.tb.Helper()
	j, err := m.control.Journal(m.tb.Context(), control.Question{Limit: 10_000})
	m.check(err)
	return j.Entries
}

// toldStories bounds how many charges a failing test tells of.
const toldStories = 5

// storiesText tells of the last charges and of what happened to the account as a whole.
func (m *Mock) storiesText(ctx context.Context) string {
	all, err := m.control.Charges(ctx, "")
	if err != nil {
		return "testkit: the stories cannot be told: " + err.Error()
	}
	var b strings.Builder
	b.WriteString("tapmock saw:\n")
	if len(all) == 0 {
		b.WriteString("(no charge of this account: does the code under test use mock.APIURL() and mock.Key?)\n")
	}
	if n := len(all) - toldStories; n > 0 {
		fmt.Fprintf(&b, "(%d earlier charges)\n", n)
		all = all[n:]
	}
	for _, c := range all {
		if s, err := m.control.Story(ctx, c.ID); err == nil {
			b.WriteString(s.Text)
		}
	}
	j, _ := m.control.Journal(ctx, control.Question{Limit: 10_000})
	for _, e := range j.Entries {
		if e.Charge == "" {
			fmt.Fprintf(&b, "%5d  %s  %-17s %s\n", e.Seq, e.At.UTC().Format("2006-01-02 15:04:05.000"), e.Event, e.Detail)
		}
	}
	return b.String()
}
