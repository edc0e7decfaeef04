package report

import (
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// section is a finding as the template shows it.
type section struct {
	ID, Code, Badge, Tone string
	Problem, Cost, Loss   string
	Cause, Observed       string
	Remedy, Replay        string
	Count                 int    // of stories
	Note                  string // of the baseline
	Example               drawing
	Others                []drawing
	finding               *Finding
}

// addSections appends a section for each finding, as many as the detail allows.
func (v *view) addSections(all []Finding, flaky bool) {
	for i := range all {
		if len(v.Sections) == v.detail.findings {
			return
		}
		s := v.section(&all[i])
		s.ID = fmt.Sprintf("f%d", len(v.Sections)+1)
		if flaky && all[i].Known == nil {
			s.Badge, s.Tone, s.Note = "showed once", "warn", "It showed once and not again when the story was played a second time. Play it some more before you trust or dismiss it."
		}
		v.Sections = append(v.Sections, s)
	}
}

func (v *view) section(f *Finding) *section {
	most := v.detail.text
	text := func(s string) string { return sentence(clip(s, most)) }
	s := &section{
		Code: clip(string(f.Code), 100), Badge: string(f.Level), Tone: "bad", Problem: capital(clip(f.Problem, most)), Cost: text(f.Cost), Loss: string(f.Loss),
		Cause: text(f.Cause), Observed: text(f.Observed), Remedy: text(f.Remedy), Replay: clip(f.Replay, most), Count: len(f.Stories), finding: f,
		Example: drawing{Name: clip(f.Example.Story, 300), Description: text(f.Example.Description), Order: orderText(f.Example)},
	}
	switch {
	case f.Known != nil:
		s.Badge, s.Tone, s.Note = "known", "calm", clip("Known: "+f.Known.Owner+" has taken it on until "+f.Known.Until, most)+"."
	case f.Level == verdict.Should:
		s.Tone = "warn"
	}
	if f.Expired != nil {
		s.Note = clip("The baseline accepted it until "+f.Expired.Until+"; that date has passed, so it counts again. Owner: "+f.Expired.Owner, most) + "."
	}
	for _, name := range v.names(f.others(), v.detail.names) {
		s.Others = append(s.Others, drawing{Name: name})
	}
	return s
}

// others are the stories of a finding besides its example.
func (f *Finding) others() []string {
	return slices.DeleteFunc(slices.Clone(f.Stories), func(name string) bool { return name == f.Example.Story })
}

func orderText(e Example) string {
	if e.Order == "" {
		return ""
	}
	return clip(fmt.Sprintf("order %s over %s KWD", e.Order, e.Amount), 200)
}
