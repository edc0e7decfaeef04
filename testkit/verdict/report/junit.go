package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// suiteName is the name of the suite and the class of its cases.
const suiteName = "tapmock check"

// WriteJUnit writes the report as JUnit XML: a suite with a case for each story. A story fails if it shows a finding that fails; what is
// flaky, and a check that could not judge, is an error instead; stories with known findings only and those that were not played are
// skipped.
func (r *Report) WriteJUnit(w io.Writer) error {
	suite := r.suite()
	all := junitSuites{Name: suiteName, junitCounts: suite.junitCounts, Suites: []junitSuite{suite}}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Suites []junitSuite `xml:"testsuite"`
}

type junitCounts struct {
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	Out        *junitLines     `xml:"system-out"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// junitCase has its elements in the order that readers with a schema require.
type junitCase struct {
	Name    string      `xml:"name,attr"`
	Class   string      `xml:"classname,attr"`
	Time    string      `xml:"time,attr"`
	Skipped *junitWhy   `xml:"skipped"`
	Error   *junitWhy   `xml:"error"`
	Failure *junitWhy   `xml:"failure"`
	Out     *junitLines `xml:"system-out"`
}

type junitWhy struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

type junitLines struct {
	Text string `xml:",cdata"`
}

func (r *Report) suite() junitSuite {
	s := junitSuite{
		Name: suiteName, Timestamp: r.When.UTC().Format("2006-01-02T15:04:05"), Out: &junitLines{r.suiteOut()},
		Properties: []junitProperty{{"app", r.App}, {"tapmock", r.Tapmock}, {"seed", fmt.Sprint(r.Seed)}, {"verdict", string(r.Verdict)}},
	}
	if r.CouldNotJudge != "" {
		s.Cases = append(s.Cases, junitCase{
			Name: "check", Class: suiteName, Time: seconds(0), Error: &junitWhy{Message: clean(r.Headline), Type: string(CouldNotJudge)},
		})
	}
	for i := range r.Stories {
		s.Cases = append(s.Cases, r.junitCase(&r.Stories[i]))
	}
	for _, n := range r.NotPlayed {
		s.Cases = append(s.Cases, junitCase{Name: n.Story, Class: suiteName, Time: seconds(0), Skipped: &junitWhy{Message: clean("not played: " + n.Reason)}})
	}
	s.junitCounts = countCases(s.Cases)
	s.Time = seconds(r.TookMS)
	return s
}

// suiteOut is the headline, and what a baseline has too much.
func (r *Report) suiteOut() string {
	lines := []string{r.Headline}
	for _, f := range r.Findings {
		if f.Expired != nil {
			lines = append(lines, "expired entry of the baseline: "+f.Expired.String())
		}
	}
	for _, a := range r.UnusedKnown {
		lines = append(lines, "unused entry of the baseline: "+a.String())
	}
	return cleanLines(lines)
}

func countCases(cases []junitCase) (n junitCounts) {
	n.Tests = len(cases)
	for _, c := range cases {
		switch {
		case c.Error != nil:
			n.Errors++
		case c.Failure != nil:
			n.Failures++
		case c.Skipped != nil:
			n.Skipped++
		}
	}
	return n
}

func (r *Report) junitCase(s *Story) junitCase {
	c := junitCase{Name: s.Name, Class: suiteName, Time: seconds(s.TookMS)}
	why := &junitWhy{Message: clean(r.storyLine(s)), Type: s.code(), Text: r.storyText(s)}
	switch s.Outcome {
	case Failed:
		c.Failure = why
	case Flaky:
		c.Error = why
	case KnownOnly:
		c.Skipped, c.Out = &junitWhy{Message: why.Message}, &junitLines{why.Text}
	case Warned:
		c.Out = &junitLines{why.Text}
	}
	return c
}

// storyLine is what a story has shown, in one line.
func (r *Report) storyLine(s *Story) string {
	var parts []string
	for _, code := range s.Codes {
		part := fmt.Sprintf("%s: %s", code, problem(code))
		if f := find(r.Findings, code); f != nil && f.Known != nil {
			part = "known: " + f.Known.String()
		}
		parts = append(parts, part)
	}
	for _, code := range s.Flaky {
		parts = append(parts, fmt.Sprintf("flaky: %s showed once and not again: %s", code, problem(code)))
	}
	return strings.Join(parts, "; ")
}

// storyText is what a story has shown, with evidence, remedies and the command that plays it again.
func (r *Report) storyText(s *Story) string {
	lines := []string{"story: " + s.Description}
	for _, code := range s.Codes {
		lines = append(lines, r.codeLines(code, r.Findings)...)
	}
	for _, code := range s.Flaky {
		lines = append(lines, r.codeLines(code, r.Flaky)...)
	}
	if s.Replay != "" {
		lines = append(lines, "replay: "+s.Replay)
	}
	return cleanLines(lines)
}

// codeLines explain a code of a story. The observation is of the finding's example, which can be another story.
func (r *Report) codeLines(code verdict.Code, from []Finding) []string {
	f := find(from, code)
	if f == nil {
		return []string{fmt.Sprintf("%s: %s (a consequence of another finding)", code, problem(code))}
	}
	lines := []string{
		fmt.Sprintf("%s (%s, %s): %s", f.Code, f.Level, f.inStories(), f.Problem),
		fmt.Sprintf("observed in %s, order %s: %s", f.Example.Story, f.Example.Order, f.Observed),
		"cost: " + f.Cost, "remedy: " + f.Remedy,
	}
	if f.Cause != "" {
		lines = append(lines, "cause: "+f.Cause)
	}
	return append(lines, f.notes()...)
}

func seconds(ms int64) string { return fmt.Sprintf("%.3f", float64(ms)/1000) }
