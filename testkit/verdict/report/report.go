package report

import (
	"cmp"
	"strings"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// SchemaVersion is the version of the JSON form. Fields may be added to a version; one that changes its meaning, or goes, makes a new one.
const SchemaVersion = 1

// Meta is what a report says of a check besides its result.
type Meta struct {
	Version       string        // of tapmock
	When          time.Time     // when the check began
	App           string        // what was checked, such as the address of a shop
	Seed          uint64        // of the mock
	FailOn        verdict.Level // level from which a finding fails; "" is must
	Partial       bool          // only some stories were chosen: a known finding may be missing because its stories were
	CouldNotJudge string        // why there is no verdict, in one sentence; "" if there is one

	// Replay is the command that plays one story again; nil if there is none.
	Replay func(code verdict.Code, story string) string
}

// Verdict is the result in one word.
type Verdict string

// The verdicts, the best first.
const (
	Sound         Verdict = "sound"           // nothing was found
	Accepted      Verdict = "accepted"        // only known findings
	Warnings      Verdict = "warnings"        // only findings below the level that fails
	Unsure        Verdict = "unsure"          // only findings that did not show again
	NotReady      Verdict = "not-ready"       // a finding that fails
	CouldNotJudge Verdict = "could-not-judge" // the check broke off, or played nothing
)

// Report is the result of a check, ready to be written.
type Report struct {
	Schema        int           `json:"schema" doc:"version of this format"`
	Tapmock       string        `json:"tapmock" doc:"version of tapmock"`
	When          time.Time     `json:"when" doc:"when the check began"`
	App           string        `json:"app" doc:"what was checked"`
	Seed          uint64        `json:"seed,string" doc:"seed of the mock; a string, because it can exceed what JavaScript numbers hold"`
	TookMS        int64         `json:"took_ms" doc:"how long the check took, in milliseconds of real time"`
	FailOn        verdict.Level `json:"fail_on" doc:"level from which a finding fails"`
	Partial       bool          `json:"partial" doc:"whether only some stories were chosen"`
	Verdict       Verdict       `json:"verdict" doc:"the result in one word"`
	Headline      string        `json:"headline" doc:"the result in one sentence, for people"`
	CouldNotJudge string        `json:"could_not_judge" doc:"why there is no verdict; empty if there is one"`
	Totals        Totals        `json:"totals" doc:"how many of each"`
	Findings      []Finding     `json:"findings" doc:"mistakes that showed twice, one for each cause, the most important first; known ones included"`
	Flaky         []Finding     `json:"flaky" doc:"mistakes that showed once and not again"`
	Stories       []Story       `json:"stories" doc:"the stories that were played, in their order"`
	NotPlayed     []NotPlayed   `json:"not_played" doc:"the stories that were not played"`
	UnusedKnown   []Acceptance  `json:"unused_known" doc:"entries of the baseline that fit no finding of this check and can be deleted"`
}

// Totals are the counts of a report.
type Totals struct {
	Played    int `json:"played" doc:"stories that were played"`
	Passed    int `json:"passed" doc:"stories without a finding"`
	Warned    int `json:"warned" doc:"stories with findings below the level that fails"`
	Failed    int `json:"failed" doc:"stories with a finding that fails"`
	Flaky     int `json:"flaky" doc:"stories with a finding that did not show again"`
	Known     int `json:"known" doc:"stories with known findings only"`
	NotPlayed int `json:"not_played" doc:"stories that were not played"`
	Musts     int `json:"musts" doc:"findings of level must that are not known"`
	Shoulds   int `json:"shoulds" doc:"findings of level should that are not known"`
	Accepted  int `json:"accepted" doc:"findings that are known, flaky ones included"`
}

// NotPlayed is a story that was not played.
type NotPlayed struct {
	Story  string `json:"story" doc:"its name"`
	Reason string `json:"reason" doc:"why it was not played"`
}

// New is the report of a result. The result of a check that broke off can be nil.
func New(result *verdict.Result, meta Meta) *Report {
	if result == nil {
		result = &verdict.Result{}
	}
	r := &Report{
		Schema: SchemaVersion, Tapmock: meta.Version, When: meta.When, App: meta.App, Seed: meta.Seed, TookMS: result.Took.Milliseconds(),
		FailOn: cmp.Or(meta.FailOn, verdict.Must), Partial: meta.Partial, CouldNotJudge: strings.Join(strings.Fields(meta.CouldNotJudge), " "),
		Findings: findings(result.Findings, meta), Flaky: findings(result.Flaky, meta), Stories: stories(result.Played, meta),
		NotPlayed: []NotPlayed{}, UnusedKnown: []Acceptance{},
	}
	for _, n := range result.NotPlayed {
		r.NotPlayed = append(r.NotPlayed, NotPlayed(n))
	}
	if len(r.Stories) == 0 {
		r.CouldNotJudge = cmp.Or(r.CouldNotJudge, "no story was played")
	}
	r.judge()
	return r
}

// replay is the command that plays a story again, "" if there is none.
func (m Meta) replay(code verdict.Code, story string) string {
	if m.Replay == nil {
		return ""
	}
	return m.Replay(code, story)
}

// judge derives the outcomes of the stories, the totals, the verdict and the headline from the findings.
func (r *Report) judge() {
	for i := range r.Stories {
		r.Stories[i].Outcome = r.outcome(&r.Stories[i])
	}
	r.Totals = r.count()
	r.Verdict = r.verdict()
	r.Headline = r.headline()
}

func (r *Report) count() Totals {
	t := Totals{Played: len(r.Stories), NotPlayed: len(r.NotPlayed)}
	for _, s := range r.Stories {
		*t.of(s.Outcome)++
	}
	for _, f := range r.Findings {
		switch {
		case f.Known != nil:
			t.Accepted++
		case f.Level == verdict.Must:
			t.Musts++
		default:
			t.Shoulds++
		}
	}
	t.Accepted += len(r.Flaky) - len(unknown(r.Flaky))
	return t
}

// of is the count of stories with an outcome.
func (t *Totals) of(o Outcome) *int {
	switch o {
	case Passed:
		return &t.Passed
	case Warned:
		return &t.Warned
	case Flaky:
		return &t.Flaky
	case KnownOnly:
		return &t.Known
	}
	return &t.Failed
}

func (r *Report) verdict() Verdict {
	switch {
	case r.CouldNotJudge != "":
		return CouldNotJudge
	case r.Totals.Musts > 0 || r.Totals.Shoulds > 0 && r.FailOn == verdict.Should:
		return NotReady
	case len(unknown(r.Flaky)) > 0 || r.Totals.Flaky > 0:
		return Unsure
	case r.Totals.Shoulds > 0:
		return Warnings
	case r.Totals.Accepted > 0:
		return Accepted
	}
	return Sound
}
