package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// TestHeadline checks the verdict and its sentence for each kind of result.
func TestHeadline(t *testing.T) {
	t.Parallel()
	passed := []verdict.Played{{Story: "a"}, {Story: "b"}}
	finding := func(codes ...verdict.Code) (all []verdict.Finding) {
		for _, reason := range verdict.Reasons() {
			for _, code := range codes {
				if reason.Code == code {
					all = append(all, verdict.Finding{Reason: reason, Stories: []string{"a"}, Story: "a"})
				}
			}
		}
		return all
	}
	until := []report.Known{{Code: "fulfilled-twice", Owner: "Dana", Until: when}}
	for _, test := range []struct {
		result  verdict.Result
		meta    report.Meta
		known   []report.Known
		verdict report.Verdict
		want    string
	}{
		{verdict.Result{Played: passed}, report.Meta{}, nil, report.Sound, "Sound: 2 stories, nothing found"},
		{verdict.Result{Played: passed[:1], NotPlayed: make([]verdict.NotPlayed, 3)}, report.Meta{Partial: true}, nil, report.Sound, "Sound: 1 chosen story, nothing found; 3 stories not played"},
		{verdict.Result{Played: passed, Findings: finding(verdict.FulfilledTwice, verdict.TrustsReturn, verdict.ChargesTwice)}, report.Meta{}, nil, report.NotReady,
			"Not ready: 2 mistakes lose goods, 1 loses trust"},
		{verdict.Result{Played: passed, Findings: finding(verdict.PaysLate)}, report.Meta{}, nil, report.Warnings, "Ready, with warnings: 1 mistake loses time"},
		{verdict.Result{Played: passed, Findings: finding(verdict.PaysLate)}, report.Meta{FailOn: verdict.Should}, nil, report.NotReady, "Not ready: 1 mistake loses time"},
		{verdict.Result{Played: passed, Flaky: finding(verdict.FulfilledTwice), Findings: finding(verdict.PaysLate)}, report.Meta{}, nil, report.Unsure, "Unsure: 1 mistake showed once and not again"},
		{verdict.Result{Played: passed, Findings: finding(verdict.FulfilledTwice)}, report.Meta{}, until, report.Accepted, "Accepted: 2 stories, nothing new; 1 known mistake"},
		{verdict.Result{Played: passed, Flaky: finding(verdict.FulfilledTwice)}, report.Meta{}, until, report.Accepted, "Accepted: 2 stories, nothing new; 1 known mistake"},
		{verdict.Result{}, report.Meta{}, nil, report.CouldNotJudge, "Could not judge: no story was played"},
		{verdict.Result{Played: passed, Findings: finding(verdict.FulfilledTwice)}, report.Meta{CouldNotJudge: "the shop\n  stopped\n"}, nil, report.CouldNotJudge, "Could not judge: the shop stopped"},
	} {
		r := report.New(&test.result, test.meta)
		r.Accept(test.known, when)
		if r.Headline != test.want || r.Verdict != test.verdict {
			t.Errorf("got %s, %q, want %s, %q", r.Verdict, r.Headline, test.verdict, test.want)
		}
	}
}

// TestOutcomes checks what weighs most in a story, and a code that is left out as the consequence of another.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	f := func(code verdict.Code, level verdict.Level) verdict.Finding {
		return verdict.Finding{Reason: verdict.Reason{Code: code, Level: level}}
	}
	result := &verdict.Result{
		Findings: []verdict.Finding{f(verdict.FulfilledTwice, verdict.Must), f(verdict.ChargesTwice, verdict.Must), f(verdict.PaysLate, verdict.Should)},
		Flaky:    []verdict.Finding{f(verdict.LosesPayment, verdict.Must)},
	}
	want := map[string]report.Outcome{}
	add := func(name string, found, flaky []verdict.Code, outcome report.Outcome) {
		result.Played = append(result.Played, verdict.Played{Story: name, Found: found, Flaky: flaky})
		want[name] = outcome
	}
	add("nothing", nil, nil, report.Passed)
	add("must", []verdict.Code{verdict.PaysLate, verdict.ChargesTwice}, []verdict.Code{verdict.LosesPayment}, report.Failed)
	add("should", []verdict.Code{verdict.PaysLate, verdict.FulfilledTwice}, nil, report.Warned)
	add("known", []verdict.Code{verdict.FulfilledTwice}, nil, report.KnownOnly)
	add("flaky", []verdict.Code{verdict.FulfilledTwice}, []verdict.Code{verdict.LosesPayment}, report.Flaky)
	add("known shows once", nil, []verdict.Code{verdict.FulfilledTwice}, report.KnownOnly)
	add("consequence", []verdict.Code{verdict.NeedsReturn}, nil, report.Failed)
	r := report.New(result, report.Meta{})
	r.Accept([]report.Known{{Code: "fulfilled-twice", Owner: "Dana", Until: when}}, when)
	for _, s := range r.Stories {
		if s.Outcome != want[s.Name] {
			t.Errorf("%s is %s, want %s", s.Name, s.Outcome, want[s.Name])
		}
	}
	if want := (report.Totals{Played: 7, Passed: 1, Warned: 1, Failed: 2, Flaky: 1, Known: 2, Musts: 1, Shoulds: 1, Accepted: 1}); r.Totals != want {
		t.Errorf("totals %+v, want %+v", r.Totals, want)
	}
}

// TestAccept checks the dates of a baseline, and the entries that fit nothing.
func TestAccept(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	known := []report.Known{{"fulfilled-twice", "Dana", last}, {"pays-late", "Omar", last}}
	for now, want := range map[time.Time]bool{last: true, last.Add(23 * time.Hour): true, last.Add(24 * time.Hour): false, last.AddDate(0, -3, 0): true} {
		r := report.New(result(t), meta())
		r.Accept(known, now)
		f := r.Findings[1]
		if f.Code != verdict.FulfilledTwice || (f.Known != nil) != want || (f.Expired != nil) == want {
			t.Errorf("at %s: %s known %v, expired %v", now, f.Code, f.Known, f.Expired)
		}
		if len(r.UnusedKnown) != 1 || r.UnusedKnown[0] != (report.Acceptance{Code: "pays-late", Owner: "Omar", Until: "2026-12-31"}) {
			t.Errorf("unused: %v", r.UnusedKnown)
		}
		r.Accept(nil, now)
		if r.Findings[1].Known != nil || r.Findings[1].Expired != nil || len(r.UnusedKnown) != 0 {
			t.Error("a second call does not replace the first")
		}
	}
	for _, m := range []report.Meta{{Partial: true}, {CouldNotJudge: "the shop stopped"}} {
		r := report.New(result(t), m)
		if r.Accept(known, last); len(r.UnusedKnown) != 0 {
			t.Errorf("unused after a part of the stories: %v", r.UnusedKnown)
		}
	}
	r := report.New(result(t), meta())
	r.Accept(append(known, report.Known{Code: "fulfilled-twice", Owner: "Lulwa", Until: last.AddDate(0, 1, 0)}), last.AddDate(0, 0, 9))
	if f := r.Findings[1]; f.Known == nil || f.Known.Owner != "Lulwa" || f.Expired != nil {
		t.Errorf("an entry that was renewed: known %v, expired %v", f.Known, f.Expired)
	}
}

// TestLosses checks that each code has a loss that fits what it costs, and that none has two.
func TestLosses(t *testing.T) {
	t.Parallel()
	for _, r := range verdict.Reasons() {
		loss := report.LossOf(r.Code)
		for part, want := range map[string]report.Loss{"the merchant loses the goods": report.Goods, "the payer loses the money": report.Trust, "pays twice": report.Trust, "the merchant pays": report.Money} {
			if strings.HasPrefix(r.Cost, part) && loss != want {
				t.Errorf("%s loses %s, but costs: %s", r.Code, loss, r.Cost)
			}
		}
		if report.Listings(r.Code) != 1 {
			t.Errorf("%s is in %d lists of losses", r.Code, report.Listings(r.Code))
		}
	}
}

// TestEmptyLists checks that a report without anything has empty lists, which readers can walk.
func TestEmptyLists(t *testing.T) {
	t.Parallel()
	if text := jsonOf(t, report.New(&verdict.Result{Played: make([]verdict.Played, 1), Findings: make([]verdict.Finding, 1)}, report.Meta{})); bytes.Contains(text, []byte("null")) {
		t.Errorf("a list is null:\n%s", text)
	}
}

func TestGoldenJSON(t *testing.T) {
	t.Parallel()
	golden(t, "report.json", jsonOf(t, sample(t)))
	golden(t, "schema.json", report.Schema())
}
