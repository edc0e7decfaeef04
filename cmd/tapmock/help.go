package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// printHelp prints the commands, the flags with their environment variables, and the settings group by group.
func printHelp(fs *flag.FlagSet, out io.Writer) {
	fmt.Fprint(out, "tapmock [serve] [flags]: a mock of Tap Payments' v2 API and of the KNET page behind it, for tests.\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-13s %s\n", c.name, c.doc)
	}
	fmt.Fprint(out, "\nFlags of serve, each with its environment variable:\n")
	fs.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(out, "  %s   %s\n", strings.TrimSpace("-"+f.Name+" "+value), envName(f.Name))
		printIndented(out, usage)
	})
	fmt.Fprint(out, "\nSettings for -set: key=default, and the values that the key takes.\n")
	group := ""
	for _, s := range tap.SettingKeys() {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(out, "\n%s settings:\n", strings.ToUpper(group[:1])+group[1:])
		}
		fmt.Fprintf(out, "  %s=%s   %s\n", s.Key, s.Default, s.Values)
		printIndented(out, s.Doc)
	}
}

// printIndented prints a paragraph below the line that it explains.
func printIndented(out io.Writer, text string) {
	for _, line := range wrap(text, lineWidth-8) {
		fmt.Fprintf(out, "        %s\n", line)
	}
}
