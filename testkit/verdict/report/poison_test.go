package report_test

import (
	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// poison is a text that breaks out wherever it is not escaped.
const poison = `"'></style></script><script>alert(1)</script><img src=x onerror=alert(1)>&amp;{{.}}` + "`\x00\x1b[2J\u202e%0A]]>"

// poisoned is a result with the poison in every field that a merchant or a flag controls.
func poisoned() (*verdict.Result, report.Meta) {
	steps := []verdict.Step{{At: when, From: verdict.Shop, To: verdict.Tapmock, Text: poison, Response: poison, Fault: true}, {At: when, From: verdict.Bank, To: verdict.Bank, Text: poison}}
	f := verdict.Finding{Reason: verdict.Reason{Code: poison, Level: verdict.Must, Problem: poison, Cost: poison, Remedy: poison}, Stories: []string{poison, "other" + poison},
		Story: poison, Description: poison, Order: verdict.Order{ID: poison, Amount: poison}, Observed: poison, Cause: poison, Steps: steps}
	flaky := f
	flaky.Code += "flaky"
	r := &verdict.Result{
		Played: []verdict.Played{{Story: poison, Description: poison, Found: []verdict.Code{poison}, Steps: steps},
			{Story: "other" + poison, Description: poison, Found: []verdict.Code{poison}, Steps: steps}, {Story: "passed" + poison}},
		NotPlayed: []verdict.NotPlayed{{Story: poison, Reason: poison}}, Findings: []verdict.Finding{f}, Flaky: []verdict.Finding{flaky},
	}
	m := report.Meta{Version: poison, App: poison, CouldNotJudge: poison, When: when, Replay: func(verdict.Code, string) string { return poison }}
	return r, m
}

func poisonedReport() *report.Report {
	r := report.New(poisoned())
	r.Accept([]report.Known{{Code: poison, Owner: poison, Until: when.AddDate(-1, 0, 0)}}, when)
	r.UnusedKnown = []report.Acceptance{{Code: poison, Owner: poison, Until: poison}}
	return r
}
