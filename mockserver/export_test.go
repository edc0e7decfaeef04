package mockserver

import (
	"context"
	"time"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/gateway"
)

// Advance moves the clock of a key's account.
func (s *Server) Advance(ctx context.Context, key string, d time.Duration) (int, error) {
	a, err := s.gateway.Account(key)
	if err != nil {
		return 0, err
	}
	done, err := a.Advance(ctx, d)
	return done.Ran, err
}

// Journal is a key's account's.
func (s *Server) Journal(key string) []gateway.Entry {
	a, err := s.gateway.Account(key)
	if err != nil {
		return nil
	}
	entries, _ := a.Journal()
	return entries
}

// Routes are the server's.
func (s *Server) Routes() *mux.Router { return s.router }

// Poll looks at the scenario files now.
func (s *Server) Poll() { s.reloader.poll() }
