package report

import (
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// Finding is one mistake of the merchant.
type Finding struct {
	Code     verdict.Code  `json:"code" doc:"name of the mistake"`
	Level    verdict.Level `json:"level" doc:"severity"`
	Loss     Loss          `json:"loss" doc:"what the merchant would lose"`
	Problem  string        `json:"problem" doc:"what happened to the order"`
	Cost     string        `json:"cost" doc:"who loses what"`
	Cause    string        `json:"cause" doc:"what exactly is wrong, if it could be found out; empty if not"`
	Observed string        `json:"observed" doc:"state of the order, charges and responses that show the mistake"`
	Remedy   string        `json:"remedy" doc:"what the merchant's code should do"`
	Stories  []string      `json:"stories" doc:"names of all stories in which the mistake showed"`
	Example  Example       `json:"example" doc:"the shortest of the stories"`
	Replay   string        `json:"replay" doc:"command that plays the example again; empty if there is none"`
	Known    *Acceptance   `json:"known,omitempty" doc:"entry of the baseline that accepts the finding"`
	Expired  *Acceptance   `json:"known_expired,omitempty" doc:"entry of the baseline whose date has passed: it accepts the finding no longer"`
}

// Example is one story in which a finding shows.
type Example struct {
	Story       string         `json:"story" doc:"its name"`
	Description string         `json:"description" doc:"what happens in it"`
	Order       string         `json:"order" doc:"id of the order"`
	Amount      string         `json:"amount" doc:"amount of the order in KWD"`
	Steps       []verdict.Step `json:"steps" doc:"what happened, step by step"`
}

func findings(all []verdict.Finding, meta Meta) []Finding {
	list := make([]Finding, 0, len(all))
	for _, f := range all {
		list = append(list, Finding{
			Code: f.Code, Level: f.Level, Loss: LossOf(f.Code), Problem: f.Problem, Cost: f.Cost, Cause: f.Cause, Observed: f.Observed, Remedy: f.Remedy,
			Stories: append([]string{}, f.Stories...),
			Example: Example{f.Story, f.Description, f.Order.ID, f.Order.Amount, append([]verdict.Step{}, f.Steps...)},
			Replay:  meta.replay(f.Code, f.Story),
		})
	}
	return list
}

// line is what is wrong, in one line without the code.
func (f *Finding) line() string {
	if f.Cause != "" {
		return f.Cause + "; " + f.Observed
	}
	return f.Problem + ": " + f.Observed
}

// notes are the lines about entries of the baseline.
func (f *Finding) notes() (lines []string) {
	if f.Known != nil {
		lines = append(lines, fmt.Sprintf("known: %s, until %s", f.Known.Owner, f.Known.Until))
	}
	if f.Expired != nil {
		lines = append(lines, fmt.Sprintf("known until %s, which has passed: %s", f.Expired.Until, f.Expired.Owner))
	}
	return lines
}

// inStories says in how many stories the finding shows.
func (f *Finding) inStories() string { return plural(len(f.Stories), "story", "stories") }

// unknown are the findings that no baseline accepts.
func unknown(all []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool { return f.Known != nil })
}

// find is the finding of a code, nil if there is none.
func find(all []Finding, code verdict.Code) *Finding {
	if i := slices.IndexFunc(all, func(f Finding) bool { return f.Code == code }); i >= 0 {
		return &all[i]
	}
	return nil
}

// problem explains a code, also one whose finding is left out as the consequence of another.
func problem(code verdict.Code) string {
	for _, reason := range verdict.Reasons() {
		if reason.Code == code {
			return reason.Problem
		}
	}
	return string(code)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
