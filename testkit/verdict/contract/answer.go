package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// maxAnswer bounds the answers of a shop, in bytes.
const maxAnswer = 1 << 20

// answer is what a call got.
type answer struct {
	status int // HTTP; 200 for a command that ended with 0, 500 for one that did not
	header http.Header
	body   []byte
	exit   int // of a command

	tree any
	read bool
}

// parsed is the body as JSON. Numbers keep their digits.
func (a *answer) parsed() (any, error) {
	if a.read {
		return a.tree, nil
	}
	dec := json.NewDecoder(bytes.NewReader(a.body))
	dec.UseNumber()
	if err := dec.Decode(&a.tree); err != nil {
		return nil, errors.New("the answer is not JSON")
	}
	a.read = true
	return a.tree, nil
}

// excerpt is how many bytes of an answer an error shows.
const excerpt = 200

// String is the answer in one line: status, type, and its first 200 bytes.
func (a *answer) String() string {
	text := fmt.Sprintf("HTTP %d", a.status)
	if a.header == nil {
		text = fmt.Sprintf("exit code %d", a.exit)
	}
	if to := a.header.Get("Location"); to != "" {
		text += " to " + clip(to, excerpt)
	}
	if kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); kind != "" {
		text += " " + kind
	}
	if body := strings.Join(strings.Fields(clip(string(a.body), excerpt)), " "); body != "" {
		return text + ": " + strings.ToValidUTF8(body, "?")
	}
	return text + ", without a body"
}

func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}
