package mockserver

import (
	"cmp"
	"context"
	"crypto/x509"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
	"github.com/tapmock/tapmock/scenarios"
)

// Config configures a server. The zero value is usable.
type Config struct {
	Keys     []string      // secret keys that are accepted; none: any sk_test_ key opens an account
	Seed     uint64        // of all random values; the same seed and calls give the same bodies
	Settings *tap.Settings // of new accounts; nil: [tap.DefaultSettings]
	Limits   Limits        // zeros are the defaults

	ScenarioFiles   []string      // files and directories, loaded at the start and again when they change
	DefaultScenario string        // of charges for which none is chosen: a name, or several joined by +
	Reload          time.Duration // how often the files are polled, in real time; 0: every second
	AdminToken      string        // of the control API, at least 16 characters; "": none
	AllowHosts      []string      // host names to answer for besides local ones and that of public_url, see [CheckHost]; httptest.NewRequest has example.com

	Unknown func(method, path string) // called for requests that have no route and no account's key; nil: none

	Webhooks WebhookTrust     // which certificates of merchants are accepted
	Now      func() time.Time // the real clock behind the clocks of accounts; nil: time.Now

	grace time.Duration // see gateway.Config; only tests set it

	// Logger logs the events of each charge at info and each request at debug; nil: no log. No account is locked while it writes, but
	// the request or the effect that it logs waits for it: a handler that blocks delays that payment. The command tapmock therefore
	// has a queue below its handler, which drops lines instead.
	Logger *slog.Logger
}

// WebhookTrust selects the certificates of merchants that are accepted.
type WebhookTrust struct {
	Roots    *x509.CertPool // nil: the system's
	Insecure bool           // accept any certificate
}

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

// New makes a server and starts its gateway. The error names what is wrong in the configuration: a key that is not a test key, a token
// that is too short, a host that is not a name, or every mistake in the scenario files.
func New(cfg Config) (*Server, error) {
	for _, key := range cfg.Keys {
		if err := CheckKey(key); err != nil {
			return nil, err
		}
	}
	if err := checkAdminToken(cfg.AdminToken); err != nil {
		return nil, err
	}
	allowed, err := newHosts(cfg.AllowHosts)
	if err != nil {
		return nil, err
	}
	files, set, err := readScenarios(&cfg)
	if err != nil {
		return nil, err
	}
	s := &Server{
		sender:     webhook.NewSender(webhook.Config{Roots: cfg.Webhooks.Roots, Insecure: cfg.Webhooks.Insecure}),
		log:        cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler)),
		maxBody:    cmp.Or(cfg.Limits.Body, 1<<20),
		bound:      writeBound,
		openKeys:   len(cfg.Keys) == 0,
		adminToken: cfg.AdminToken,
		hosts:      allowed,
		unknown:    cfg.Unknown,
		reloader:   files,
		stopping:   make(chan struct{}),
	}
	s.stop = sync.OnceFunc(func() { close(s.stopping) })
	s.startGateway(&cfg, set)
	s.pages = fakepage.New(payers{s.gateway})
	s.makeHandlers()
	s.reloader.start(s.gateway, s.log)
	return s, nil
}

// startGateway starts the gateway with its scenarios.
func (s *Server) startGateway(cfg *Config, set *scenarios.Set) {
	l := cfg.Limits
	s.gateway = gateway.New(gateway.Config{
		Now: cfg.Now, Seed: cfg.Seed, Keys: cfg.Keys, Settings: cfg.Settings, Logger: cfg.Logger, Scenarios: set,
		Send: s.send, SendConcurrently: s.sendConcurrently, Visit: s.visit, Grace: cfg.grace,
		Limits: gateway.Limits{Charges: l.Charges, ServerCharges: l.ServerCharges, Accounts: l.Accounts,
			Journal: l.Journal, ServerJournal: l.ServerJournal, Deliveries: l.Deliveries,
			Scenarios: l.Scenarios, ServerScenarios: l.ServerScenarios},
	})
	if cfg.DefaultScenario != "" {
		if err := s.gateway.SetDefault(cfg.DefaultScenario); err != nil {
			panic("mockserver: the default scenario was resolved before: " + err.Error())
		}
	}
}

// Scenarios are the server's current scenarios: those of its files on top of the library, or the library alone.
func (s *Server) Scenarios() *scenarios.Set { return s.gateway.Scenarios() }

// Close stops polling the scenario files and stops the gateway: it starts no more webhooks and waits for those under way until ctx is
// done, then aborts them and returns ctx's error. Stop accepting requests first.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	s.reloader.close()
	return s.gateway.Close(ctx)
}

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

// loggedPath is the path of a request as the log keeps it.
func loggedPath(r *http.Request) string { return tap.MaskClip(r.URL.Path, 200) }

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
