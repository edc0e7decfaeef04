package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// WriteGitHub writes the findings as annotations of a GitHub workflow, one line each: errors for musts, warnings for shoulds and for
// flaky findings, notices for known findings and for entries of a baseline that fit nothing.
func (r *Report) WriteGitHub(w io.Writer) error {
	out := bufio.NewWriter(w)
	if r.CouldNotJudge != "" {
		annotate(out, "error", "tapmock check: could not judge", []string{r.Headline})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		annotate(out, f.command(), "tapmock check: "+string(f.Code), f.message())
	}
	for i := range r.Flaky {
		f := &r.Flaky[i]
		command := "warning"
		if f.Known != nil {
			command = "notice"
		}
		annotate(out, command, "tapmock check: "+string(f.Code)+", flaky", append([]string{"showed once and not again"}, f.message()...))
	}
	for _, a := range r.UnusedKnown {
		annotate(out, "notice", "tapmock check: unused entry of the baseline", []string{a.String() + ": it fits no finding and can be deleted"})
	}
	return out.Flush()
}

// command is the kind of annotation of a finding.
func (f *Finding) command() string {
	switch {
	case f.Known != nil:
		return "notice"
	case f.Level == verdict.Must:
		return "error"
	}
	return "warning"
}

// message is the finding in a few lines.
func (f *Finding) message() []string {
	lines := []string{fmt.Sprintf("%s (%s, %s)", f.line(), f.Level, f.inStories()), "cost: " + f.Cost, "remedy: " + f.Remedy}
	lines = append(lines, f.notes()...)
	if f.Replay != "" {
		lines = append(lines, "replay: "+f.Replay)
	}
	return lines
}

var (
	escapeMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func annotate(w io.Writer, command, title string, message []string) {
	fmt.Fprintf(w, "::%s title=%s::%s\n", command, escapeProperty.Replace(clean(title)), escapeMessage.Replace(cleanLines(message)))
}
