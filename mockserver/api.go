package mockserver

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"

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

// api authenticates the request and writes the error that the handler returns. Every answer of the API comes from here.
func (s *Server) api(kind tap.Kind, handle func(*call) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r, kind: kind, settings: s.gateway.Settings()}
		defer c.journalUnanswered()
		if err := s.answer(c, handle); err != nil {
			s.fail(c, err)
		}
	})
}

// journalledWriter records the answer in the journal just before it is written, so that a client that has the answer finds the entry.
type journalledWriter struct {
	http.ResponseWriter
	call *call
	done bool
}

// Unwrap lets http.ResponseController reach the connection.
func (j *journalledWriter) Unwrap() http.ResponseWriter { return j.ResponseWriter }

func (j *journalledWriter) WriteHeader(status int) {
	j.record(status)
	j.ResponseWriter.WriteHeader(status)
}

// record records the answer once. Status 0 means that the call ended without an answer.
func (j *journalledWriter) record(status int) {
	if c := j.call; !j.done {
		j.done = true
		shown := c.shown
		if status != http.StatusOK {
			shown = ""
		}
		c.account.NoteCall(c.r.Method, c.r.URL.Path, tap.Object{Kind: c.kind, ID: cmp.Or(c.created, mux.Vars(c.r)["id"])}, status, shown)
	}
}

// made is the object that the call created, zero if it created none.
func (c *call) made() tap.Object {
	if c.created == "" {
		return tap.Object{}
	}
	return tap.Object{Kind: c.kind, ID: c.created}
}

// journalUnanswered records a call that ended without an answer.
func (c *call) journalUnanswered() {
	if j, ok := c.w.(*journalledWriter); ok {
		j.record(0)
	}
}

func (s *Server) answer(c *call, handle func(*call) error) error {
	account, err := s.authenticate(c.r)
	if err != nil {
		return err
	}
	c.account, c.settings = account, account.Settings()
	if c.settings.JournalRequests {
		c.w = &journalledWriter{ResponseWriter: c.w, call: c}
	}
	if lost := account.Lost(); lost != "" {
		c.note(lost)
	}
	account.Calm(c.r.Context())
	for _, leniency := range pathLeniencies(c.r) {
		if err := c.lenient(leniency); err != nil {
			return err
		}
	}
	return handle(c)
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

// fail writes an error, see [Server.problem].
func (s *Server) fail(c *call, err error) {
	e := s.problem(c, err)
	if e.HTTPStatus >= 500 {
		s.log.Error("internal error", "code", e.Code, "error", err, "method", tap.MaskClip(c.r.Method, 20), "path", loggedPath(c.r))
	}
	writeError(c.w, e)
}
