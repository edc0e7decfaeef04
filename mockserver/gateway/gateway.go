package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Config says how a gateway works. The zero value is usable, except that it sends no webhooks.
type Config struct {
	Now      func() time.Time // nil means time.Now: the real clock under every account's clock
	Seed     uint64           // of every draw
	Keys     []string         // secret keys that have an account; none means that any key opens its own
	Settings *tap.Settings    // of every new account; nil means the defaults
	Limits   Limits

	Scenarios *scenarios.Set // nil means the library alone

	// Send makes one attempt of a webhook, SendConcurrently several at the same instant, and Visit opens an address as a payer's browser does.
	// Each must return once its context is done.
	Send             func(context.Context, Delivery) Attempt
	SendConcurrently func(context.Context, Delivery, int) []Attempt
	Visit            func(ctx context.Context, address string) Attempt
	Logger           *slog.Logger // nil means silence
}

// Limits bound what a gateway keeps. A zero stands for the default.
type Limits struct {
	Charges       int // of one account: 10,000
	ServerCharges int // of all accounts: 50,000
	Accounts      int // 10,000
	Journal       int // bytes of one account: 16 MB
	ServerJournal int // bytes of all accounts: 256 MB
	Deliveries    int // webhook attempts under way at one time: 1,000
}

func (l Limits) orDefaults() Limits {
	return Limits{
		Charges:       cmp.Or(l.Charges, 10_000),
		ServerCharges: cmp.Or(l.ServerCharges, 50_000),
		Accounts:      cmp.Or(l.Accounts, 10_000),
		Journal:       cmp.Or(l.Journal, 16<<20),
		ServerJournal: cmp.Or(l.ServerJournal, 256<<20),
		Deliveries:    cmp.Or(l.Deliveries, 1_000),
	}
}

// ErrUnknownKey is returned for a key that has no account and may not open one.
var ErrUnknownKey = errors.New("no account has this key")

// FullError says that a limit is reached and that nothing may go to make room.
type FullError struct {
	Limit string // the limit's name on the command line
	Max   int
}

// Error names the limit and the remedy.
func (e *FullError) Error() string {
	return fmt.Sprintf("the limit %s=%d is reached and everything kept is still under way; raise the limit, or let charges end", e.Limit, e.Max)
}

// Gateway holds the accounts and the scheduler that plays their timelines.
type Gateway struct {
	cfg    Config
	limits Limits
	log    *slog.Logger

	mu       sync.Mutex
	accounts map[string]*Account
	former   map[string]former // of evicted accounts
	uses     atomic.Int64      // counts look-ups, to know who was idle longest

	settings   atomic.Pointer[tap.Settings] // of new accounts
	configured *tap.Settings                // of new accounts at the start
	set        atomic.Pointer[scenarios.Set]
	fallback   atomic.Pointer[scenarios.Script] // of charges that no scenario is chosen for
	scripted   atomic.Bool                      // a charge may follow a scenario of the server

	faultyPages atomic.Bool // a charge has had a story with faults of its page

	pages pageIndex
	sched scheduler

	charges atomic.Int64 // kept now, of all accounts
	journal atomic.Int64 // bytes kept now, of all accounts

	ctx   context.Context // of every delivery
	cut   context.CancelCauseFunc
	slots chan struct{} // one for each delivery under way
	work  sync.WaitGroup
}

// New starts a gateway. Stop it with [Gateway.Close].
func New(cfg Config) *Gateway {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Settings == nil {
		s := tap.DefaultSettings()
		cfg.Settings = &s
	}
	cfg.fillSenders()
	if cfg.Scenarios == nil {
		cfg.Scenarios = scenarios.Builtin()
	}
	g := &Gateway{
		cfg:      cfg,
		limits:   cfg.Limits.orDefaults(),
		log:      cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler)),
		accounts: map[string]*Account{},
		former:   map[string]former{},
		pages:    pageIndex{entries: map[string]pageEntry{}},
		sched:    scheduler{wake: make(chan struct{}, 1), stop: make(chan struct{})},
	}
	g.settings.Store(cfg.Settings)
	g.configured = cfg.Settings
	g.SetScenarios(cfg.Scenarios)
	g.slots = make(chan struct{}, g.limits.Deliveries)
	g.ctx, g.cut = context.WithCancelCause(context.Background())
	g.work.Go(g.run)
	return g
}

// fillSenders lets nothing be sent where nothing sends.
func (cfg *Config) fillSenders() {
	if cfg.Send == nil {
		cfg.Send = func(context.Context, Delivery) Attempt { return Attempt{Fault: "nothing sends"} }
	}
	if cfg.SendConcurrently == nil {
		send := cfg.Send
		cfg.SendConcurrently = func(ctx context.Context, d Delivery, n int) []Attempt {
			all := make([]Attempt, n)
			for i := range all {
				all[i] = send(ctx, d)
			}
			return all
		}
	}
	if cfg.Visit == nil {
		cfg.Visit = func(context.Context, string) Attempt { return Attempt{Fault: "nothing visits"} }
	}
}

// ErrClosed is the cause with which deliveries are cut off by [Gateway.Close].
var ErrClosed = errors.New("the gateway was closed")

// Close starts no more effects and waits for the deliveries under way; when ctx is done they are cut off, awaited, and
// ctx's error is returned. What was still pending on the timelines is dropped.
func (g *Gateway) Close(ctx context.Context) error {
	g.sched.close()
	done := make(chan struct{})
	go func() { g.work.Wait(); close(done) }()
	defer g.cut(ErrClosed)
	defer g.logDropped()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		g.cut(ErrClosed)
		<-done
		return ctx.Err()
	}
}

// logDropped says how many webhooks were still to be sent.
func (g *Gateway) logDropped() {
	dropped := 0
	for _, a := range g.byUse() {
		a.mu.Lock()
		for _, e := range a.timeline.queue {
			if e.Kind == SendWebhook {
				dropped++
			}
		}
		a.mu.Unlock()
	}
	if dropped > 0 {
		g.log.Warn("webhooks were still to be sent", "dropped", dropped)
	}
}

// RealNow is the real clock under every account's clock.
func (g *Gateway) RealNow() time.Time { return g.cfg.Now() }

// Account returns the account of a secret key and opens it if it is new. Errors: [ErrUnknownKey] if only configured keys
// have accounts, [*FullError] if there are too many.
func (g *Gateway) Account(key string) (*Account, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.accounts[key]
	if a == nil {
		if len(g.cfg.Keys) > 0 && !slices.Contains(g.cfg.Keys, key) {
			return nil, ErrUnknownKey
		}
		if len(g.accounts) >= g.limits.Accounts && !g.evictAccountLocked() {
			return nil, &FullError{"accounts", g.limits.Accounts}
		}
		a = newAccount(g, key)
		a.ordinal, a.evicted = g.former[key].ordinal, g.former[key].evicted
		delete(g.former, key)
		g.accounts[key] = a
	}
	a.used.Store(g.uses.Add(1))
	return a, nil
}

func hash64(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}
