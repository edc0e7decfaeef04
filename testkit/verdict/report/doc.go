// Package report writes the result of a check in the forms that people and machines read: one HTML file, JSON, JUnit XML, annotations of
// a GitHub workflow, and a sequence diagram for a terminal.
//
// A [Report] is a plain value, made by [New] of a [verdict.Result] and of what the result does not know: who was checked, when, and how
// one story is played again. All forms are written from that value, so that they agree; one that was read back from its JSON writes the
// same files.
//
//	result, err := verdict.Check(ctx, config)
//	meta := report.Meta{Version: "v1.2.0", When: time.Now(), App: "http://127.0.0.1:8000", Replay: replay}
//	if err != nil {
//		meta.CouldNotJudge = err.Error()
//	}
//	r := report.New(result, meta)
//	r.Accept(known, time.Now())
//	err = r.WriteHTML(file)
//
// A check that broke off has a report too: its CouldNotJudge says why, and it is neither sound nor a finding about the merchant.
//
// What each part of the report becomes:
//
//	                     JUnit                      GitHub      HTML
//	finding, must        failure of its stories     ::error     section with the example as lanes
//	finding, should      system-out, or failure     ::warning   the same; a failure if Meta.FailOn is should
//	finding, known       skipped, with the owner    ::notice    the same, marked as known
//	flaky finding        error of its stories       ::warning   section of its own
//	could not judge      error of the case "check"  ::error     headline
//	story not played     skipped, with the reason   -           list by reason
package report
