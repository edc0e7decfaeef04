package mockserver

import (
	"fmt"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
)

// traceText formats a trace for people: a line for each entry and effect, with its time and its cause.
func traceText(t *control.Trace) string {
	c := &t.Charge
	return traceLines(fmt.Sprintf("%s: %s, %s %s, %s %s", c.ID, c.Status, c.Code, c.Message, c.Amount, c.Currency), c.Scenario, t.Entries, t.Scheduled)
}

// traceLines formats a trace of an object that head describes.
func traceLines(head, scenario string, entries []control.Entry, scheduled []control.Effect) string {
	var b strings.Builder
	b.WriteString(head)
	if scenario != "" {
		fmt.Fprintf(&b, ", scenario %s", scenario)
	}
	b.WriteByte('\n')
	for _, e := range entries {
		fmt.Fprintf(&b, "%5d  %s  %-18s %s", e.Seq, e.At.UTC().Format("2006-01-02 15:04:05.000"), e.Event, e.Detail)
		if e.Cause != 0 {
			fmt.Fprintf(&b, "  (by %d)", e.Cause)
		}
		b.WriteByte('\n')
	}
	for _, e := range scheduled {
		fmt.Fprintf(&b, "    …  %s  %s", e.Due.UTC().Format("2006-01-02 15:04:05.000"), e.Text)
		if e.Gate != "" {
			fmt.Fprintf(&b, ", at the gate %s", e.Gate)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
