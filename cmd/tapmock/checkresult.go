package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// conclude prints the verdict, and returns what decides the exit code.
func (r *checkRun) conclude(result *verdict.Result, err error) error {
	if result == nil {
		result = &verdict.Result{}
	}
	fmt.Fprintf(r.std.out, "\n%s\n", result)
	switch {
	case errors.Is(err, context.Canceled):
		return exitError{exitInterrupted, errors.New("interrupted")}
	case err != nil:
		return exitError{exitNoVerdict, fmt.Errorf("the shop could not be judged: %w", err)}
	case len(result.Played) == 0:
		return exitError{exitNoVerdict, errors.New("the shop could not be judged: no story was played")}
	case slices.ContainsFunc(result.Findings, r.fails):
		return exitError{code: exitFindings}
	case len(result.Flaky) > 0:
		return exitError{code: exitFlaky}
	}
	return nil
}

// fails reports whether a finding gives exit code 1.
func (r *checkRun) fails(f verdict.Finding) bool {
	return f.Level == verdict.Must || r.options.failOn == verdict.Should
}
