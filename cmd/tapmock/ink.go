package main

import (
	"io"
	"os"
	"runtime"
)

// ink colours words on a terminal and nowhere else, and never if NO_COLOR is set. What a colour says, the words say too.
type ink bool

// inkFor is the ink of an output.
func inkFor(out io.Writer, getenv func(string) string) ink {
	understands := getenv("TERM") != "dumb" && (runtime.GOOS != "windows" || getenv("WT_SESSION") != "")
	return ink(understands && getenv("NO_COLOR") == "" && isTerminal(out))
}

func (i ink) good(text string) string { return i.paint("32", text) }
func (i ink) bad(text string) string  { return i.paint("1;31", text) }

// judged is good or bad.
func (i ink) judged(ok bool, text string) string {
	if ok {
		return i.good(text)
	}
	return i.bad(text)
}

func (i ink) paint(color, text string) string {
	if !i {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// isTerminal reports whether an input or output is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
