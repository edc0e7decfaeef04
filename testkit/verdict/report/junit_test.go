package report_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// suites are what a reader of JUnit XML sees.
type suites struct {
	Suites []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"timestamp,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *what  `xml:"failure"`
			Error   *what  `xml:"error"`
			Skipped *what  `xml:"skipped"`
			Out     string `xml:"system-out"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type what struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func readJUnit(t *testing.T, r *report.Report) suites {
	t.Helper()
	var s suites
	if err := xml.Unmarshal(junitOf(t, r), &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Suites) != 1 || s.Suites[0].Name != "tapmock check" || s.Suites[0].Tests != len(s.Suites[0].Cases) {
		t.Fatalf("%+v", s)
	}
	return s
}

// TestJUnit checks which element each outcome becomes, and that the counts are those of the elements.
func TestJUnit(t *testing.T) {
	t.Parallel()
	suite := readJUnit(t, sample(t)).Suites[0]
	var got []string
	failures, errs, skipped := 0, 0, 0
	for _, c := range suite.Cases {
		switch {
		case c.Failure != nil:
			failures++
			got = append(got, "failure "+c.Name+": "+c.Failure.Message+"\n"+c.Failure.Text)
		case c.Error != nil:
			errs++
			got = append(got, "error "+c.Name+": "+c.Error.Message+"\n"+c.Error.Text)
		case c.Skipped != nil:
			skipped++
			got = append(got, "skipped "+c.Name+": "+c.Skipped.Message+"\n"+c.Out)
		}
	}
	if suite.Failures != failures || suite.Errors != errs || suite.Skipped != skipped || failures != 8 || errs != 1 || skipped != 4 {
		t.Errorf("%d failures, %d errors, %d skipped, and the suite says %d, %d, %d", failures, errs, skipped, suite.Failures, suite.Errors, suite.Skipped)
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{
		"failure webhook/twice: fulfilled-twice: the order was fulfilled more than once\n", "\nremedy: let the database decide", "\nreplay: tapmock check -app http://127.0.0.1:8000 -only 'webhook/twice'",
		"error outcome/no-funds: flaky: paid-without-capture showed once and not again", "skipped forge/another-order: known: trusts-webhook-alone, payments team, until 2026-12-26\n",
		"\nknown: payments team, until 2026-12-26", "skipped webhook/never + return/never: not played: the merchant has no Reconcile", "\nknown until 2026-10-26, which has passed: Dana",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the suite lacks %q", want)
		}
	}
}

// TestJUnitWarned checks that a story with findings of level should fails only if such findings fail.
func TestJUnitWarned(t *testing.T) {
	t.Parallel()
	for level, want := range map[verdict.Level]int{verdict.Must: 0, verdict.Should: 1} {
		m := meta()
		m.FailOn = level
		played := []verdict.Played{{Story: "a", Found: []verdict.Code{verdict.PaysLate}}}
		f := verdict.Finding{Reason: verdict.Reason{Code: verdict.PaysLate, Level: verdict.Should, Remedy: "ask earlier"}, Stories: []string{"a"}}
		suite := readJUnit(t, report.New(&verdict.Result{Played: played, Findings: []verdict.Finding{f}}, m)).Suites[0]
		if suite.Failures != want || (want == 0) != strings.Contains(suite.Cases[0].Out, "remedy: ask earlier") {
			t.Errorf("fail on %s: %+v", level, suite)
		}
	}
}

// TestJUnitCouldNotJudge checks that a check that broke off is an error, with the stories that it played before.
func TestJUnitCouldNotJudge(t *testing.T) {
	t.Parallel()
	m := meta()
	m.CouldNotJudge = "the shop stopped"
	suite := readJUnit(t, report.New(&verdict.Result{Played: []verdict.Played{{Story: "a"}}}, m)).Suites[0]
	if suite.Errors != 1 || suite.Failures != 0 || len(suite.Cases) != 2 || suite.Cases[0].Error == nil || suite.Cases[0].Error.Message != "Could not judge: the shop stopped" {
		t.Errorf("%+v", suite)
	}
}

// TestJUnitPoison reads a suite with texts that break out of XML, token by token.
func TestJUnitPoison(t *testing.T) {
	t.Parallel()
	d, elements := xml.NewDecoder(bytes.NewReader(junitOf(t, poisonedReport()))), map[string]int{}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			elements[start.Name.Local]++
		}
	}
	if elements["script"] > 0 || elements["testcase"] != 5 || elements["failure"] != 2 {
		t.Errorf("elements: %v", elements)
	}
}

func junitOf(t testing.TB, r *report.Report) []byte {
	t.Helper()
	return written(t, func(w *bytes.Buffer) error { return r.WriteJUnit(w) })
}

func TestGoldenJUnit(t *testing.T) {
	t.Parallel()
	golden(t, "junit.xml", junitOf(t, sample(t)))
}
