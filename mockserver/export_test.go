package mockserver

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/scenarios"
)

// WithoutGrace is the configuration with which effects that are due on a frozen clock start only with a call, however slow the machine is.
func (c Config) WithoutGrace() Config {
	c.grace = time.Hour
	return c
}

// Advance moves the clock of a key's account.
func (s *Server) Advance(ctx context.Context, key string, d time.Duration) (int, error) {
	a, err := s.gateway.Account(key)
	if err != nil {
		return 0, err
	}
	done, err := a.Advance(ctx, d)
	return done.Ran, err
}

// Journal is the journal of a key's account, oldest first.
func (s *Server) Journal(key string) []gateway.Entry {
	a, err := s.gateway.Account(key)
	if err != nil {
		return nil
	}
	entries, _ := a.Journal()
	return entries
}

// Routes are the routes of every server.
func (s *Server) Routes() *mux.Router { return router() }

// SetHandler replaces the handler of a route.
func (s *Server) SetHandler(name string, h http.Handler) { s.handlers[name] = h }

// SetScenarios replaces the server's scenarios.
func (s *Server) SetScenarios(set *scenarios.Set) { s.gateway.SetScenarios(set) }

// SetDefaultScenario sets the server's default scenario.
func (s *Server) SetDefaultScenario(name string) error { return s.gateway.SetDefault(name) }

// Poll polls the scenario files now.
func (s *Server) Poll() { s.reloader.poll() }

// SetWriteBound changes how long a client may take to read the next piece of an answer.
func (s *Server) SetWriteBound(d time.Duration) { s.bound = d }
