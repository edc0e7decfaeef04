package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// view is a report as the template shows it: texts are cut, and lanes are drawn already.
type view struct {
	Policy, Headline, Title string
	Style                   template.CSS
	Tone, Mark              string // how the verdict looks
	Facts                   []pair
	Sections                []*section // findings, certain ones first
	Untold                  string     // sentence about findings without a section
	Explained               []string   // failed stories that other findings explain
	Undrawn                 string     // sentence about stories without lanes
	Passed                  []string
	PassedCount             int
	NotPlayed               []reason
	NotPlayedCount          int
	Rest                    string   // sentence if no story is listed as not played
	Expired, Unused         []string // entries of the baseline
	Made                    []string // how the report was made
	detail                  detail
	report                  *Report
}

type pair struct{ Name, Value string }

// reason is why stories were not played.
type reason struct {
	Why     string
	Stories []string
}

// tones are the mark and the look of each verdict. The mark says the same as the colour.
var tones = map[Verdict]pair{
	Sound: {"good", "✓"}, Accepted: {"good", "✓"}, Warnings: {"warn", "!"}, Unsure: {"warn", "?"}, NotReady: {"bad", "✗"}, CouldNotJudge: {"warn", "?"},
}

func newView(r *Report, d detail) *view {
	tone := tones[r.Verdict]
	v := &view{
		Policy: policy, Style: template.CSS(style), Headline: clip(r.Headline, 2*d.text), Title: clip(r.Headline, 200), Tone: tone.Name, Mark: tone.Value,
		detail: d, report: r,
	}
	v.Facts = v.facts()
	v.addSections(r.Findings, false)
	v.addSections(r.Flaky, true)
	if n := len(r.Findings) + len(r.Flaky) - len(v.Sections); n > 0 {
		v.Untold = fmt.Sprintf("%s more, which the JSON report has.", plural(n, "finding", "findings"))
	}
	v.Explained = v.names(r.explained(), d.names)
	passed := r.passed()
	v.Passed, v.PassedCount = v.names(passed, d.list), len(passed)
	v.NotPlayed, v.NotPlayedCount = v.reasons(), len(r.NotPlayed)
	v.Rest = v.rest()
	v.baseline()
	v.Made = v.made()
	return v
}

// rest is what is said of other stories if none is listed as not played.
func (v *view) rest() string {
	switch {
	case v.report.CouldNotJudge != "":
		return "The check ended before all stories were played."
	case v.report.Partial:
		return "Only some of the stories were chosen."
	}
	return "No story was left out."
}

// baseline lists the entries of the baseline that do not count.
func (v *view) baseline() {
	for _, f := range slices.Concat(v.report.Findings, v.report.Flaky) {
		if f.Expired != nil {
			v.Expired = append(v.Expired, f.Expired.String())
		}
	}
	for _, a := range v.report.UnusedKnown {
		v.Unused = append(v.Unused, a.String())
	}
	v.Expired, v.Unused = v.names(v.Expired, v.detail.names), v.names(v.Unused, v.detail.names)
}

func (v *view) facts() []pair {
	r, t := v.report, v.report.Totals
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{t.Passed, "passed"}, {t.Failed, "failed"}, {t.Warned, "with warnings"}, {t.Flaky, "flaky"}, {t.Known, "with known mistakes only"}, {t.NotPlayed, "not played"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	stories := cmp.Or(strings.Join(parts, ", "), "none")
	return []pair{{"Checked", cmp.Or(clip(r.App, v.detail.text), "a shop")}, {"When", r.When.Format("2 January 2006, 15:04 MST")}, {"Stories", stories}}
}

// made is how the report was made.
func (v *view) made() []string {
	r := v.report
	made := []string{
		fmt.Sprintf("tapmock %s played %s against %s, one after another, in %s, with the seed %d. A story is one payment in which something fails; afterwards "+
			"the state of the order was compared with the state of its charges.", clip(r.Tapmock, 100), plural(r.Totals.Played, "story", "stories"),
			cmp.Or(clip(r.App, v.detail.text), "a shop"), longTook(r.TookMS), r.Seed),
		"A story with a finding was played a second time. What did not show again is not a finding about the merchant: it is listed as showing once.",
		"No real money, card or bank was involved. The clock in the stories is tapmock's own and moves by days within seconds.",
		"A text that ends in … is cut; the JSON report has all of it.",
	}
	if r.Partial {
		made = append(made, "Only some of the stories were chosen, so mistakes that other stories show cannot appear here.")
	}
	return made
}

// passed are the names of the stories without a finding.
func (r *Report) passed() (names []string) {
	for _, s := range r.Stories {
		if s.Outcome == Passed {
			names = append(names, s.Name)
		}
	}
	return names
}

// explained are the names of failing stories that no finding lists, because another one explains theirs.
func (r *Report) explained() (names []string) {
	listed := map[string]bool{}
	for _, list := range [][]Finding{r.Findings, r.Flaky} {
		for _, f := range list {
			for _, name := range f.Stories {
				listed[name] = true
			}
		}
	}
	for _, s := range r.Stories {
		if s.Outcome != Passed && !listed[s.Name] {
			names = append(names, s.Name)
		}
	}
	return names
}

// maxReasons bounds the reasons with a list of their own.
const maxReasons = 10

// reasons groups the stories that were not played.
func (v *view) reasons() (all []reason) {
	at, stories := map[string]int{}, [][]string{}
	for _, n := range v.report.NotPlayed {
		why := n.Reason
		if _, known := at[why]; !known && len(stories) >= maxReasons {
			why = "other reasons"
		}
		i, known := at[why]
		if !known {
			i, at[why] = len(stories), len(stories)
			stories, all = append(stories, nil), append(all, reason{Why: clip(why, v.detail.text)})
		}
		stories[i] = append(stories[i], n.Story)
	}
	for i := range all {
		all[i].Stories = v.names(stories[i], max(1, v.detail.list/len(all)))
	}
	return all
}

// names are the first names, and a count of the others.
func (v *view) names(all []string, most int) []string {
	var some []string
	for _, name := range all[:min(len(all), most)] {
		some = append(some, clip(name, min(v.detail.text, 300)))
	}
	if n := len(all) - len(some); n > 0 {
		some = append(some, fmt.Sprintf("and %d more", n))
	}
	return some
}

// sentence is a text with a capital letter and a full stop.
func sentence(text string) string {
	if text == "" || strings.HasSuffix(text, "…") || strings.HasSuffix(text, ".") {
		return capital(text)
	}
	return capital(text) + "."
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	first := []rune(text)[0]
	return strings.ToUpper(string(first)) + text[len(string(first)):]
}
