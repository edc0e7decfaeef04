package verdict

import (
	"fmt"
	"slices"
	"strings"
)

// Finding is one mistake of a merchant, in all stories in which it showed.
type Finding struct {
	Reason
	Stories     []string // all stories in which it showed
	Story       string   // the one that is described here: the shortest
	Description string   // what happens in it
	Order       Order
	Observed    string // state of the order, charges and responses that show the mistake
	Cause       string // what exactly is wrong, if it could be found out; "" if not
	Trace       string // traces of the order's charges
	Steps       []Step // the example as a sequence diagram

	unsure     bool // it is not known whether the webhook or the return made the order paid
	concurrent bool // the story has concurrent requests
}

// maxTrace bounds the lines of a trace in the text of a finding, maxStories the names of stories.
const (
	maxTrace   = 24
	maxStories = 6
)

// Headline is the finding in one line: code, level, and what is wrong.
func (f Finding) Headline() string {
	what := f.Problem + ": " + f.Observed
	if f.Cause != "" {
		what = f.Cause + "; " + f.Observed
	}
	return fmt.Sprintf("%s (%s, %s): %s", f.Code, f.Level, plural(len(f.Stories), "story", "stories"), what)
}

// String is the finding as lines of text.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", f.Headline())
	if f.Cause != "" {
		fmt.Fprintf(&b, "  problem:  %s\n", f.Problem)
	}
	fmt.Fprintf(&b, "  cost:     %s\n", f.Cost)
	fmt.Fprintf(&b, "  remedy:   %s\n", f.Remedy)
	fmt.Fprintf(&b, "  stories:  %s\n", shortened(f.Stories))
	fmt.Fprintf(&b, "  example:  %s, order %s over %s KWD: %s\n", f.Story, f.Order.ID, f.Order.Amount, f.Description)
	for _, line := range clipped(f.Trace) {
		fmt.Fprintf(&b, "  | %s\n", line)
	}
	return b.String()
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// shortened lists the first names, and counts the others.
func shortened(names []string) string {
	if n := len(names) - maxStories; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxStories], ", "), n)
	}
	return strings.Join(names, ", ")
}

// clipped are the lines of a trace, without its middle if there are too many.
func clipped(trace string) []string {
	lines := strings.Split(strings.TrimSuffix(trace, "\n"), "\n")
	if len(lines) <= maxTrace {
		return lines
	}
	const half = maxTrace / 2
	left := fmt.Sprintf("… %d more lines …", len(lines)-2*half+1)
	return slices.Concat(lines[:half], []string{left}, lines[len(lines)-half+1:])
}
