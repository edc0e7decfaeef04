package main

import (
	"regexp"
	"strings"
	"testing"
)

// TestMan has each command with its help, in lines that fit into a terminal, and nothing that man(7) would take for a request of its own.
func TestMan(t *testing.T) {
	code, page, errs := runFor(t, "", nil, "man")
	if code != 0 || errs != "" || !strings.HasPrefix(page, ".TH TAPMOCK 1 ") {
		t.Fatalf("exit %d, %s\n%.200s", code, errs, page)
	}
	for _, name := range commandNames() {
		if !strings.Contains(page, "\n.SS tapmock "+name+"\n.nf\ntapmock ") {
			t.Errorf("the page lacks %s", name)
		}
	}
	request := regexp.MustCompile(`^\.(TH|SH|SS|B|nf|fi)( |$)`)
	verbatim := false
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == ".nf", line == ".fi":
			verbatim = line == ".nf"
		case strings.HasPrefix(line, ".") && !request.MatchString(line), strings.HasPrefix(line, "'"):
			t.Errorf("not a request: %s", line)
		case verbatim && len([]rune(strings.ReplaceAll(line, `\-`, "-"))) > 80:
			t.Errorf("too long: %s", line)
		}
	}
	for text, want := range map[string]string{".x": `\&.x`, "'x": `\&'x`, `a\b`: `a\eb`, "-x": `\-x`, "x.": "x."} {
		if got := roff(text); got != want {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}
