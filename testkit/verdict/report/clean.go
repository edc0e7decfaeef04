package report

import (
	"strings"
	"unicode"
)

// clean is a merchant's text on one line and safe to show: U+FFFD stands for what would move a terminal's cursor, change the direction of
// the text, or be wrong in XML.
func clean(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return ' '
		case unicode.IsControl(c), c == 0xfffe, c == 0xffff, c >= 0x202a && c <= 0x202e, c >= 0x2066 && c <= 0x2069:
			return unicode.ReplacementChar
		}
		return c
	}, text)
}

// cleanLines joins lines, each of which is clean.
func cleanLines(lines []string) string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = clean(line)
	}
	return strings.Join(all, "\n")
}
