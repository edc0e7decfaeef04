package mockserver

import (
	"cmp"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/tap"
)

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

// fail writes an error, see [Server.problem].
func (s *Server) fail(c *call, err error) {
	e := s.problem(c, err)
	if e.HTTPStatus >= 500 {
		s.log.Error("internal error", "code", e.Code, "error", err, "method", tap.MaskClip(c.r.Method, 20), "path", loggedPath(c.r))
	}
	writeError(c.w, e)
}
