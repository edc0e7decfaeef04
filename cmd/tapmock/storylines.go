package main

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// storyLines prints a line for each story, and on a terminal a bar below them.
type storyLines struct {
	out, bar io.Writer // bar is nil without a terminal

	mu sync.Mutex // stories can be played side by side
}

func newStoryLines(std streams) *storyLines {
	l := &storyLines{out: std.out}
	if isTerminal(std.out) && isTerminal(std.err) {
		l.bar = std.err
	}
	return l
}

// begin shows the story that is played now.
func (l *storyLines) begin(story string, n, all int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bar != nil {
		const width = 30
		done := width * (n - 1) / max(all, 1)
		fmt.Fprintf(l.bar, "\r\x1b[K[%s%s] %d of %d  %s", strings.Repeat("=", done), strings.Repeat(" ", width-done), n, all, story)
	}
}

// played prints the line of a story.
func (l *storyLines) played(p verdict.Played) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end()
	word, codes := "ok", ""
	switch {
	case len(p.Found) > 0:
		word, codes = "FAIL", joinCodes(p.Found)
	case len(p.Flaky) > 0:
		word, codes = "FLAKY", joinCodes(p.Flaky)
	}
	fmt.Fprintln(l.out, strings.TrimRight(fmt.Sprintf("%-5s %5.1f s  %-40s %s", word, p.Took.Seconds(), p.Story, codes), " "))
}

// end clears the bar.
func (l *storyLines) end() {
	if l.bar != nil {
		fmt.Fprint(l.bar, "\r\x1b[K")
	}
}

func joinCodes(codes []verdict.Code) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = string(c)
	}
	return strings.Join(texts, ", ")
}
