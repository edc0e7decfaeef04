package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// row is a step as it is drawn. Rows are in logical order: their distance says nothing of time.
type row struct {
	Clock    string // how far the clock has moved since the row before; "" if it has not
	From, To int    // indices of lanes
	Text     string
	Response string
	Fault    bool
}

// rowsOf are the steps as they are drawn.
func rowsOf(steps []verdict.Step) []row {
	rows := make([]row, 0, len(steps))
	for i, s := range steps {
		r := row{From: laneIndex(s.From), To: laneIndex(s.To), Text: clean(s.Text), Response: clean(s.Response), Fault: s.Fault}
		if i > 0 {
			r.Clock = clockText(s.At.Sub(steps[i-1].At))
		}
		rows = append(rows, r)
	}
	return rows
}

// Note reports whether the row is a note on one lane instead of an arrow.
func (r row) Note() bool { return r.From == r.To }

// What is the text beside the mark of a fault, which says that it is one.
func (r row) What() string {
	if r.Fault {
		return strings.TrimPrefix(r.Text, "fault injected: ")
	}
	return r.Text
}

// Who names the lanes of the row in words.
func (r row) Who() string {
	lanes := verdict.Lanes()
	if r.Note() {
		return string(lanes[r.From])
	}
	return string(lanes[r.From] + " to " + lanes[r.To])
}

// laneIndex is the place of a lane from the left; what is unknown happens at tapmock.
func laneIndex(l verdict.Lane) int {
	if i := slices.Index(verdict.Lanes(), l); i >= 0 {
		return i
	}
	return slices.Index(verdict.Lanes(), verdict.Tapmock)
}

// clockUnits are the units of the annotation of a clock.
var clockUnits = []struct {
	size      time.Duration
	one, many string
}{{24 * time.Hour, "day", "days"}, {time.Hour, "h", "h"}, {time.Minute, "min", "min"}, {time.Second, "s", "s"}, {time.Millisecond, "ms", "ms"}}

// clockText is a move of the clock in its two greatest units, such as +1 day 2 h; "" for less than a millisecond.
func clockText(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "−", -d
	}
	for i, unit := range clockUnits {
		if d < unit.size {
			continue
		}
		text := sign + plural(int(d/unit.size), unit.one, unit.many)
		if rest := d % unit.size; i+1 < len(clockUnits) && rest >= clockUnits[i+1].size {
			next := clockUnits[i+1]
			text += " " + plural(int(rest/next.size), next.one, next.many)
		}
		return text
	}
	return ""
}

// longTook is a duration of real time in words.
func longTook(ms int64) string { return fmt.Sprintf("%.1f s", float64(ms)/1000) }
