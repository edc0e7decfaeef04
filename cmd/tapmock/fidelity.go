package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/tapmock/tapmock/mockserver/tap"
)

const fidelityHelp = `tapmock fidelity [-json]: list the imitated behaviours and how certain each one is.

Examples:
  tapmock fidelity
  tapmock fidelity -json | jq '.[] | select(.mark == "unknown")'`

// fidelity prints the ledger.
func fidelity(std streams, args []string, _ func(string) string) error {
	fs := newFlags("fidelity")
	asJSON := fs.Bool("json", false, "print one JSON array of objects with behaviour, mark, source and setting")
	if err := parseFlags(fs, args, std.out, fidelityHelp); err != nil {
		return helped(err)
	}
	if fs.NArg() > 0 {
		return usageError{errors.New("fidelity takes no arguments")}
	}
	if *asJSON {
		return printJSON(std.out, tap.Ledger())
	}
	printLedger(std.out)
	return nil
}

// printLedger prints the ledger, the most certain behaviours first.
func printLedger(out io.Writer) {
	fmt.Fprint(out, "What the mock imitates, the most certain behaviours first. [source] is a section of the fact sheets; -set selects the alternative.\n\n")
	counts := map[tap.Mark]int{}
	for _, e := range tap.Ledger() {
		counts[e.Mark]++
	}
	for _, mark := range tap.Marks() {
		fmt.Fprintf(out, "%s (%d)\n", mark, counts[mark])
		for _, e := range tap.Ledger() {
			if e.Mark != mark {
				continue
			}
			fmt.Fprintf(out, "  %s   [%s]", e.Behaviour, e.Source)
			if e.Setting != "" {
				fmt.Fprintf(out, "   -set %s=…", e.Setting)
			}
			fmt.Fprintln(out)
		}
		fmt.Fprintln(out)
	}
}
