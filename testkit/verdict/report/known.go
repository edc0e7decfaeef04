package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// Known is an entry of a baseline: a finding that its owner takes on until a date.
type Known struct {
	Code, Owner string
	Until       time.Time // the last day on which it holds
}

// Acceptance is an entry of a baseline in a report.
type Acceptance struct {
	Code  verdict.Code `json:"code" doc:"code of the finding"`
	Owner string       `json:"owner" doc:"who takes it on"`
	Until string       `json:"until" doc:"the last day on which it holds, as 2026-12-31"`
}

// String is the acceptance in words.
func (a Acceptance) String() string { return fmt.Sprintf("%s, %s, until %s", a.Code, a.Owner, a.Until) }

// Accept marks the findings that the entries name as known, flaky ones too. An entry holds on its last day, and counts no longer after it.
// Entries that fit no finding are listed in UnusedKnown, unless the check played only a part of the stories. A second call replaces the first.
func (r *Report) Accept(known []Known, now time.Time) {
	r.UnusedKnown = []Acceptance{}
	for _, list := range [][]Finding{r.Findings, r.Flaky} {
		for i := range list {
			list[i].accept(known, now)
		}
	}
	for _, k := range known {
		if !r.partial() && find(slices.Concat(r.Findings, r.Flaky), verdict.Code(k.Code)) == nil {
			r.UnusedKnown = append(r.UnusedKnown, k.acceptance())
		}
	}
	r.judge()
}

// partial reports whether a finding may be missing because its stories were not played.
func (r *Report) partial() bool { return r.Partial || r.CouldNotJudge != "" }

// accept looks for the entry that holds, and for one that held.
func (f *Finding) accept(known []Known, now time.Time) {
	f.Known, f.Expired = nil, nil
	for _, k := range known {
		if k.Code != string(f.Code) {
			continue
		}
		if a := k.acceptance(); k.holds(now) {
			f.Known = &a
		} else {
			f.Expired = &a
		}
	}
	if f.Known != nil {
		f.Expired = nil
	}
}

// holds reports whether the last day of the entry has not passed.
func (k Known) holds(now time.Time) bool { return day(now.In(k.Until.Location())) <= day(k.Until) }

func (k Known) acceptance() Acceptance {
	return Acceptance{Code: verdict.Code(k.Code), Owner: k.Owner, Until: day(k.Until)}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
