// Command tapmock is a mock of Tap Payments' v2 API and of the KNET page behind it, for tests.
//
//	tapmock [serve] [flags]      serve the mock (the default)
//	tapmock hash [flags] [FILE]  explain the signatures of a webhook body
//	tapmock scenarios …          list, show or check scenarios, or print their schema
//	tapmock fidelity             list the imitated behaviours and how certain each one is
//	tapmock healthcheck [flags]  check that a mock answers: exit code 0 or 1
//	tapmock version              print the version
//
// Each flag of serve is also an environment variable: -public-url is TAPMOCK_PUBLIC_URL. Exit codes: 0 success, 2 a wrong
// command line or configuration, 1 any other failure.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, streams{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:], os.Getenv))
}

// streams are the standard input and outputs of a command.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// usageError is a mistake on the command line, in the environment or in a scenario file: exit code 2.
type usageError struct{ error }

// errFailed ends a command with exit code 1 after it has printed why.
var errFailed = errors.New("")

// run executes a command line and returns the exit code.
func run(ctx context.Context, std streams, args []string, getenv func(string) string) int {
	err := dispatch(ctx, std, args, getenv)
	switch _, usage := errors.AsType[usageError](err); {
	case err == nil:
		return 0
	case usage:
		fmt.Fprintln(std.err, "tapmock:", err)
		return 2
	case !errors.Is(err, errFailed):
		fmt.Fprintln(std.err, "tapmock:", err)
	}
	return 1
}

func dispatch(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	name := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	}
	if asksForHelp(args) && (name == "version" || name == "fidelity") || name == "help" {
		name, args = "serve", []string{"-h"}
	}
	commands := map[string]func() error{
		"serve":       func() error { return serve(ctx, std, args, getenv) },
		"hash":        func() error { return hash(std, args, getenv) },
		"scenarios":   func() error { return scenariosCommand(std, args, getenv) },
		"fidelity":    func() error { return fidelity(std, args) },
		"healthcheck": func() error { return healthcheck(ctx, std, args, getenv) },
		"version":     func() error { return version(std, args) },
	}
	command, ok := commands[name]
	if !ok {
		return unknownCommand(name, "", []string{"serve", "hash", "scenarios", "fidelity", "healthcheck", "version"})
	}
	return command()
}

func asksForHelp(args []string) bool {
	return len(args) == 1 && (args[0] == "-h" || args[0] == "-help" || args[0] == "--help")
}

func version(std streams, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("version takes no arguments")}
	}
	fmt.Fprintln(std.out, "tapmock", versionText())
	return nil
}

// versionText is the module's version, or the commit it was built from.
func versionText() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && info.Main.Version == "(devel)" {
			return "(devel) " + s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
