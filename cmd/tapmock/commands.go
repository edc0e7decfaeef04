package main

import "context"

// command is one command: its name, what it does, and how it is run.
type command struct {
	name, doc string
	run       func(ctx context.Context, std streams, args []string, getenv func(string) string) error
}

// commands are all commands, in the order of the help.
func commands() []command {
	return []command{
		{"serve", "serve the mock (the default)", serve},
		{"check", "judge a shop's integration, written in any language", check},
		{"exec", "run a command whose calls to Tap reach a mock of its own", execute},
		{"trigger", "make one payment that follows a scenario, and print what happens", trigger},
		{"listen", "stand in for a shop, and show each webhook with its signatures checked", listen},
		{"doctor", "find out whether webhooks can reach an address", doctor},
		{"explain", "say why a webhook was refused", explainWebhook},
		{"diff", "name the first difference between two payments or two webhooks, and the others", diff},
		{"webhooks", "list the webhooks of a running mock", webhooks},
		{"tail", "follow what happens in an account of a running mock", tail},
		{"hash", "explain the signatures of a webhook body", offline(hash)},
		{"ca", "print the certificate of this machine's CA, and how clients trust it", offline(caCommand)},
		{"scenarios", "list, show or check scenarios, or print their schema", offline(scenariosCommand)},
		{"seed", "make up a history for an account of a running mock", seed},
		{"fidelity", "list the imitated behaviours and how certain each one is", offline(fidelity)},
		{"healthcheck", "check that a mock answers: exit code 0 or 1", healthcheck},
		{"completion", "print a script that completes commands and flags in bash, zsh or fish", completion},
		{"man", "print the manual page", offline(man)},
		{"version", "print the version, the commit, and how old the facts about Tap are", offline(versionCommand)},
	}
}

// offline makes a command of a func that waits for nothing.
func offline(run func(streams, []string, func(string) string) error) func(context.Context, streams, []string, func(string) string) error {
	return func(_ context.Context, std streams, args []string, getenv func(string) string) error {
		return run(std, args, getenv)
	}
}

// commandNames are the names of all commands.
func commandNames() (names []string) {
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

// docOf is what a command does.
func docOf(name string) string {
	for _, c := range commands() {
		if c.name == name {
			return c.doc
		}
	}
	return ""
}
