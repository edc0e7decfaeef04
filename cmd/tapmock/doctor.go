package main

import (
	"context"
	"fmt"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// doctor finds out whether webhooks can reach an address, from this process or from a running mock.
func doctor(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	fs := newFlags("doctor")
	var at attached
	at.define(fs)
	asJSON := fs.Bool("json", false, "print the steps as JSON, as the control API has them")
	if err := parseFlags(fs, args, std.out, "tapmock doctor [flags] ADDRESS: can webhooks reach an address? It resolves the name, connects, shakes hands and sends a HEAD request, nothing that a shop could take for a\nwebhook: from this process, or with -url (or TAPMOCK_URL) from a running mock, such as one in a container.\n\nExamples:\n  tapmock doctor http://127.0.0.1:3000/webhook\n  tapmock doctor -url http://127.0.0.1:8080 http://host.docker.internal:3000/webhook"); err != nil {
		return helped(err)
	}
	if fs.NArg() != 1 {
		return usageError{fmt.Errorf("doctor takes one address, not %d, such as tapmock doctor http://127.0.0.1:3000/webhook", fs.NArg())}
	}
	found, err := examineFrom(ctx, &at, getenv, fs.Arg(0))
	if err != nil {
		return err
	}
	if *asJSON {
		err = printJSON(std.out, found)
	} else {
		printExamination(std, found)
	}
	if err == nil && !found.OK {
		err = errFailed
	}
	return err
}

// examineFrom asks a mock that is named, or this process.
func examineFrom(ctx context.Context, at *attached, getenv func(string) string, address string) (control.Examination, error) {
	if at.url == "" && getenv("TAPMOCK_URL") == "" {
		return mockserver.Examine(ctx, address), nil
	}
	client, err := at.open(getenv)
	if err != nil {
		return control.Examination{}, err
	}
	defer client.CloseIdle()
	found, err := client.Examine(ctx, address)
	return found, unreachable(client, err)
}

func printExamination(std streams, found control.Examination) {
	out := std.out
	for _, step := range found.Steps {
		mark := "ok  "
		if !step.OK {
			mark = "FAIL"
		}
		fmt.Fprintf(out, "%s  %-11s %s\n", std.ink.judged(step.OK, mark), step.Name, step.Detail)
		if step.Remedy != "" {
			for _, line := range wrap(step.Remedy, lineWidth-18) {
				fmt.Fprintf(out, "%17s %s\n", "", line)
			}
		}
	}
	if found.OK {
		fmt.Fprintln(out, "webhooks can reach the address")
	}
}
