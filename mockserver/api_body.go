package mockserver

import (
	"bytes"
	"errors"
	"net/http"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// body reads the request's body, up to the limit, into a buffer. The caller frees the buffer.
func (s *Server) body(c *call) (*[]byte, error) {
	buffer := buffers.Get().(*[]byte)
	into := bytes.NewBuffer((*buffer)[:0])
	_, err := into.ReadFrom(http.MaxBytesReader(c.w, c.r.Body, s.maxBody))
	*buffer = into.Bytes()
	c.kept.read(*buffer, err == nil)
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

// readUpdate reads an update of an object of the call's kind.
func (s *Server) readUpdate(c *call) (*tap.Update, error) {
	return parsed(s, c, func(body []byte, settings *tap.Settings) (*tap.Update, []string, error) {
		return tap.ParseUpdate(body, c.kind, settings)
	})
}
