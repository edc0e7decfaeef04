// Command tapmock is a mock of Tap Payments' v2 API and of the KNET page behind it, for tests.
//
//	tapmock [serve] [flags]      serve the mock (the default)
//	tapmock hash [flags] [FILE]  explain the signatures of a webhook body
//	tapmock check [flags]        judge a shop's integration, written in any language
//	tapmock trigger [SCENARIO]   make one payment that follows a scenario
//	tapmock listen [flags]       stand in for a shop, and show each webhook
//	tapmock doctor ADDRESS       can webhooks reach an address?
//	tapmock explain [ID]         say why a webhook was refused
//	tapmock diff A [B]           name the differences of two payments or two webhooks
//	tapmock webhooks, tail       list webhooks, follow what happens
//	tapmock exec -- COMMAND      run a command whose calls to Tap reach a mock
//	tapmock ca [flags]           print the certificate of this machine's CA
//	tapmock scenarios …          list, show or check scenarios, or print their schema
//	tapmock fidelity             list the imitated behaviours and how certain each one is
//	tapmock healthcheck [flags]  check that a mock answers: exit code 0 or 1
//	tapmock completion SHELL     print a script that completes commands and flags
//	tapmock man                  print the manual page
//	tapmock version              print the version and how old the facts about Tap are
//
// Each flag of serve is also an environment variable: -public-url is TAPMOCK_PUBLIC_URL. Exit codes: 0 success, 2 a wrong
// command line or configuration, 1 any other failure; check has more, see its help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, streams{os.Stdin, os.Stdout, os.Stderr, inkFor(os.Stdout, os.Getenv)}, os.Args[1:], os.Getenv))
}

// streams are the standard input and outputs of a command.
type streams struct {
	in       io.Reader
	out, err io.Writer
	ink      ink // of out
}

// usageError is a mistake on the command line, in the environment or in a scenario file: exit code 2.
type usageError struct{ error }

// errFailed ends a command with exit code 1 after it has printed why.
var errFailed = errors.New("")

// exitError ends a command with an exit code of its own. A nil error says that the command has printed why.
type exitError struct {
	code  int
	cause error
}

func (e exitError) Error() string { return fmt.Sprint(e.cause) }

// run executes a command line and returns the exit code.
func run(ctx context.Context, std streams, args []string, getenv func(string) string) int {
	err := dispatch(ctx, std, args, getenv)
	own, coded := errors.AsType[exitError](err)
	switch _, usage := errors.AsType[usageError](err); {
	case err == nil:
		return 0
	case coded:
		if own.cause != nil {
			fmt.Fprintln(std.err, "tapmock:", own.cause)
		}
		return own.code
	case usage:
		fmt.Fprintln(std.err, "tapmock:", err)
		return 2
	case !errors.Is(err, errFailed):
		fmt.Fprintln(std.err, "tapmock:", err)
	}
	return 1
}

func dispatch(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	name, args := commandOf(args)
	for _, c := range commands() {
		if c.name == name {
			return c.run(ctx, std, args, getenv)
		}
	}
	return unknownCommand(name, "", commandNames())
}

// commandOf is the command and its arguments. tapmock help hash is tapmock hash -h, and tapmock --version is tapmock version.
func commandOf(args []string) (name string, rest []string) {
	switch {
	case len(args) == 1 && (args[0] == "-version" || args[0] == "--version"):
		return "version", nil
	case len(args) == 1 && args[0] == "help", len(args) > 1 && args[0] == "help" && strings.HasPrefix(args[1], "-"):
		return "serve", []string{"-h"}
	case len(args) > 1 && args[0] == "help":
		return args[1], []string{"-h"}
	case len(args) > 0 && args[0] != "" && args[0][0] != '-':
		return args[0], args[1:]
	}
	return "serve", args
}
