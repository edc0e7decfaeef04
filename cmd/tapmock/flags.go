package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
)

// newFlags are the flags of a command, none yet.
func newFlags(command string) *flag.FlagSet {
	fs := flag.NewFlagSet("tapmock "+command, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

// parseFlags parses a command line whose flags may be anywhere among its arguments, which [flag.FlagSet.Args] returns then. If it asks for help,
// the help is printed, and the error is [flag.ErrHelp].
func parseFlags(fs *flag.FlagSet, args []string, out io.Writer, help string) error {
	var arguments []string
	for {
		if err := parseFirstFlags(fs, args, out, help); err != nil {
			return err
		}
		rest := fs.Args()
		if ended := len(args) > len(rest) && args[len(args)-len(rest)-1] == "--"; ended || len(rest) == 0 {
			return fs.Parse(slices.Concat([]string{"--"}, arguments, rest))
		}
		arguments, args = append(arguments, rest[0]), rest[1:]
	}
}

// parseFirstFlags is parseFlags for a command whose flags end at its first argument.
func parseFirstFlags(fs *flag.FlagSet, args []string, out io.Writer, help string) error {
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, help+"\n\nFlags:\n")
		fs.SetOutput(out)
		fs.PrintDefaults()
		return err
	case err != nil:
		return flagError(fs, err, fs.Name()+" -h lists the flags")
	}
	return nil
}

// helped is the error of a command that did nothing but print its help: none.
func helped(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	return err
}

// printJSON prints a value as one line.
func printJSON(out io.Writer, value any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}
