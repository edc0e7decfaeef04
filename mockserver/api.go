package mockserver

import (
	"net/http"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// api authenticates the request and writes the error that the handler returns. Every answer of the API comes from here.
func (s *Server) api(kind tap.Kind, handle func(*call) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{server: s, w: w, r: r, kind: kind, settings: s.gateway.Settings()}
		defer c.kept.end()
		defer c.journalUnanswered()
		if err := s.answer(c, handle); err != nil {
			s.fail(c, err)
		}
	})
}

func (s *Server) answer(c *call, handle func(*call) error) error {
	start := s.gateway.RealNow()
	account, err := s.authenticate(c.r)
	if err != nil {
		return err
	}
	c.account = account
	c.keep(start, c.arrive(start))
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
