package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/contract"
)

// The exit codes of check.
const (
	exitFindings    = 1
	exitNoVerdict   = 3   // the shop could not be judged
	exitFlaky       = 4   // a second run did not repeat what the first has found
	exitInterrupted = 130 // Ctrl-C
)

// check plays the stories of package verdict against a shop that keeps the contract of package contract.
func check(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	o, err := parseCheckOptions(args, getenv, std.out)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case o.list:
		fmt.Fprintln(std.out, strings.Join(verdict.Stories(), "\n"))
		return nil
	case o.explain != "":
		return explainCode(std.out, verdict.Code(o.explain))
	}
	mock, err := openMock(ctx, o, std.err)
	if err != nil {
		return err
	}
	defer mock.close()
	shop, err := contract.New(o.shop, contract.Options{Key: o.key, BaseURL: mock.base + "/v2", AllowHosts: o.allowHosts})
	if err != nil {
		return usageError{err}
	}
	run := &checkRun{options: o, std: std, mock: mock, began: time.Now()}
	result, err := run.play(ctx, shop)
	return run.conclude(result, err)
}

// checkRun is one run of check.
type checkRun struct {
	options *checkOptions
	std     streams
	mock    *checkMock
	began   time.Time
}

// play judges the shop, and prints a line for each story.
func (r *checkRun) play(ctx context.Context, shop *contract.Shop) (*verdict.Result, error) {
	o := r.options
	fmt.Fprintf(r.std.out, "tapmock check of %s, with the mock at %s\n", o.shop.Name(), r.mock.base)
	if err := shop.Probe(ctx); err != nil {
		return nil, err
	}
	client := control.New(r.mock.base, o.key)
	defer client.CloseIdle()
	lines := newStoryLines(r.std)
	defer lines.end()
	return verdict.Check(ctx, verdict.Config{
		Mock: client, Key: o.key, Merchant: shop, Stories: o.only, Skip: o.skip, Preflight: true,
		AcknowledgeWithin: o.acknowledge, WorkWithin: o.work, ClientTimeoutWithin: o.clientTimeout,
		Begin: lines.begin, Progress: lines.played,
	})
}
