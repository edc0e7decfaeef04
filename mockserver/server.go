package mockserver

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

// Server is the mock: an [http.Handler] and the gateway behind it.
type Server struct {
	gateway  *gateway.Gateway
	pages    *fakepage.Pages
	sender   *webhook.Sender
	handlers map[string]http.Handler // by the names of their routes
	log      *slog.Logger
	maxBody  int64
	bound    time.Duration // of writing, see timedWriter
	openKeys bool          // whether any test key opens an account

	adminToken string
	hosts      hosts
	reloader   *reloader // nil without files
	stopping   chan struct{}
	stop       func() // closes stopping
	unknown    func(method, path string)
}

// send sends a webhook for the gateway.
func (s *Server) send(ctx context.Context, d gateway.Delivery) gateway.Attempt {
	begin := s.gateway.RealNow()
	return s.attempt(s.sender.Send(ctx, d.Message), begin)
}

// sendConcurrently sends copies of a webhook at the same instant.
func (s *Server) sendConcurrently(ctx context.Context, d gateway.Delivery, copies int) []gateway.Attempt {
	begin := s.gateway.RealNow()
	attempts := make([]gateway.Attempt, 0, copies)
	for _, res := range s.sender.SendConcurrently(ctx, slices.Repeat([]webhook.Message{d.Message}, copies)) {
		attempts = append(attempts, s.attempt(res, begin))
	}
	return attempts
}

// visit opens a merchant's address as the browser of an automatic payer.
func (s *Server) visit(ctx context.Context, address string) gateway.Attempt {
	begin := s.gateway.RealNow()
	return s.attempt(s.sender.Visit(ctx, address), begin)
}

func (s *Server) attempt(res webhook.Result, begin time.Time) gateway.Attempt {
	return gateway.Attempt{Status: res.Status, Failure: res.Failure, Remedy: res.Remedy, Body: gateway.Excerpt(res.Body),
		Took: s.gateway.RealNow().Sub(begin)}
}
