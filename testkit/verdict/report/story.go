package report

import (
	"slices"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// Outcome is how a story ended.
type Outcome string

// The outcomes of a story. What weighs most counts: failed, then flaky, warned, known.
const (
	Passed    Outcome = "passed"
	Warned    Outcome = "warned" // its findings are below the level that fails
	Failed    Outcome = "failed"
	Flaky     Outcome = "flaky" // a mistake showed once and not again
	KnownOnly Outcome = "known" // a baseline accepts its findings
)

// Story is a story that was played.
type Story struct {
	Name        string         `json:"name" doc:"its name"`
	Description string         `json:"description" doc:"what happens in it"`
	TookMS      int64          `json:"took_ms" doc:"how long it took, in milliseconds of real time; both runs if it was played twice"`
	Outcome     Outcome        `json:"outcome" doc:"how it ended"`
	Codes       []verdict.Code `json:"codes" doc:"mistakes that showed twice; one that is not among the findings is the consequence of another"`
	Flaky       []verdict.Code `json:"flaky_codes" doc:"mistakes that showed once and not again"`
	Replay      string         `json:"replay,omitempty" doc:"command that plays it again"`
	Steps       []verdict.Step `json:"steps,omitempty" doc:"what happened, step by step, if the story showed a mistake"`
}

func stories(all []verdict.Played, meta Meta) []Story {
	list := make([]Story, 0, len(all))
	for _, p := range all {
		s := Story{
			Name: p.Story, Description: p.Description, TookMS: p.Took.Milliseconds(), Steps: p.Steps,
			Codes: append([]verdict.Code{}, p.Found...), Flaky: append([]verdict.Code{}, p.Flaky...),
		}
		if code := s.code(); code != "" {
			s.Replay = meta.replay(verdict.Code(code), s.Name)
		}
		list = append(list, s)
	}
	return list
}

// outcome is how a story ended, by its codes and by what a baseline accepts.
func (r *Report) outcome(s *Story) Outcome {
	all := r.outcomes(s)
	for _, o := range []Outcome{Failed, Flaky, Warned, KnownOnly} {
		if slices.Contains(all, o) {
			return o
		}
	}
	return Passed
}

// outcomes are those of each code of a story. A code that is not among the findings is the consequence of another one. The result does
// not say of which, so it weighs as much as the heaviest.
func (r *Report) outcomes(s *Story) (all []Outcome) {
	for _, code := range s.Codes {
		if f := find(r.Findings, code); f != nil {
			all = append(all, r.weight(f))
			continue
		}
		for i := range r.Findings {
			all = append(all, r.weight(&r.Findings[i]))
		}
		if len(r.Findings) == 0 {
			all = append(all, Failed)
		}
	}
	for _, code := range s.Flaky {
		all = append(all, r.flakyWeight(code))
	}
	return all
}

// weight is the outcome of a story that shows a finding.
func (r *Report) weight(f *Finding) Outcome {
	switch {
	case f.Known != nil:
		return KnownOnly
	case f.Level == verdict.Must || r.FailOn == verdict.Should:
		return Failed
	}
	return Warned
}

// flakyWeight is the outcome of a story that showed a code only once.
func (r *Report) flakyWeight(code verdict.Code) Outcome {
	for _, list := range [][]Finding{r.Findings, r.Flaky} {
		if f := find(list, code); f != nil && f.Known != nil {
			return KnownOnly
		}
	}
	return Flaky
}

// story is the story of a name, nil if it was not played.
func (r *Report) story(name string) *Story {
	if i := slices.IndexFunc(r.Stories, func(s Story) bool { return s.Name == name }); i >= 0 {
		return &r.Stories[i]
	}
	return nil
}

// code is the first mistake that the story showed, "" if none.
func (s *Story) code() string {
	for _, code := range slices.Concat(s.Codes, s.Flaky) {
		return string(code)
	}
	return ""
}
