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
	created  string // id of the charge that the call has made
	awaited  bool   // its story waits for the answer to be written
}

// api authenticates, and writes the error that a handler returns. It is the only way to an answer of the API.
func (s *Server) api(handle func(*call) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r, settings: s.gateway.Settings()}
		defer c.journalBroken()
		if err := s.answer(c, handle); err != nil {
			s.fail(c, err)
		}
	})
}

// noted is an answer that is journalled just before it is written, so that whoever has it finds it in the journal.
type noted struct {
	http.ResponseWriter
	call *call
	done bool
}

// Unwrap lets http.ResponseController reach the connection.
func (n *noted) Unwrap() http.ResponseWriter { return n.ResponseWriter }

func (n *noted) WriteHeader(status int) {
	n.note(status)
	n.ResponseWriter.WriteHeader(status)
}

func (n *noted) note(status int) {
	if c := n.call; !n.done {
		n.done = true
		c.account.NoteCall(c.r.Method, c.r.URL.Path, cmp.Or(c.created, mux.Vars(c.r)["id"]), status)
	}
}

// journalBroken notes a call that has ended without an answer.
func (c *call) journalBroken() {
	if n, ok := c.w.(*noted); ok {
		n.note(0)
	}
}

func (s *Server) answer(c *call, handle func(*call) error) error {
	account, err := s.authenticate(c.r)
	if err != nil {
		return err
	}
	c.account, c.settings = account, account.Settings()
	if c.settings.JournalRequests {
		c.w = &noted{ResponseWriter: c.w, call: c}
	}
	account.Calm(c.r.Context())
	for _, leniency := range pathLeniencies(c.r) {
		if err := c.lenient(leniency); err != nil {
			return err
		}
	}
	return handle(c)
}

// lenient notes in the answer what was taken although it is not as documented. Under the setting strict it is an error.
func (c *call) lenient(leniency string) error {
	if c.settings.Strict {
		return tap.StrictError(leniency)
	}
	c.note("lenient: " + leniency)
	return nil
}

// note adds a line of tapmock's own to the answer's headers.
func (c *call) note(text string) { c.w.Header().Add("X-Tapmock-Note", text) }

// body reads the request's body within the limit into a buffer that is the caller's to free.
func (s *Server) body(c *call) (*[]byte, error) {
	buffer := buffers.Get().(*[]byte)
	into := bytes.NewBuffer((*buffer)[:0])
	_, err := into.ReadFrom(http.MaxBytesReader(c.w, c.r.Body, s.maxBody))
	*buffer = into.Bytes()
	if _, large := errors.AsType[*http.MaxBytesError](err); err != nil && !large {
		err = tap.NewError("2100", "the body could not be read to its end")
	}
	return buffer, err
}

// readJSON reads the request's body, and makes JSON of a form. sent is what was sent, in a buffer that is the caller's to free, also after an
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

// fail writes an error. Errors that are not Tap's are turned into one here and nowhere else.
func (s *Server) fail(c *call, err error) {
	e := s.problem(c, err)
	if e.HTTPStatus >= 500 {
		s.log.Error("answer", "code", e.Code, "error", err, "method", c.r.Method, "path", c.r.URL.Path)
	}
	writeError(c.w, e)
}

func (s *Server) problem(c *call, err error) *tap.Error {
	if e, ok := errors.AsType[*tap.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*gateway.NoChargeError](err); ok {
		p := tap.NewError("1144", e.Error())
		p.HTTPStatus = c.settings.ChargeNotFoundStatus
		return p
	}
	if _, ok := errors.AsType[*gateway.FullError](err); ok {
		return tap.NewError("2101", err.Error())
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(e.Limit)
	}
	switch {
	case errors.Is(err, gateway.ErrUnknownKey):
		return tap.NewError("2104", "this key is not among the configured ones (-keys)")
	case errors.Is(err, gateway.ErrUnknownCustomer):
		return tap.NewError("1106", "strict: "+err.Error())
	case errors.Is(err, gateway.ErrOtherBody):
		return tap.StrictError(err.Error())
	}
	return tap.NewError("9999", "")
}
