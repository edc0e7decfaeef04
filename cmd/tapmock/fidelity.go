package main

import (
	"fmt"
	"io"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// fidelity prints the ledger, the most certain behaviours first.
func fidelity(out io.Writer) {
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
