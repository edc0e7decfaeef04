package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// conclude prints the verdict, writes the reports, and returns what decides the exit code.
func (r *checkRun) conclude(result *verdict.Result, err error) error {
	rep := r.report(result, err)
	out := r.std.out
	if r.options.replay != "" {
		fmt.Fprintf(out, "\n%s\n", r.replayed(rep))
	}
	printReport(out, rep, bool(r.std.ink))
	failed := r.write(rep)
	if r.options.github {
		failed = errors.Join(failed, rep.WriteGitHub(out))
	}
	if r.options.html != "" && failed == nil {
		path, _ := filepath.Abs(r.options.html)
		fmt.Fprintf(out, "\n%s\n", cmp.Or(path, r.options.html))
	}
	switch code := exitCode(rep, err); {
	case failed != nil:
		return exitError{max(code, exitNoVerdict), failed}
	case code != 0:
		return exitError{code: code}
	}
	return nil
}

// report is the report of a run, whose error says why it has no verdict.
func (r *checkRun) report(result *verdict.Result, err error) *report.Report {
	o := r.options
	meta := report.Meta{Version: versionText(), When: r.began, App: o.shop.Name(), Seed: o.seed, FailOn: o.failOn, Partial: len(o.only)+len(o.skip) > 0, Replay: o.replayCommand}
	switch {
	case errors.Is(err, context.Canceled):
		meta.CouldNotJudge = "interrupted before all stories were played"
	case err != nil:
		meta.CouldNotJudge = err.Error()
	}
	rep := report.New(result, meta)
	known := make([]report.Known, len(o.known))
	for i, k := range o.known {
		known[i] = report.Known{Code: string(k.Code), Owner: k.Owner, Until: k.Until}
	}
	rep.Accept(known, time.Now())
	return rep
}

// exitCode is that of a report, and of the error of its check.
func exitCode(rep *report.Report, err error) int {
	switch {
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case rep.Verdict == report.CouldNotJudge:
		return exitNoVerdict
	case rep.Verdict == report.NotReady:
		return exitFindings
	case rep.Verdict == report.Unsure:
		return exitFlaky
	}
	return 0
}

// write writes the files that the options name.
func (r *checkRun) write(rep *report.Report) (failed error) {
	for _, one := range []struct {
		file  string
		write func(io.Writer) error
	}{{r.options.html, rep.WriteHTML}, {r.options.json, rep.WriteJSON}, {r.options.junit, rep.WriteJUnit}} {
		if one.file != "" {
			failed = errors.Join(failed, writeFile(one.file, one.write))
		}
	}
	return failed
}

// writeFile writes a file as a whole: after an error the old one is still there.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".tapmock-*")
	if err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	defer os.Remove(f.Name())
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("the report %s cannot be written: %w", name, err)
	}
	return nil
}

// replayed says whether the finding that is replayed is mended.
func (r *checkRun) replayed(rep *report.Report) string {
	code := r.options.replayCode
	of := func(f report.Finding) bool { return f.Code == code }
	switch {
	case rep.Verdict == report.CouldNotJudge:
		return "COULD NOT RUN: " + r.options.replay
	case slices.ContainsFunc(rep.Findings, of):
		return "STILL THERE: " + r.options.replay
	case slices.ContainsFunc(rep.Flaky, of):
		return "STILL THERE, but not each time: " + r.options.replay
	}
	return "FIXED: " + r.options.replay
}

// printReport prints the verdict by cause: one mistake of the shop is one finding.
func printReport(out io.Writer, rep *report.Report, color bool) {
	fmt.Fprintf(out, "\n%s\n", rep.Headline)
	for i := range rep.Findings {
		printFinding(out, &rep.Findings[i], string(rep.Findings[i].Level), color)
	}
	for i := range rep.Flaky {
		printFinding(out, &rep.Flaky[i], "flaky", color)
	}
	for _, k := range rep.UnusedKnown {
		fmt.Fprintf(out, "\nknown, but not found: %s; delete it from the baseline\n", k)
	}
	printNotPlayed(out, rep.NotPlayed)
}

func printFinding(out io.Writer, f *report.Finding, level string, color bool) {
	fmt.Fprintf(out, "\n%s (%s, in %s): %s\n", f.Code, level, plural(len(f.Stories), "story", "stories"), f.Problem)
	for _, line := range [][2]string{{"cause", f.Cause}, {"loses", string(f.Loss) + ": " + f.Cost}, {"observed", f.Observed}, {"remedy", f.Remedy}, {"known", acceptance(f)},
		{"example", f.Example.Story + ": " + f.Example.Description}} {
		if line[1] != "" {
			fmt.Fprintf(out, "  %-10s%s\n", line[0], strings.Join(wrap(line[1], lineWidth-12), "\n            "))
		}
	}
	_ = report.WriteDiagram(out, f.Example.Steps, color)
	if f.Replay != "" {
		fmt.Fprintf(out, "  alone:    %s\n", f.Replay)
	}
}

// acceptance says who has taken a finding on, or that it has expired.
func acceptance(f *report.Finding) string {
	switch {
	case f.Known != nil:
		return f.Known.String()
	case f.Expired != nil:
		return "the baseline's entry has expired: " + f.Expired.String()
	}
	return ""
}

// printNotPlayed counts the stories that were not played, by reason.
func printNotPlayed(out io.Writer, all []report.NotPlayed) {
	byReason, reasons := map[string][]string{}, []string{}
	for _, n := range all {
		if byReason[n.Reason] == nil {
			reasons = append(reasons, n.Reason)
		}
		byReason[n.Reason] = append(byReason[n.Reason], n.Story)
	}
	for _, reason := range reasons {
		names := byReason[reason]
		more := ""
		if len(names) > 4 {
			names, more = names[:4], fmt.Sprintf(" and %d more", len(names)-4)
		}
		fmt.Fprintf(out, "\nnot played: %s, because %s (%s%s)\n", plural(len(byReason[reason]), "story", "stories"), reason, strings.Join(names, ", "), more)
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
