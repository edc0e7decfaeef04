package mockserver

import (
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// loggedPath is the path of a request as the log keeps it.
func loggedPath(r *http.Request) string { return tap.MaskClip(r.URL.Path, 200) }

// clip is the part of a client's text that is repeated in an answer or in the log.
func clip(text string) string { return tap.MaskClip(text, 100) }

// clippedRequest is method and path of a request as an answer repeats them.
func clippedRequest(r *http.Request) string {
	return headerSafe(tap.Clip(r.Method, 20) + " " + clippedPath(r))
}

// clippedPath is the path of a request as an answer repeats it.
func clippedPath(r *http.Request) string { return headerSafe(tap.Clip(r.URL.Path, 200)) }

// headerSafe makes text safe for a header: printable ASCII, at most 400 characters.
func headerSafe(s string) string {
	s = strings.ReplaceAll(s, "…", "...")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return s[:min(len(s), 400)]
}
