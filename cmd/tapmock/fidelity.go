package main

import (
	"fmt"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// fidelity prints the ledger, the most certain behaviours first.
func fidelity(std streams, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("fidelity takes no arguments")}
	}
	fmt.Fprint(std.out, "What the mock imitates, the most certain behaviours first. [source] is a section of the fact sheets; -set selects the alternative.\n\n")
	counts := map[tap.Mark]int{}
	for _, e := range tap.Ledger() {
		counts[e.Mark]++
	}
	for _, mark := range tap.Marks() {
		fmt.Fprintf(std.out, "%s (%d)\n", mark, counts[mark])
		for _, e := range tap.Ledger() {
			if e.Mark != mark {
				continue
			}
			fmt.Fprintf(std.out, "  %s   [%s]", e.Behaviour, e.Source)
			if e.Setting != "" {
				fmt.Fprintf(std.out, "   -set %s=…", e.Setting)
			}
			fmt.Fprintln(std.out)
		}
		fmt.Fprintln(std.out)
	}
	return nil
}
