package gateway

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Account is everything that one secret key owns.
type Account struct {
	gw   *Gateway
	key  string
	name string // in logs, instead of the key
	used atomic.Int64

	idleCount    atomic.Int64  // len(idle), to be read without the lock
	journalBytes atomic.Int64  // of the journal, likewise
	creates      atomic.Int64  // calls that create charges so far
	standing     atomic.Bool   // the clock is frozen, likewise
	scripted     atomic.Bool   // a charge may follow a scenario of the account, likewise
	slots        chan struct{} // one for each delivery of the account under way

	mu         sync.Mutex // guards all below; never held while anything is sent or awaited
	settings   *tap.Settings
	clock      clock
	ordinal    uint64 // charges created so far
	charges    map[string]*Charge
	ids        map[uint64]struct{}    // a hash of every id drawn for a kept charge
	idempotent map[string]string      // reference.idempotent → charge id
	saved      map[string][]SavedCard // customer id → cards registered for KFAST
	idle       []string               // charges that may be evicted, in the order they came to rest
	timeline   timeline
	journal    journal
	unlogged   []Entry // recorded since the lock was taken
	evicted    int
	findings   int  // entries of the journal that are to fail a test
	gone       bool // evicted as a whole

	own               *scenarios.Set                          // before those of the server; nil: none
	fallback          *scenarios.Script                       // of charges that no scenario is chosen for; nil: the server's
	queue             []queued                                // scenarios of the next charges
	queued            int                                     // put into the queue so far
	calls             map[string]int                          // create calls by order, and lists
	deliveries        uint64                                  // webhook deliveries so far
	merged            map[*scenarios.Script]*tap.Settings     // settings with those of stories
	automatic         map[*scenarios.Script]*scenarios.Script // stories with a payer of the mock's own
	consecutiveFaults int                                     // charges in a row that an adversary has befallen
	chaosRecord       []chaosCall                             // what adversaries have played
	chaosRecordCut    bool                                    // there was more than is remembered
	lastSent          *Sent                                   // the last genuine webhook
	gates             map[string]bool                         // open or shut by name, also "name charge"
	atGates           []*Effect                               // due, and waiting at a gate
	answers           map[uint64]*delayedAnswer               // of the API, held back
	answerCount       uint64                                  // held back so far

	ctx context.Context // of the account's deliveries
	cut context.CancelCauseFunc

	eager      bool                      // what is due on a frozen clock starts at once
	graceEnd   time.Time                 // real time at which it starts by itself
	draining   bool                      // effects due on a frozen clock are being run
	advancing  bool                      // an Advance has the timeline's turn
	running    int                       // effects under way
	out        []*Effect                 // deliveries under way
	quiet      chan struct{}             // closed once nothing runs; nil unless somebody waits
	idling     chan struct{}             // closed once nothing runs or is due; likewise
	relayQueue []*RelayTask              // to be fetched, under delivery=relay
	relayed    map[uint64]*RelayTask     // being sent by a test process
	relayTasks uint64                    // given out so far
	relayWake  chan struct{}             // closed at the next parcel; nil unless somebody waits
	calming    map[chan struct{}]*Charge // closed once nothing of the charge runs or is due
	changed    chan struct{}             // closed at the journal's next entry; likewise

	wakeAt    time.Time // guarded by the scheduler's lock, like wakeIndex
	wakeIndex int       // in the scheduler's heap, from 1; 0 means that it is not there
}

func newAccount(g *Gateway, key string) *Account {
	a := &Account{
		gw: g, key: key, name: fmt.Sprintf("%016x", hash64(key)), settings: g.settings.Load(),
		charges: map[string]*Charge{}, ids: map[uint64]struct{}{}, saved: map[string][]SavedCard{}, idempotent: map[string]string{},
		journal: journal{max: g.limits.Journal, total: &g.journal}, calls: map[string]int{}, answers: map[uint64]*delayedAnswer{}, calming: map[chan struct{}]*Charge{},
		slots: make(chan struct{}, max(1, g.limits.Deliveries/accountShare)),
	}
	a.ctx, a.cut = context.WithCancelCause(g.ctx)
	a.rescriptLocked()
	return a
}

// context is that of the account's deliveries.
func (a *Account) context() context.Context {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ctx
}

// cutOff ends the deliveries under way, and only those.
func (a *Account) cutOff(cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cut(cause)
	a.ctx, a.cut = context.WithCancelCause(a.gw.ctx)
}

// SetSettings changes settings of the account for new charges: all or none. A nil value returns to that of the server. The error names
// the key and what is allowed.
func (a *Account) SetSettings(values map[string]*string) error {
	a.mu.Lock()
	defer a.unlock()
	changed, err := withSettings(a.settings, a.gw.settings.Load(), values)
	if err != nil {
		return err
	}
	a.settings, a.merged = changed, nil
	a.rescriptLocked()
	return nil
}

// withSettings is a copy of settings with some of them changed; nil values are taken from the inherited ones.
func withSettings(s, inherited *tap.Settings, values map[string]*string) (*tap.Settings, error) {
	changed := *s
	for _, key := range slices.Sorted(maps.Keys(values)) {
		set := func() error { return changed.Inherit(key, inherited) }
		if text := values[key]; text != nil {
			set = func() error { return changed.Set(key, *text) }
		}
		if err := set(); err != nil {
			return nil, err
		}
	}
	return &changed, nil
}

// accountShare is the part of the server's deliveries that one account may have under way: merchants that hang must not
// awaitReturn up those of other accounts.
const accountShare = 4

// Settings are the account's; charges keep those they were created under.
func (a *Account) Settings() *tap.Settings {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.settings
}

// Now is the instant on the account's clock.
func (a *Account) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.nowLocked()
}

func (a *Account) nowLocked() time.Time { return a.clock.now(a.gw.cfg.Now()) }

// NoChargeError says that the account has no charge of this id. Evicted counts the charges it once had and dropped to stay
// within its limits: the id may be one of them.
type NoChargeError struct{ Evicted int }

// Error says whether the charge may have been dropped.
func (e *NoChargeError) Error() string {
	if e.Evicted == 0 {
		return "this key's account has no such charge; each key is an account of its own"
	}
	return fmt.Sprintf("this key's account has no such charge now; it has dropped %d to stay within its limits", e.Evicted)
}

// Charge returns the charge as it is now. The error is a [*NoChargeError], also for another account's charge.
func (a *Account) Charge(id string) (Charge, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.charges[id]
	if !ok {
		return Charge{}, &NoChargeError{Evicted: a.evicted}
	}
	return *c, nil
}

// record writes to the journal, on the account's clock, with the account locked. The log gets it once the lock is gone.
func (a *Account) record(e Entry) uint64 {
	e.At = a.nowLocked()
	seq := a.journal.add(e)
	if e.Event == tap.EventAssumption || e.Event == tap.EventUnknown {
		a.findings++
	}
	if a.changed != nil {
		close(a.changed)
		a.changed = nil
	}
	if a.gw.log.Enabled(a.gw.ctx, slog.LevelInfo) {
		a.unlogged = append(a.unlogged, e)
	}
	return seq
}

// unlock ends a change: the scheduler learns of what is due now, and the log of what was recorded.
func (a *Account) unlock() {
	a.scheduleLocked()
	entries := a.unlogged
	a.unlogged = nil
	a.journalBytes.Store(int64(a.journal.bytes))
	if a.idling != nil && a.isIdleLocked() {
		close(a.idling)
		a.idling = nil
	}
	if len(a.calming) > 0 {
		a.calmLocked()
	}
	a.mu.Unlock()
	if a.gw.journal.Load() > int64(a.gw.limits.ServerJournal) {
		a.gw.trimJournals()
	}
	for _, e := range entries {
		a.gw.log.LogAttrs(a.gw.ctx, slog.LevelInfo, string(e.Event), slog.String("account", a.name),
			slog.String(string(cmp.Or(e.Object.Kind, "object")), e.Object.ID), slog.String("detail", e.Detail))
	}
}
