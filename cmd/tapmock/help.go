package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// commandNames are the commands in the order of the help, and commands what each one does.
var (
	commandNames = []string{"serve", "check", "exec", "trigger", "listen", "doctor", "explain", "webhooks", "tail", "hash", "ca", "scenarios", "seed", "fidelity", "healthcheck", "completion", "version"}
	commands     = map[string]string{
		"serve":       "serve the mock (the default)",
		"check":       "judge a shop's integration, written in any language",
		"exec":        "run a command whose calls to Tap reach a mock of its own",
		"ca":          "print the certificate of this machine's CA, and how clients trust it",
		"trigger":     "make one payment that follows a scenario, and print what happens",
		"listen":      "stand in for a shop, and show each webhook with its signatures checked",
		"doctor":      "find out whether webhooks can reach an address",
		"explain":     "say why a webhook was refused",
		"webhooks":    "list the webhooks of a running mock",
		"tail":        "follow what happens in an account of a running mock",
		"hash":        "explain the signatures of a webhook body",
		"scenarios":   "list, show or check scenarios, or print their schema",
		"seed":        "make up a history for an account of a running mock",
		"fidelity":    "list the imitated behaviours and how certain each one is",
		"healthcheck": "check that a mock answers: exit code 0 or 1",
		"completion":  "print a script that completes commands and flags in bash, zsh or fish",
		"version":     "print the version",
	}
)

// printHelp prints the commands, the flags with their environment variables, and the settings group by group.
func printHelp(fs *flag.FlagSet, out io.Writer) {
	fmt.Fprint(out, "tapmock [serve] [flags]: a mock of Tap Payments' v2 API and of the KNET page behind it, for tests.\n\nCommands:\n")
	for _, name := range commandNames {
		fmt.Fprintf(out, "  %-13s %s\n", name, commands[name])
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
