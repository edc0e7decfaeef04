package tap

import "strings"

// Clip shortens a client's text that a message, the journal or the log repeats: to at most most bytes, with an ellipsis after them.
// Half a character at the cut is left out.
func Clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
