package gateway

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// Config configures a gateway. The zero value is usable, but sends no webhooks.
type Config struct {
	Now      func() time.Time // the real clock behind every account's clock; nil means time.Now
	Seed     uint64           // of all draws
	Keys     []string         // secret keys that have an account; none means that every key opens its own
	Settings *tap.Settings    // of every new account; nil means the defaults
	Limits   Limits
	Grace    time.Duration // real time after which effects that are due on a frozen clock start without a call; 0 means 100 ms

	Scenarios *scenarios.Set // nil means the library alone

	// Send makes one attempt of a webhook, SendConcurrently several at the same instant, and Visit opens an address like a payer's
	// browser. Each must return once its context is done.
	Send             func(context.Context, Delivery) Attempt
	SendConcurrently func(context.Context, Delivery, int) []Attempt
	Visit            func(ctx context.Context, address string) Attempt
	Doubt            func(address string) string // why a webhook will hardly reach an address, "" if nothing speaks against it; nil means never
	Logger           *slog.Logger                // nil means no logging
}

// Limits bounds what a gateway keeps. Zero means the default.
type Limits struct {
	Charges       int // of one account: 10,000
	ServerCharges int // of all accounts: 50,000
	Accounts      int // 10,000
	Journal       int // bytes of one account: 16 MB
	ServerJournal int // bytes of all accounts: 256 MB
	Calls         int // bytes of the kept API calls of one account: 2 MB; below 0: none are kept
	ServerCalls   int // bytes of those of all accounts: 64 MB
	Deliveries    int // webhook attempts under way at the same time: 1,000

	Scenarios       int // bytes of memory that the own scenarios of one account need, about: 32 MB
	ServerScenarios int // of those of all accounts, where equal files count once: 256 MB
}

func (l Limits) orDefaults() Limits {
	return Limits{
		Charges:       cmp.Or(l.Charges, 10_000),
		ServerCharges: cmp.Or(l.ServerCharges, 50_000),
		Accounts:      cmp.Or(l.Accounts, 10_000),
		Journal:       cmp.Or(l.Journal, 16<<20),
		ServerJournal: cmp.Or(l.ServerJournal, 256<<20),
		Calls:         cmp.Or(l.Calls, 2<<20),
		ServerCalls:   cmp.Or(l.ServerCalls, 64<<20),
		Deliveries:    cmp.Or(l.Deliveries, 1_000),

		Scenarios:       cmp.Or(l.Scenarios, 32<<20),
		ServerScenarios: cmp.Or(l.ServerScenarios, 256<<20),
	}
}

// ErrUnknownKey is returned for a key that has no account and cannot open one.
var ErrUnknownKey = errors.New("no account has this key; the server takes only the keys of -keys")

// Gateway holds the accounts and the driver of their timelines.
type Gateway struct {
	cfg    Config
	limits Limits
	log    *slog.Logger

	mu        sync.Mutex
	accounts  map[string]*Account
	former    map[string]former // of evicted accounts
	lastNamed string            // key of the account that was last found by its name
	uses      atomic.Int64      // counts look-ups, to find the least recently used account

	settings   atomic.Pointer[tap.Settings] // of new accounts
	configured *tap.Settings                // of new accounts, as configured
	set        atomic.Pointer[scenarios.Set]
	defaults   atomic.Pointer[defaults]
	scripted   atomic.Bool // whether a charge may follow a scenario of the server

	faultyPages atomic.Bool // whether a charge has had a script with faults of its page

	pages    pageIndex
	invoices invoiceIndex
	places   places // of charges
	memory   *memory
	driver   *timeline.Driver

	journal atomic.Int64 // bytes kept now, of all accounts
	records atomic.Int64 // kept now, of all accounts

	callBytes atomic.Int64 // of the kept calls, of all accounts
	trimming  sync.Mutex   // of them

	ctx    context.Context // of every delivery
	cancel context.CancelCauseFunc
	slots  chan struct{} // one for each delivery under way
	work   sync.WaitGroup
}

// New starts a gateway; [Gateway.Close] stops it.
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
		pages:    pageIndex{payers: map[string]Payer{}},
		invoices: invoiceIndex{pages: pageIndex{payers: map[string]Payer{}}},
		places:   places{max: cfg.Limits.orDefaults().ServerCharges},
		memory:   newMemory(cfg.Limits.orDefaults().ServerScenarios),
		driver:   timeline.NewDriver(cfg.Now),
	}
	g.settings.Store(cfg.Settings)
	g.configured = cfg.Settings
	g.SetScenarios(cfg.Scenarios)
	g.slots = make(chan struct{}, g.limits.Deliveries)
	g.ctx, g.cancel = context.WithCancelCause(context.Background())
	g.work.Go(g.driver.Run)
	return g
}

// fillSenders sets funcs that send nothing for those that are nil.
func (cfg *Config) fillSenders() {
	if cfg.Send == nil {
		cfg.Send = func(context.Context, Delivery) Attempt { return Attempt{Failure: "not configured"} }
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
		cfg.Visit = func(context.Context, string) Attempt { return Attempt{Failure: "not configured"} }
	}
	if cfg.Doubt == nil {
		cfg.Doubt = func(string) string { return "" }
	}
}

// ErrClosed is the cause with which [Gateway.Close] cancels deliveries.
var ErrClosed = errors.New("the gateway was closed")

// Close starts no more effects and waits for the deliveries under way. If ctx is done before, it cancels them, waits for their
// end, and returns ctx's error. Effects that are still pending are dropped.
func (g *Gateway) Close(ctx context.Context) error {
	g.driver.Close()
	done := make(chan struct{})
	go func() { g.work.Wait(); close(done) }()
	defer g.cancel(ErrClosed)
	defer g.logDropped()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		g.cancel(ErrClosed)
		<-done
		return ctx.Err()
	}
}

// logDropped logs how many webhooks were not sent.
func (g *Gateway) logDropped() {
	dropped := 0
	for _, a := range g.byUse() {
		queued, _ := a.Scheduled()
		for _, e := range queued {
			if e.Kind == SendWebhook {
				dropped++
			}
		}
	}
	if dropped > 0 {
		g.log.Warn("scheduled webhooks were dropped", "dropped", dropped)
	}
}

// RealNow returns the time of the real clock, which is behind every account's clock.
func (g *Gateway) RealNow() time.Time { return g.cfg.Now() }

// Account returns the account of a secret key, and opens it if it does not exist. Errors: [ErrUnknownKey] if only configured keys
// have accounts, [*FullError] if there are too many.
func (g *Gateway) Account(key string) (*Account, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.accounts[key]
	if a == nil {
		if len(g.cfg.Keys) > 0 && !slices.Contains(g.cfg.Keys, key) {
			return nil, ErrUnknownKey
		}
		full := &FullError{Limit: "accounts", Max: g.limits.Accounts}
		if len(g.accounts) >= g.limits.Accounts && !g.evictAccountLocked(full, func(*Account) bool { return true }) {
			return nil, full
		}
		a = newAccount(g, key)
		a.succeed(g.former[key])
		delete(g.former, key)
		g.accounts[key] = a
	}
	a.used.Store(g.uses.Add(1))
	return a, nil
}

// Accounts lists the accounts, the most recently used first.
func (g *Gateway) Accounts() []*Account {
	all := g.byUse()
	slices.Reverse(all)
	return all
}

// Find returns the account with this key or name, or nil. It opens no account.
func (g *Gateway) Find(keyOrName string) *Account {
	for _, a := range g.byUse() {
		if a.key == keyOrName || a.name == keyOrName {
			return a
		}
	}
	return nil
}

// SetSettings changes settings of new accounts: all or none. With nil a setting has the configured value again.
func (g *Gateway) SetSettings(values map[string]*string) error {
	for {
		before := g.settings.Load()
		changed, err := withSettings(before, g.configured, values)
		if err != nil || g.settings.CompareAndSwap(before, changed) {
			return err
		}
	}
}

// Settings returns the settings of new accounts.
func (g *Gateway) Settings() *tap.Settings { return g.settings.Load() }

func hash64(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}

// byUse lists the accounts, the least recently used first.
func (g *Gateway) byUse() []*Account {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.byUseLocked()
}

func (g *Gateway) byUseLocked() []*Account {
	all := slices.Collect(maps.Values(g.accounts))
	slices.SortFunc(all, func(a, b *Account) int { return cmp.Compare(a.used.Load(), b.used.Load()) })
	return all
}
