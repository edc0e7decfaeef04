package main

import (
	"flag"
	"fmt"
	"io"
)

// newFlags are the flags of a command, none yet.
func newFlags(command string) *flag.FlagSet {
	fs := flag.NewFlagSet("tapmock "+command, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

// parseFlags parses a command line. If it asks for help, the help is printed, and the error is [flag.ErrHelp].
func parseFlags(fs *flag.FlagSet, args []string, out io.Writer, help string) error {
	if asksForHelp(args) {
		fmt.Fprint(out, help+"\n\n")
		fs.SetOutput(out)
		fs.PrintDefaults()
		return flag.ErrHelp
	}
	if err := fs.Parse(args); err != nil {
		return flagError(fs, err, fs.Name()+" -h lists the flags")
	}
	return nil
}

// helped is the error of a command that did nothing but print its help: none.
func helped(err error) error {
	if err == flag.ErrHelp {
		return nil
	}
	return err
}
