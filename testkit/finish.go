package testkit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// finish reports findings, unfinished deliveries and unused scenarios, and resets the account.
func (m *Mock) finish() {
	m.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), stopBound)
	defer cancel()
	defer func() { m.control.CloseIdle(); m.http.CloseIdleConnections() }()
	account, err := m.control.Account(ctx)
	if err != nil {
		m.tb.Errorf("testkit: the mock does not respond at the end of the test: %v", err)
		return
	}
	if account.Findings > 0 {
		m.reportFindings(ctx)
	}
	if m.tb.Failed() && !m.reported.Load() {
		m.tb.Logf("%s", m.tracesText(ctx))
	}
	passed := !m.tb.Failed()
	d, err := m.control.Reset(ctx)
	if m.stop != nil {
		m.stop()
	}
	switch {
	case err != nil:
		m.tb.Errorf("testkit: the account could not be reset: %v", err)
	case len(d.InFlight) > 0:
		m.tb.Errorf("testkit: the test ended while deliveries were under way (aborted: %t): %v. Wait for them with AwaitWebhook or AwaitIdle", d.Aborted, d.InFlight)
	}
	if err == nil && passed && len(d.Queue) > 0 {
		m.tb.Errorf("testkit: no charge used the scenarios that Next queued: %s. Check that the code under test uses mock.Key and creates as many charges as the test expects", strings.Join(d.Queue, ", "))
	}
}

// findings are the events of the journal that fail a test, and what the failure says.
var findings = map[tap.Event]string{
	tap.EventUnknown:        "the mock has no route for this request",
	tap.EventAccountEvicted: "the mock had no room for the account",
	tap.EventAssumption:     "assumption_findings=true: the test depends on an assumption about Tap",
}

func (m *Mock) reportFindings(ctx context.Context) {
	m.tb.Helper()
	for event, what := range findings {
		j, err := m.control.Journal(ctx, control.JournalQuery{Event: event})
		if err != nil {
			m.tb.Errorf("testkit: %s: %v", event, err)
			continue
		}
		for _, e := range j.Entries {
			m.tb.Errorf("testkit: %s: %s", what, e.Detail)
		}
	}
}

// maxTraces is how many objects of each kind the log of a failed test has.
const maxTraces = 5

// tracesText has the traces of the last charges, refunds and authorizations, and the journal entries that belong to no object. The end of the test does not log them
// again.
func (m *Mock) tracesText(ctx context.Context) string {
	all, err := m.control.Charges(ctx, "")
	if err != nil {
		return "testkit: the traces cannot be read: " + err.Error()
	}
	m.reported.Store(true)
	var b strings.Builder
	b.WriteString("tapmock journal:\n")
	if len(all) == 0 {
		b.WriteString("(the account has no charges: check that the code under test uses mock.APIURL() and mock.Key)\n")
	}
	if n := len(all) - maxTraces; n > 0 {
		fmt.Fprintf(&b, "(%d earlier charges are not shown)\n", n)
		all = all[:maxTraces]
	}
	for _, c := range slices.Backward(all) {
		if s, err := m.control.Trace(ctx, c.ID); err == nil {
			b.WriteString(s.Text)
		}
	}
	refunds, _ := m.control.Refunds(ctx, "")
	for _, r := range slices.Backward(refunds[:min(len(refunds), maxTraces)]) {
		if s, err := m.control.RefundTrace(ctx, r.ID); err == nil {
			b.WriteString(s.Text)
		}
	}
	held, _ := m.control.Authorizations(ctx)
	for _, a := range slices.Backward(held[:min(len(held), maxTraces)]) {
		if s, err := m.control.AuthorizationTrace(ctx, a.ID); err == nil {
			b.WriteString(s.Text)
		}
	}
	invoices, _ := m.control.Invoices(ctx)
	for _, v := range slices.Backward(invoices[:min(len(invoices), maxTraces)]) {
		if s, err := m.control.InvoiceTrace(ctx, v.ID); err == nil {
			b.WriteString(s.Text)
		}
	}
	j, _ := m.control.Journal(ctx, control.JournalQuery{Oldest: true, Limit: 10_000})
	for _, e := range j.Entries {
		if e.Object == nil {
			fmt.Fprintf(&b, "%5d  %s  %-18s %s\n", e.Seq, e.At.UTC().Format("2006-01-02 15:04:05.000"), e.Event, e.Detail)
		}
	}
	return b.String()
}
