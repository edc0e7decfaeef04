package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/report"
)

func TestHTMLEscapes(t *testing.T) {
	t.Parallel()
	page := string(htmlOf(t, poisonedReport()))
	for _, tag := range regexp.MustCompile(`<[^!][^>]*>`).FindAllString(page, -1) {
		if strings.Contains(tag, "alert") || strings.HasPrefix(tag, "<script") || strings.HasPrefix(tag, "<img") {
			t.Errorf("the page has the tag %s", tag)
		}
	}
	if n := strings.Count(page, "<style>"); n != 1 || strings.Count(page, "</style>") != 1 {
		t.Errorf("%d style elements", n)
	}
	if strings.ContainsAny(page, "\x00\x1b\u202e") {
		t.Error("a control character is left")
	}
	if n := strings.Count(html.UnescapeString(page), "<script>alert(1)</script>"); n < 25 {
		t.Errorf("the poison is shown %d times: a field is missing, or cut", n)
	}
}

// TestHTMLLoadsNothing checks the policy, that it admits the one style sheet, and that no element names anything elsewhere.
func TestHTMLLoadsNothing(t *testing.T) {
	t.Parallel()
	page := string(htmlOf(t, sample(t)))
	_, rest, _ := strings.Cut(page, "<style>")
	sheet, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(sheet))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'"
	got := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if len(got) != 2 || html.UnescapeString(got[1]) != want {
		t.Errorf("policy %q, want %q", got, want)
	}
	if found := regexp.MustCompile(`(?i)<script|\sstyle=|\son\w+=|\ssrc=|url\(|@import|href="[^#d]`).FindString(page); found != "" {
		t.Errorf("the page has %q", found)
	}
}

// TestHTMLStructure checks what a screen reader walks by: headings in order, ids that occur once, targets of links.
func TestHTMLStructure(t *testing.T) {
	t.Parallel()
	page := string(htmlOf(t, sample(t)))
	level := 0
	for _, m := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(page, -1) {
		if next := int(m[1][0] - '0'); next > level+1 {
			t.Errorf("a heading of level %d follows one of level %d", next, level)
		} else {
			level = next
		}
	}
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]]++; ids[m[1]] > 1 {
			t.Errorf("id %s occurs twice", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?:href="#|aria-labelledby=")([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] == 0 {
			t.Errorf("nothing has the id %s", m[1])
		}
	}
	for _, want := range []string{"<caption>", `<th scope="col">`, `<th scope="row">`, `lang="en"`, `<span class="vh">payer to tapmock: </span>page opened`, "<b>✗ fault</b>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// large is a result in which every code is a finding in every story.
func large(text func(n int) string, steps int) *verdict.Result {
	r := &verdict.Result{Took: time.Hour}
	var diagram []verdict.Step
	for i := range steps {
		diagram = append(diagram, verdict.Step{At: when.Add(time.Duration(i) * time.Hour), From: verdict.Payer, To: verdict.Shop, Text: text(160), Response: text(160), Fault: true})
	}
	var codes []verdict.Code
	for i, reason := range verdict.Reasons() {
		codes = append(codes, reason.Code)
		f := verdict.Finding{Reason: reason, Stories: verdict.Stories(), Story: verdict.Stories()[i], Description: text(400), Observed: text(300), Cause: text(300), Steps: diagram}
		r.Findings = append(r.Findings, f)
		f.Code += "-too"
		r.Flaky = append(r.Flaky, f)
	}
	for _, name := range verdict.Stories() {
		r.Played = append(r.Played, verdict.Played{Story: name, Description: text(400), Found: codes, Steps: diagram})
	}
	for i := range 3000 {
		r.NotPlayed = append(r.NotPlayed, verdict.NotPlayed{Story: text(100), Reason: fmt.Sprint(i%700, text(200))})
	}
	return r
}

// maxBytes is the greatest size of a page.
const maxBytes = 150_000

func TestHTMLSize(t *testing.T) {
	t.Parallel()
	plain := func(n int) string { return strings.Repeat("a word ", n/7) }
	for name, c := range map[string]struct {
		text  func(n int) string
		steps int
		many  int // findings beyond those that have a code
		least int // sections that must be there
		codes int // only this number of findings, none of them flaky; 0 is all
	}{
		"ordinary":  {func(n int) string { return plain(min(n, 150)) }, 12, 0, len(verdict.Reasons()), 0},
		"long":      {plain, 120, 0, 40, 0},
		"quotes":    {func(n int) string { return strings.Repeat(`"`, n) }, 120, 0, 15, 0},
		"pictures":  {func(n int) string { return strings.Repeat("🐟", n) }, 120, 0, 15, 0},
		"unbounded": {func(n int) string { return strings.Repeat("<", 20*n) }, 40, 3000, 15, 0},
		"few":       {plain, 30, 0, 3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := large(c.text, c.steps)
			if c.codes > 0 {
				result.Findings, result.Flaky = result.Findings[:c.codes], nil
			}
			for range c.many {
				result.Findings = append(result.Findings, result.Flaky[0])
			}
			r := report.New(result, report.Meta{App: c.text(5000), Version: c.text(500), Replay: func(verdict.Code, string) string { return c.text(500) }})
			for range c.many {
				r.UnusedKnown = append(r.UnusedKnown, report.Acceptance{Owner: c.text(100)})
			}
			checkSize(t, string(htmlOf(t, r)), c.least)
		})
	}
}

// checkSize checks that a large page is small enough, whole, and says what it leaves out, and that each section has lanes.
func checkSize(t *testing.T, page string, least int) {
	t.Helper()
	sections, lanes := strings.Count(page, "<article"), strings.Count(page, `class="box"`)
	t.Logf("%d bytes, %d findings, %d drawings", len(page), sections, lanes)
	if len(page) > maxBytes {
		t.Errorf("%d bytes", len(page))
	}
	if !strings.HasSuffix(page, "</html>\n") || sections < least || lanes < sections {
		t.Errorf("%d findings and %d drawings, and the page ends with %q", sections, lanes, page[len(page)-10:])
	}
	if !strings.Contains(page, "are drawn; the others are listed by name") {
		t.Error("the page does not say that stories are not drawn")
	}
}

// TestHTMLDrawsAll checks that a report with room draws every failing story.
func TestHTMLDrawsAll(t *testing.T) {
	t.Parallel()
	r := sample(t)
	page := string(htmlOf(t, r))
	failing := r.Totals.Played - r.Totals.Passed
	if n := strings.Count(page, `class="box"`); n != failing || strings.Contains(page, "are drawn; the others") {
		t.Errorf("%d drawings of %d failing stories", n, failing)
	}
}

func htmlOf(t testing.TB, r *report.Report) []byte {
	t.Helper()
	return written(t, func(w *bytes.Buffer) error { return r.WriteHTML(w) })
}

func TestGoldenHTML(t *testing.T) {
	t.Parallel()
	golden(t, "tapmock-report.html", htmlOf(t, sample(t)))
}
