package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// NotPlayed is a story that was not played, and why.
type NotPlayed struct{ Story, Reason string }

// Result is the verdict on a merchant.
type Result struct {
	Played    []Played    // the stories that were played
	NotPlayed []NotPlayed // stories that the merchant's adapter cannot play
	Findings  []Finding   // one for each cause, the most important first
	Flaky     []Finding   // what showed once and not again: no verdict on the merchant
	Took      time.Duration
}

// Played is a story that was played.
type Played struct {
	Story       string        // its name
	Description string        // what happens in it
	Took        time.Duration // in real time, both runs if it was played twice
	Found       []Code        // mistakes that it showed twice
	Flaky       []Code        // mistakes that it showed only once
	Steps       []Step        // its sequence diagram, if it showed any
}

func played(s *story, found, flaky []Finding, took time.Duration) Played {
	p := Played{Story: s.Name, Description: s.description(), Took: took}
	for _, f := range found {
		p.Found, p.Steps = append(p.Found, f.Code), f.Steps
	}
	for _, f := range flaky {
		p.Flaky = append(p.Flaky, f.Code)
		if p.Steps == nil {
			p.Steps = f.Steps
		}
	}
	return p
}

// Musts are the findings of level must.
func (r *Result) Musts() []Finding { return r.level(Must) }

// Shoulds are the findings of level should.
func (r *Result) Shoulds() []Finding { return r.level(Should) }

func (r *Result) level(l Level) []Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.Level != l })
}

// add adds what a story has shown: a code that is known gets another story.
func (r *Result) add(found, flaky []Finding) {
	for _, list := range [][]Finding{found, flaky} {
		for i := range list {
			list[i].Stories = []string{list[i].Story}
		}
	}
	r.Findings, r.Flaky = merged(r.Findings, found), merged(r.Flaky, flaky)
}

// Merge is the result of checks that have each played a part of the stories, side by side on accounts of their own. Took is the longest.
func Merge(parts ...*Result) *Result {
	all := &Result{}
	for _, r := range parts {
		all.Played, all.NotPlayed = append(all.Played, r.Played...), append(all.NotPlayed, r.NotPlayed...)
		all.Findings, all.Flaky = merged(all.Findings, r.Findings), merged(all.Flaky, r.Flaky)
		all.Took = max(all.Took, r.Took)
	}
	place := func(name string) int { return slices.IndexFunc(library, func(s story) bool { return s.Name == name }) }
	slices.SortFunc(all.Played, func(a, b Played) int { return cmp.Compare(place(a.Story), place(b.Story)) })
	slices.SortFunc(all.NotPlayed, func(a, b NotPlayed) int { return cmp.Compare(place(a.Story), place(b.Story)) })
	all.conclude()
	return all
}

// merged adds findings to others. In a story with concurrent requests the merchant's own threads decide whether a mistake shows, so such
// a story counts only for a code that no other story shows: two checks of one merchant then have the same result.
func merged(all, more []Finding) []Finding {
	for _, f := range more {
		i := slices.IndexFunc(all, func(g Finding) bool { return g.Code == f.Code })
		switch {
		case i < 0:
			all = append(all, f)
		case f.concurrent && !all[i].concurrent:
		case all[i].concurrent && !f.concurrent:
			all[i] = f
		default:
			all[i] = joined(all[i], f)
		}
	}
	return all
}

// joined is the finding of several stories, with the shortest one as the example.
func joined(f, g Finding) Finding {
	stories, unsure, cause := slices.Concat(f.Stories, g.Stories), f.unsure && g.unsure, cmp.Or(f.Cause, g.Cause)
	if strings.Count(g.Trace, "\n") < strings.Count(f.Trace, "\n") {
		f = g
	}
	f.Stories, f.unsure, f.Cause = stories, unsure, cause
	return f
}

// conclude drops the consequences of other findings and puts the most important first.
func (r *Result) conclude() {
	r.Findings = withoutConsequences(r.Findings)
	if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == TrustsReturn }) {
		r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return f.Code == PaidWithoutCapture && f.unsure })
	}
	certain := func(f Finding) bool {
		return slices.ContainsFunc(r.Findings, func(g Finding) bool { return g.Code == f.Code })
	}
	r.Flaky = slices.DeleteFunc(r.Flaky, certain)
	order := func(a, b Finding) int {
		return cmp.Or(cmp.Compare(levels[a.Level], levels[b.Level]), cmp.Compare(rank(a.Code), rank(b.Code)))
	}
	slices.SortFunc(r.Findings, order)
	slices.SortFunc(r.Flaky, order)
}

var levels = map[Level]int{Must: 0, Should: 1}

// Summary is the result in one line.
func (r *Result) Summary() string {
	var text strings.Builder
	text.WriteString(fmt.Sprintf("%s played in %.1f s: %s, %s", plural(len(r.Played), "story", "stories"), r.Took.Seconds(),
		plural(len(r.Musts()), "must", "musts"), plural(len(r.Shoulds()), "should", "shoulds")))
	if names := codes(r.Shoulds()); names != "" {
		text.WriteString(" (" + names + ")")
	}
	if names := codes(r.Flaky); names != "" {
		text.WriteString(", flaky: " + names)
	}
	for _, reason := range r.skipReasons() {
		names := r.skipped(reason)
		text.WriteString(fmt.Sprintf("; %d not played: %s (%s)", len(names), reason, shortened(names)))
	}
	return text.String()
}

// skipReasons are why stories were not played, each once.
func (r *Result) skipReasons() (all []string) {
	for _, n := range r.NotPlayed {
		if !slices.Contains(all, n.Reason) {
			all = append(all, n.Reason)
		}
	}
	return all
}

func codes(findings []Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, string(f.Code))
	}
	return strings.Join(all, ", ")
}

// skipped are the stories that were not played for a reason.
func (r *Result) skipped(reason string) (names []string) {
	for _, n := range r.NotPlayed {
		if n.Reason == reason {
			names = append(names, n.Story)
		}
	}
	return names
}

// Table has a line for each cause: code, level, number of stories, and what was observed.
func (r *Result) Table() string {
	var b strings.Builder
	for _, part := range []struct {
		findings []Finding
		level    string
	}{{r.Musts(), "must"}, {r.Shoulds(), "should"}, {r.Flaky, "flaky"}} {
		for _, f := range part.findings {
			fmt.Fprintf(&b, "  %-24s %-7s %-10s %s\n", f.Code, part.level, plural(len(f.Stories), "story", "stories"), cmp.Or(f.Cause, f.Observed))
		}
	}
	return b.String()
}

// String is the summary, the table, and each finding with its shortest story.
func (r *Result) String() string {
	var text strings.Builder
	text.WriteString(r.Summary() + "\n" + r.Table())
	for _, f := range r.Findings {
		text.WriteString("\n" + f.String())
	}
	return text.String()
}
