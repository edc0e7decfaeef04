package inspector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// clockText is an instant as the pages show it, in UTC.
func clockText(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05.000") }

// secondText is an instant without its fraction.
func secondText(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05") }

// stampText is an instant for programs.
func stampText(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// sinceText is how long ago an instant was, or how long it is until then, in one unit.
func sinceText(now, at time.Time) string { return string(appendSince(nil, now, at)) }

// appendSince appends what [sinceText] returns.
func appendSince(b []byte, now, at time.Time) []byte {
	switch d := now.Sub(at); {
	case d < 0:
		return appendSpan(append(b, "in "...), -d)
	case d < time.Second:
		return append(b, "now"...)
	default:
		return append(appendSpan(b, d), " ago"...)
	}
}

// appendSpan appends a duration in its largest unit.
func appendSpan(b []byte, d time.Duration) []byte {
	n, unit := d/time.Millisecond, " ms"
	switch {
	case d >= 48*time.Hour:
		n, unit = d/(24*time.Hour), " days"
	case d >= time.Hour:
		n, unit = d/time.Hour, " h"
	case d >= time.Minute:
		n, unit = d/time.Minute, " min"
	case d >= time.Second:
		n, unit = d/time.Second, " s"
	}
	return append(strconv.AppendInt(b, int64(n), 10), unit...)
}

// short is the beginning and the end of an id, a key or a signature.
func short(text string) string {
	if len(text) <= 16 {
		return text
	}
	return text[:9] + "…" + text[len(text)-5:]
}

// words is a name of the API as words.
func words(name any) string { return strings.ReplaceAll(fmt.Sprint(name), "_", " ") }

// pretty is JSON with indentation, or the text as it is.
func pretty(text string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(text), "", "  ") != nil {
		return text
	}
	return b.String()
}
