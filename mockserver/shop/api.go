package shop

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

const (
	patience  = 20 * time.Second // how long the shop waits for an answer of the API, in real time
	maxAnswer = 1 << 20          // bytes of an answer that are read
	maxShown  = 8 << 10          // bytes of an answer that a page shows
)

// apiError is a call of the API that did not succeed, with everything that came.
type apiError struct {
	Call   string // such as POST /v2/charges
	Status string // HTTP status of the answer; "": no answer
	Reason string // what is wrong if the status alone does not say it
	Body   string // of the answer, as sent
	Notes  []string
}

// Refused reports whether the API has refused the call, so that no charge may exist that the shop does not know.
func (e *apiError) Refused() bool { return strings.HasPrefix(e.Status, "4") }

// Error says what is wrong, without the body.
func (e *apiError) Error() string {
	return strings.Join(slices.DeleteFunc([]string{e.Call, e.Status, e.Reason}, func(part string) bool { return part == "" }), ": ")
}

// call calls the API with the key of an account, and returns the charge that it answers with. The error is an [*apiError].
func (s *Shop) call(r *http.Request, key, method, path string, body []byte) (tap.Charge, *apiError) {
	failed := &apiError{Call: method + " " + path}
	req, err := http.NewRequestWithContext(r.Context(), method, s.config.Base(r)+path, bytes.NewReader(body))
	if err != nil {
		failed.Reason = err.Error()
		return tap.Charge{}, failed
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	res, err := s.api.Do(req)
	if err != nil {
		failed.Reason = reasonOf(err)
		return tap.Charge{}, failed
	}
	defer res.Body.Close()
	return failed.read(res)
}

// read reads the charge of an answer, or completes the error with what came.
func (e *apiError) read(res *http.Response) (c tap.Charge, failed *apiError) {
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	e.Status, e.Body, e.Notes = res.Status, shown(text), res.Header.Values("X-Tapmock-Note")
	switch {
	case err != nil:
		e.Reason = "the answer breaks off: " + err.Error()
	case res.StatusCode != http.StatusOK:
		e.Reason = ""
	default:
		if err := json.Unmarshal(text, &c); err == nil {
			return c, nil
		}
		e.Reason = "the answer is not the JSON of a charge"
	}
	return tap.Charge{}, e
}

// shown is the part of an answer that a page shows.
func shown(text []byte) string {
	return strings.ToValidUTF8(string(text[:min(len(text), maxShown)]), "?")
}

// reasonOf says in words why there is no answer.
func reasonOf(err error) string {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	switch {
	case ok && timeout.Timeout():
		return "no answer within " + patience.String()
	case errors.Is(err, io.EOF):
		return "the connection was closed without an answer"
	}
	return "no answer: " + err.Error()
}
