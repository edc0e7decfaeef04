package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
)

// seed makes up a history for an account of a running mock.
func seed(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	fs := newFlags("seed")
	h := control.History{}
	fs.IntVar(&h.Charges, "charges", 1000, "`number` of charges")
	fs.IntVar(&h.Days, "days", 90, "`number` of days before now over which they are spread")
	fs.Uint64Var(&h.Seed, "seed", 0, "`number` that the history follows from: the same one makes up the same history")
	asJSON := fs.Bool("json", false, "print what was made up as one JSON object, as the control API has it")
	var at attached
	at.define(fs)
	if err := parseFlags(fs, args, std.out, "tapmock seed [flags]: make up a history for an account of a running mock: charges, refunds, customers and payouts. The account must have no charges.\n\nExamples:\n  tapmock seed\n  tapmock seed -charges 10000 -days 365 -seed 7 -json"); err != nil {
		return helped(err)
	}
	if fs.NArg() > 0 {
		return usageError{fmt.Errorf("seed takes flags only, not %q", fs.Arg(0))}
	}
	client, err := at.open(getenv)
	if err != nil {
		return err
	}
	if h.Charges < 1 || h.Days < 1 {
		return usageError{errors.New("-charges and -days must be at least 1")}
	}
	return runSeed(ctx, std, client, h, *asJSON)
}

func runSeed(ctx context.Context, std streams, client *control.Client, h control.History, asJSON bool) error {
	defer client.CloseIdle()
	began := time.Now()
	stop := showProgress(ctx, std.err, client, h.Charges)
	done, err := client.Seed(ctx, h)
	stop()
	if err != nil {
		return fmt.Errorf("seed: %w", unreachable(client, err))
	}
	if asJSON {
		return printJSON(std.out, done)
	}
	fmt.Fprintf(std.out, "%d charges over %d days, seed %d, in %.1f s: %d captured, %s KWD; %d refunds, %s KWD; %d customers\n",
		done.Charges, h.Days, h.Seed, time.Since(began).Seconds(), done.CapturedCharges, done.Captured, done.Refunds, done.Refunded, done.Customers)
	return nil
}

// showProgress draws a bar on a terminal until the func that it returns is called.
func showProgress(ctx context.Context, out io.Writer, client *control.Client, charges int) (stop func()) {
	if !isTerminal(out) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				fmt.Fprint(out, "\r\x1b[K")
				return
			case <-tick.C:
				if a, err := client.Account(ctx); err == nil {
					fmt.Fprint(out, "\r", bar(a.Charges, charges))
				}
			}
		}
	}()
	return func() { cancel(); <-ended }
}

// bar is a progress bar.
func bar(done, all int) string {
	const width = 40
	n := width * min(done, all) / max(all, 1)
	return fmt.Sprintf("[%s%s] %d of %d charges", strings.Repeat("=", n), strings.Repeat(" ", width-n), done, all)
}
