package gateway

import (
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Attempt is the result of one attempt to call the merchant. It is not changed after it has been recorded.
type Attempt struct {
	Status  int           // HTTP status of the response; 0 if there was none
	Failure string        // kind of the failure if there was no response: "timeout", "refused", …
	Remedy  string        // what would help, in plain words; may be ""
	Body    string        // the beginning of the response's body, without possible card numbers
	Took    time.Duration // real time, the only value that differs between two runs
}

// OK reports whether the merchant acknowledged the webhook, with any 2xx (Tap API 5.4, unknown).
func (t Attempt) OK() bool { return t.Status >= 200 && t.Status <= 299 }

// String returns the response or the failure in a few words.
func (t *Attempt) String() string {
	if t.Status != 0 && t.Failure == "" {
		text := "HTTP " + strconv.Itoa(t.Status)
		if t.Status/100 == 3 {
			text += " (redirects are not followed)"
		}
		return text
	}
	if t.Remedy != "" {
		return t.Failure + " (" + t.Remedy + ")"
	}
	return t.Failure
}

// maxExcerpt bounds what is kept of the body of a merchant's response, in bytes.
const maxExcerpt = 512

// Excerpt returns the beginning of the body of a merchant's response, in the form in which it may be kept.
func Excerpt(body []byte) string {
	return tap.Mask(strings.ToValidUTF8(string(body[:min(len(body), maxExcerpt)]), "?"))
}

// Bounds of what the journal repeats of a client's text, in bytes: addresses and paths, and ids that no charge has.
const (
	longestPath = 200
	longestID   = 60
)

// describeURL returns an address without the parts that may be secret: user, password, query and fragment, and number of a card.
func describeURL(text string) string {
	text, _, _ = strings.Cut(text, "#")
	text, _, _ = strings.Cut(text, "?")
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return tap.MaskClip(text, longestPath)
	}
	host, path, slash := strings.Cut(rest, "/")
	host = host[strings.LastIndex(host, "@")+1:]
	if slash {
		path = "/" + path
	}
	return tap.MaskClip(scheme+"://"+host+path, longestPath)
}
