package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

const manHelp = `tapmock man: print the manual page, made of the help of all commands.

Examples:
  tapmock man >/usr/local/share/man/man1/tapmock.1
  tapmock man | man -l -`

// man prints the manual page in the language of man(7).
func man(std streams, args []string, _ func(string) string) error {
	fs := newFlags("man")
	if err := parseFlags(fs, args, std.out, manHelp); err != nil {
		return helped(err)
	}
	if fs.NArg() > 0 {
		return usageError{errors.New("man takes no arguments")}
	}
	printMan(std.out)
	return nil
}

// manHead is the page up to the commands.
const manHead = `.TH TAPMOCK 1 "" "tapmock %s" "User Commands"
.SH NAME
tapmock \- a mock of Tap Payments' v2 API and of the KNET page behind it, for tests
.SH SYNOPSIS
.B tapmock
[\fIcommand\fR] [\fIflags\fR]
.SH DESCRIPTION
Without a command, or with \fBserve\fR, tapmock serves the mock: a shop creates a charge, the payer pays on a simulated page, the shop gets a signed
webhook, and the payer returns. The other commands explain what happened, make payments, judge a shop, and run programs that have Tap's address
written into them.
.SH COMMANDS
`

const manTail = `.SH EXIT STATUS
0 success; 2 a wrong command line, environment or scenario file; 1 any other failure. \fBcheck\fR has more, and \fBexec\fR passes on that of its command.
.SH ENVIRONMENT
Each flag of \fBserve\fR is also a variable: \-public\-url is TAPMOCK_PUBLIC_URL. Commands that ask a running mock read TAPMOCK_URL and TAPMOCK_KEY.
NO_COLOR switches colours off.
.SH FILES
The CA of \fB\-tls\-addr\fR, \fB\-proxy\-addr\fR, \fBexec\fR and \fBca\fR is kept in $XDG_DATA_HOME/tapmock (~/.local/share/tapmock), or in TAPMOCK_CA_DIR.
`

func printMan(out io.Writer) {
	fmt.Fprintf(out, manHead, roff(versionText()))
	for _, c := range commands() {
		fmt.Fprintf(out, ".SS tapmock %s\n.nf\n", c.name)
		for line := range strings.Lines(helpOf(c.name)) {
			printManLine(out, strings.TrimRight(line, "\n"))
		}
		fmt.Fprintln(out, ".fi")
	}
	fmt.Fprint(out, manTail)
}

// manWidth is the length of a line, with which it fits into a terminal of 80 columns behind the page's indent.
const manWidth = 72

// column is the first column of a line of two.
var column = regexp.MustCompile(`^\s*\S.{0,36}?\s{2,}`)

// printManLine prints a line of a help text. If it is too long it is broken, with its indent or in its second column.
func printManLine(out io.Writer, line string) {
	line = strings.ReplaceAll(line, "\t", "    ")
	if len([]rune(line)) <= manWidth {
		fmt.Fprintln(out, roff(line))
		return
	}
	head := column.FindString(line)
	if head == "" {
		head = line[:len(line)-len(strings.TrimLeft(line, " "))]
	}
	for _, part := range wrap(line[len(head):], manWidth-len([]rune(head))) {
		fmt.Fprintln(out, roff(head+part))
		head = strings.Repeat(" ", len([]rune(head)))
	}
}

// roff is text as man(7) shows it unchanged.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
