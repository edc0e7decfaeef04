package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
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
	ids  tap.IDs
	used atomic.Int64

	places       share                  // of the server's charges; the lock of its places guards it
	journalBytes atomic.Int64           // size of the journal, likewise
	frozen       atomic.Bool            // whether the clock is frozen, to be read without the lock
	lost         atomic.Pointer[string] // see Lost
	scripted     atomic.Bool            // whether a charge may follow a scenario of the account, likewise
	slots        chan struct{}          // one for each delivery of the account under way

	mu         sync.Mutex // guards everything below; never held while anything is sent or awaited
	settings   *tap.Settings
	clock      clock
	ordinal    uint64 // charges created so far
	creates    int    // create calls so far
	resets     int    // resets so far
	charges    map[string]*Charge
	idempotent map[string]string      // reference.idempotent → charge id
	saved      map[string][]SavedCard // customer id → cards saved for KFAST
	idle       []string               // charges that may be evicted, in the order in which they became idle
	timeline   timeline
	journal    journal
	unlogged   []Entry // recorded since the lock was taken
	evicted    int     // charges evicted so far
	findings   int     // journal entries that are findings
	dropped    bool    // the account itself was evicted

	ownSettings       bool // the settings were changed for the account
	memory            int  // bytes that the account's own scenarios need: its file and those held
	held              map[*scenarios.Script]*held
	takenFromQueue    int                                     // entries that create calls under way have taken from the queue
	own               *scenarios.Set                          // searched before those of the server; nil: none
	defaultScript     *scenarios.Script                       // of charges that no scenario is chosen for; nil: the server's
	queue             []queued                                // scenarios of the next charges
	queueCount        int                                     // scenarios put into the queue so far
	calls             map[string]int                          // create calls by order, and list calls
	deliveries        uint64                                  // webhook deliveries so far
	scriptSettings    map[*scenarios.Script]*tap.Settings     // the account's settings with those of a script
	automaticScripts  map[*scenarios.Script]*scenarios.Script // scripts with an automatic payer added
	consecutiveFaults int                                     // charges in a row with an injected fault
	chaosRecord       []chaosCall                             // create calls under chaos
	chaosRecordCut    bool                                    // there were more than are remembered
	lastSent          *Sent                                   // the last genuine webhook
	gates             map[string]bool                         // whether a gate is open, by name, also by "name charge"
	atGates           []*Effect                               // due, and waiting at a gate
	answers           map[uint64]*delayedAnswer               // delayed answers of the API
	answerCount       uint64                                  // answers delayed so far

	ctx    context.Context // of the account's deliveries
	cancel context.CancelCauseFunc

	graceOver     bool                      // what is due on a frozen clock starts at once, see grace
	graceEnd      time.Time                 // real time at which it starts at the latest
	draining      bool                      // effects that are due on a frozen clock are being run
	advancing     bool                      // a call that moves or resets the account controls the timeline
	running       int                       // effects under way
	inFlight      []*Effect                 // deliveries under way
	quietSignal   chan struct{}             // closed once nothing runs; nil if nothing waits for it
	idleSignal    chan struct{}             // closed once nothing runs or is due; likewise
	relayQueue    []*RelayTask              // to be fetched, under delivery=relay
	relayed       map[uint64]*RelayTask     // fetched, waiting for their results
	relayTasks    uint64                    // relay tasks so far
	relaySignal   chan struct{}             // closed at the next relay task; nil if nothing waits for it
	calmSignals   map[chan struct{}]*Charge // each closed once nothing of its charge runs or is due
	journalSignal chan struct{}             // closed at the journal's next entry; nil if nothing waits for it

	wakeAt    time.Time // guarded by the scheduler's lock, like wakeIndex
	wakeIndex int       // position in the scheduler's heap, from 1; 0: it is not there
}

func newAccount(g *Gateway, key string) *Account {
	a := &Account{
		gw: g, key: key, name: fmt.Sprintf("%016x", hash64(key)), settings: g.settings.Load(),
		charges: map[string]*Charge{}, ids: tap.NewIDs(g.cfg.Seed ^ hash64(key)), saved: map[string][]SavedCard{}, idempotent: map[string]string{},
		journal: journal{max: g.limits.Journal, total: &g.journal}, calls: map[string]int{}, answers: map[uint64]*delayedAnswer{},
		calmSignals: map[chan struct{}]*Charge{}, slots: make(chan struct{}, max(1, g.limits.Deliveries/accountShare)),
	}
	a.ctx, a.cancel = context.WithCancelCause(g.ctx)
	a.updateScriptedLocked()
	return a
}

// context is that of the account's deliveries.
func (a *Account) context() context.Context {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ctx
}

// cancelDeliveries cancels the deliveries under way; later ones get a new context.
func (a *Account) cancelDeliveries(cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cancel(cause)
	a.ctx, a.cancel = context.WithCancelCause(a.gw.ctx)
}

// SetSettings changes settings of the account for new charges: all or none. With nil a setting inherits the server's value again.
// The error is a [SettingsError]: for each mistake the key and what is allowed.
func (a *Account) SetSettings(values map[string]*string) error {
	for {
		before := a.Settings()
		changed, err := withSettings(before, a.gw.settings.Load(), values)
		if err != nil {
			return err
		}
		if done, err := a.replaceSettings(before, changed); done || err != nil {
			return err
		}
	}
}

// replaceSettings puts changed settings into force, unless others than before are in force by now. The values were read and checked
// without the lock, because a client can send long ones.
func (a *Account) replaceSettings(before, changed *tap.Settings) (bool, error) {
	if err := a.lockLive(); err != nil {
		return false, err
	}
	defer a.unlock()
	if a.settings != before {
		return false, nil
	}
	a.settings, a.scriptSettings, a.ownSettings = changed, nil, true
	a.updateScriptedLocked()
	return true, nil
}

// SettingsError are the mistakes in a change of settings. After 20 it ends with the remark that there may be more.
type SettingsError []error

// maxSettingMistakes is how many mistakes of one change of settings are reported.
const maxSettingMistakes = 20

// errMoreMistakes stands for the mistakes that are not reported.
var errMoreMistakes = errors.New("there may be more mistakes")

// Error joins the mistakes.
func (e SettingsError) Error() string {
	var texts []string
	for _, one := range e {
		texts = append(texts, one.Error())
	}
	return strings.Join(texts, "; ")
}

// And returns the mistakes, followed by those of err if that is a [SettingsError].
func (e SettingsError) And(err error) SettingsError {
	more, _ := errors.AsType[SettingsError](err)
	all := slices.Concat(e, more)
	if len(all) > maxSettingMistakes {
		all = append(all[:maxSettingMistakes], errMoreMistakes)
	}
	return all
}

// CheckSettings returns the error that a change of settings would have, and changes nothing.
func CheckSettings(values map[string]*string) error {
	s := tap.DefaultSettings()
	_, err := withSettings(&s, &s, values)
	return err
}

// withSettings returns a copy of the settings with some of them changed; for nil it takes the inherited value. The error is a
// [SettingsError].
func withSettings(s, inherited *tap.Settings, values map[string]*string) (*tap.Settings, error) {
	changed, mistakes := *s, SettingsError(nil)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		set := func() error { return changed.Inherit(key, inherited) }
		if text := values[key]; text != nil {
			set = func() error { return changed.Set(key, *text) }
		}
		if err := set(); err != nil {
			mistakes = append(mistakes, err)
		}
		if len(mistakes) == maxSettingMistakes {
			mistakes = append(mistakes, errMoreMistakes)
			break
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return &changed, nil
}

// accountShare is the part of the server's deliveries that one account may have under way (one in four), so that a merchant that
// does not respond cannot delay the deliveries of other accounts.
const accountShare = 4

// Settings returns the account's settings. A charge keeps those under which it was created.
func (a *Account) Settings() *tap.Settings {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.settings
}

// Now returns the time on the account's clock.
func (a *Account) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.nowLocked()
}

func (a *Account) nowLocked() time.Time { return a.clock.now(a.gw.cfg.Now()) }

// NoChargeError says that the account has no charge with this id. Evicted counts the charges that the account dropped to stay
// within its limits: the id may be one of them.
type NoChargeError struct{ Evicted int }

// Error says whether the charge may have been dropped.
func (e *NoChargeError) Error() string {
	if e.Evicted == 0 {
		return "this key's account has no such charge; each key is an account of its own"
	}
	return fmt.Sprintf("this key's account has no such charge; it has evicted %d charges to stay within its limits", e.Evicted)
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

// record adds an entry to the journal, at the time on the account's clock. The account is locked; the entry is logged after
// unlock.
func (a *Account) record(e Entry) uint64 {
	e.At = a.nowLocked()
	seq := a.journal.add(e)
	if e.Event == tap.EventAssumption || e.Event == tap.EventUnknown || e.Event == tap.EventAccountEvicted {
		a.findings++
	}
	if a.journalSignal != nil {
		close(a.journalSignal)
		a.journalSignal = nil
	}
	if a.gw.log.Enabled(a.gw.ctx, slog.LevelInfo) {
		a.unlogged = append(a.unlogged, e)
	}
	return seq
}

// unlock ends a change: it updates the scheduler, wakes what waits for the account, and logs the new entries.
func (a *Account) unlock() {
	a.scheduleLocked()
	entries := a.unlogged
	a.unlogged = nil
	a.journalBytes.Store(int64(a.journal.bytes))
	if a.idleSignal != nil && a.isIdleLocked() {
		close(a.idleSignal)
		a.idleSignal = nil
	}
	if len(a.calmSignals) > 0 {
		a.signalCalmLocked()
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
