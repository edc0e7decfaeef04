package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one mistake in a scenario, with its place.
type Mistake struct {
	File         string // "" for a scenario built in Go
	Line, Column int    // from 1; 0 without a place in a file
	Path         string // such as shop/late.callbacks[0].webhook.at, or scenarios[2].name if the name is not known
	Text         string // what is wrong, and a suggestion
}

// String is the mistake on one line: file:line:column: path: text.
func (m Mistake) String() string {
	text := m.Text
	if m.Path != "" {
		text = m.Path + ": " + text
	}
	switch {
	case m.Line > 0:
		return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, text)
	case m.File != "":
		return m.File + ": " + text
	}
	return text
}

// Mistakes is the error of reading scenarios: all mistakes, in the order of the files.
type Mistakes []Mistake

// maxMistakes bounds the mistakes that are reported together, maxNoted those that are searched.
const (
	maxMistakes = 100
	maxNoted    = 1000
)

// Error lists the mistakes, one per line.
func (m Mistakes) Error() string {
	var b strings.Builder
	for i, one := range m {
		if i == maxMistakes {
			fmt.Fprintf(&b, "\nand %d more", len(m)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(one.String())
	}
	return b.String()
}

// inOrder sorts the mistakes by files and lines; those without a place come last.
func (m Mistakes) inOrder(files []source) Mistakes {
	at := map[string]int{}
	for i, f := range files {
		at[f.decoder.file] = i
	}
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(at[a.File], at[b.File]), cmp.Compare(uint(a.Line-1), uint(b.Line-1)), cmp.Compare(a.Column, b.Column))
	})
	return m
}
