package mockserver

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"github.com/gorilla/mux"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// call is one authenticated request to the API.
type call struct {
	w        http.ResponseWriter
	r        *http.Request
	account  *gateway.Account
	settings *tap.Settings
	kind     tap.Kind // of the objects that the route is about
	created  string   // id of the object that the call created
	shown    string   // status of the object in the answer to a GET; "" if the answer has none
	awaited  bool     // whether an effect of the object waits until the answer is written
}

// made is the object that the call created, zero if it created none.
func (c *call) made() tap.Object {
	if c.created == "" {
		return tap.Object{}
	}
	return tap.Object{Kind: c.kind, ID: c.created}
}

// lenient adds a note to the answer about a request that is accepted although it differs from the documentation. Under the setting
// strict it is an error.
func (c *call) lenient(leniency string) error {
	if c.settings.Strict {
		return tap.StrictError(leniency)
	}
	c.note("lenient: " + leniency)
	return nil
}

// note adds a header X-Tapmock-Note to the answer.
func (c *call) note(text string) { c.w.Header().Add("X-Tapmock-Note", text) }

// body reads the request's body, up to the limit, into a buffer. The caller frees the buffer.
func (s *Server) body(c *call) (*[]byte, error) {
	buffer := buffers.Get().(*[]byte)
	into := bytes.NewBuffer((*buffer)[:0])
	_, err := into.ReadFrom(http.MaxBytesReader(c.w, c.r.Body, s.maxBody))
	*buffer = into.Bytes()
	if _, large := errors.AsType[*http.MaxBytesError](err); err != nil && !large {
		err = tap.NewError("2100", "the body ended before it was complete")
	}
	return buffer, err
}

// readJSON reads the request's body and converts a form to JSON. sent holds the bytes as sent; the caller frees it, also after an
// error.
func (s *Server) readJSON(c *call) (sent *[]byte, body []byte, err error) {
	if sent, err = s.body(c); err != nil {
		return sent, nil, err
	}
	body, leniencies := jsonBody(c.r, *sent)
	for _, leniency := range leniencies {
		if err := c.lenient(leniency); err != nil {
			return sent, nil, err
		}
	}
	return sent, body, nil
}

// parsed reads the request's body and parses it. Its leniencies become notes of the answer.
func parsed[T any](s *Server, c *call, parse func([]byte, *tap.Settings) (T, []string, error)) (T, error) {
	sent, body, err := s.readJSON(c)
	defer freeBuffer(sent)
	if err != nil {
		return *new(T), err
	}
	of, notes, err := parse(body, c.settings)
	if err != nil {
		return of, err
	}
	for _, note := range notes {
		c.note("lenient: " + note)
	}
	return of, nil
}

// writeBody answers with compact JSON, in the format that the settings want.
func (c *call) writeBody(body []byte) {
	if c.settings.AnswerFormat == "indented" {
		body = tap.Indent(body)
	}
	writeJSON(c.w, http.StatusOK, "application/json", body)
}

// answering writes the create answer. If an effect of the object waits for the answer, answering reports to the gateway when it is
// written. write returns whether the answer was written completely.
func (c *call) answering(write func() bool) {
	if !c.awaited {
		write()
		return
	}
	answered := false
	done := c.account.Answering(c.made())
	defer func() { done(answered) }() // also when a fault breaks the connection
	if answered = write(); answered {
		http.NewResponseController(c.w).Flush()
	}
}

// refundID is the id in the path.
func (c *call) refundID() (string, error) {
	id := mux.Vars(c.r)["id"]
	switch {
	case id == "list":
		return "", errUseList
	case !strings.HasPrefix(id, "re_"):
		return "", tap.NewError("1159", "ids of refunds begin with re_")
	}
	return id, nil
}

// errUseList answers another method than POST on a list. Nothing is known of it (Tap API 3).
var errUseList = tap.NewError("2102", "use POST to get a list")
