package inspector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// clockText is an instant as the pages show it, in UTC.
func clockText(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05.000") }

// secondText is an instant without its fraction.
func secondText(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05") }

// sinceText is how long ago an instant was, or how long it is until then, in one unit.
func sinceText(now, at time.Time) string {
	d := now.Sub(at)
	if d < 0 {
		return "in " + spanText(-d)
	}
	if d < time.Second {
		return "now"
	}
	return spanText(d) + " ago"
}

// spanText is a duration in its largest unit.
func spanText(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
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
