package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/contract"
	"github.com/tapmock/tapmock/testkit/verdict/report"
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
	case err != nil:
		return helped(err)
	case o.list:
		fmt.Fprintln(std.out, strings.Join(verdict.Stories(), "\n"))
		return nil
	case o.schema:
		_, err := std.out.Write(report.Schema())
		return err
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
	if err := r.mock.ask(ctx, o.key); err != nil {
		return nil, err
	}
	if err := shop.Probe(ctx); err != nil {
		return nil, err
	}
	lines := newStoryLines(r.std)
	defer lines.end()
	names, err := verdict.Select(o.only, o.skip)
	if err != nil {
		return nil, err
	}
	parts := dealt(names, o.parallel)
	results, failed := make([]*verdict.Result, len(parts)), make([]error, len(parts))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	for i, part := range parts {
		all.Go(func() {
			if results[i], failed[i] = r.playPart(ctx, shop, lines, part, i); failed[i] != nil {
				cancel(failed[i])
			}
		})
	}
	all.Wait()
	return merge(results), cmp.Or(context.Cause(ctx), errors.Join(failed...))
}

// dealt deals the stories to n players.
func dealt(names []string, n int) [][]string {
	parts := make([][]string, min(n, len(names)))
	for i, name := range names {
		parts[i%len(parts)] = append(parts[i%len(parts)], name)
	}
	return parts
}

// playPart plays stories on the account of the key, or, beside others, on an account of their own.
func (r *checkRun) playPart(ctx context.Context, shop *contract.Shop, lines *storyLines, names []string, n int) (*verdict.Result, error) {
	o := r.options
	run := strconv.FormatInt(r.began.UnixMilli(), 36)
	key, prefix := o.key, "check-"+run // a shop keeps the orders of earlier checks
	if n > 0 {
		key, prefix = fmt.Sprintf("sk_test_check_%s_%d", run, n), fmt.Sprintf("check-%s-%d", run, n)
		shop = shop.With(key)
	}
	client := control.New(r.mock.base, key)
	defer client.CloseIdle()
	return verdict.Check(ctx, verdict.Config{
		Mock: client, Key: key, Merchant: shop, Stories: names, Preflight: true, OrderPrefix: prefix,
		AcknowledgeWithin: o.acknowledge, WorkWithin: o.work, ClientTimeoutWithin: o.clientTimeout,
		Begin: lines.begin, Progress: lines.played,
	})
}

// merge is the result of all players, nil if none has any.
func merge(results []*verdict.Result) *verdict.Result {
	results = slices.DeleteFunc(results, func(r *verdict.Result) bool { return r == nil })
	if len(results) == 0 {
		return nil
	}
	return verdict.Merge(results...)
}
