package mockserver

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/inspector"
	"github.com/tapmock/tapmock/mockserver/shop"
	"github.com/tapmock/tapmock/mockserver/webhook"
	"github.com/tapmock/tapmock/scenarios"
)

// Server is the mock: an [http.Handler] and the gateway behind it.
type Server struct {
	gateway   *gateway.Gateway
	pages     *fakepage.Pages
	inspector *inspector.Pages // nil: the server has no home page
	shop      *shop.Shop
	inside    *insideNet
	sender    *webhook.Sender
	handlers  map[string]http.Handler // by the names of their routes
	log       *slog.Logger
	maxBody   int64
	bound     time.Duration // of writing, see timedWriter
	openKeys  bool          // whether any test key opens an account

	adminToken string
	hosts      hosts
	reloader   *reloader // nil without files
	stopping   chan struct{}
	stop       func()          // closes stopping
	lifetime   context.Context // done with stopping
	viewers    chan struct{}   // one for each event stream
	run        string          // names this run of the server in the ids of events
	unknown    func(method, path string)
}

// Scenarios are the server's current scenarios: those of its files on top of the library, or the library alone.
func (s *Server) Scenarios() *scenarios.Set { return s.gateway.Scenarios() }

// Close stops polling the scenario files and stops the gateway: it starts no more webhooks and waits for those under way until ctx is
// done, then aborts them and returns ctx's error. Stop accepting requests first.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	s.reloader.close()
	defer s.inside.close()
	return s.gateway.Close(ctx)
}
