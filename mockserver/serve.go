package mockserver

import (
	"log/slog"
	"net/http"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// ServeHTTP serves a request. It answers a panic with Tap's error 9999 and logs it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.log.Enabled(r.Context(), slog.LevelDebug) {
		s.serveLogged(w, r)
		return
	}
	s.serve(w, r)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	timed := &timedWriter{ResponseWriter: w, bound: s.bound}
	defer s.recover(timed, r)
	if r.ProtoMajor == 1 && r.Header["Expect"] != nil {
		timed.extend() // reading the body writes 100 Continue
	}
	if r = withPlainPath(r); s.admits(timed, r) {
		s.route(timed, r)
	}
}

func (s *Server) recover(w http.ResponseWriter, r *http.Request) {
	switch p := recover(); {
	case p == nil:
	case p == http.ErrAbortHandler:
		panic(p)
	default:
		s.log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.Any("value", p), slog.String("method", r.Method), slog.String("path", loggedPath(r)))
		writeError(w, tap.NewError("9999", ""))
	}
}

// serveLogged logs a line for the request, without query, headers and body, so that it contains no keys and page tokens.
func (s *Server) serveLogged(w http.ResponseWriter, r *http.Request) {
	start, seen := s.gateway.RealNow(), &statusWriter{ResponseWriter: w, status: http.StatusOK}
	s.serve(seen, r)
	s.log.LogAttrs(r.Context(), slog.LevelDebug, "request", slog.String("method", tap.MaskClip(r.Method, 20)), slog.String("path", loggedPath(r)),
		slog.Int("status", seen.status), slog.Duration("took", s.gateway.RealNow().Sub(start)))
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
