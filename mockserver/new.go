package mockserver

import (
	"cmp"
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/inspector"
	"github.com/tapmock/tapmock/mockserver/webhook"
	"github.com/tapmock/tapmock/scenarios"
)

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
	s.makeShop(cfg.Webhooks)
	lifetime, end := context.WithCancel(context.Background())
	s.lifetime, s.viewers, s.run = lifetime, make(chan struct{}, maxViewers), runName(cfg.Now)
	s.stop = sync.OnceFunc(func() { close(s.stopping); end() })
	s.startGateway(&cfg, set)
	s.pages = fakepage.New(payers{s.gateway})
	if !cfg.NoPages {
		s.inspector = inspector.New(inspected{s})
	}
	s.makeHandlers()
	s.reloader.start(s.gateway, s.log)
	return s, nil
}

// runName names a run of a server by its start.
func runName(now func() time.Time) string {
	if now == nil {
		now = time.Now
	}
	return strconv.FormatInt(now().UnixMilli(), 36)
}

// startGateway starts the gateway with its scenarios.
func (s *Server) startGateway(cfg *Config, set *scenarios.Set) {
	l := cfg.Limits
	s.gateway = gateway.New(gateway.Config{
		Now: cfg.Now, Seed: cfg.Seed, Keys: cfg.Keys, Settings: cfg.Settings, Logger: cfg.Logger, Scenarios: set,
		Send: s.send, SendConcurrently: s.sendConcurrently, Visit: s.visit, Grace: cfg.grace,
		Doubt: func(address string) string { return webhook.Doubt(address, cfg.Container) },
		Limits: gateway.Limits{Charges: l.Charges, ServerCharges: l.ServerCharges, Accounts: l.Accounts,
			Journal: l.Journal, ServerJournal: l.ServerJournal, Calls: l.Calls, ServerCalls: l.ServerCalls, Deliveries: l.Deliveries,
			Scenarios: l.Scenarios, ServerScenarios: l.ServerScenarios},
	})
	if cfg.DefaultScenario != "" {
		if err := s.gateway.SetDefault(cfg.DefaultScenario); err != nil {
			panic("mockserver: the default scenario was resolved before: " + err.Error())
		}
	}
}
