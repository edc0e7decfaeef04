package gateway

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tapmock/tapmock/mockserver/calls"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// Account is everything that one secret key owns. What it is, is its state; what runs it stands beside. Both are guarded by mu, which
// only [Account.update] locks; it is never held while anything is sent or awaited.
type Account struct {
	gw   *Gateway
	key  string
	name string // in logs, instead of the key
	seed uint64 // of the account's draws
	ids  tap.IDs

	mu    sync.Mutex
	state state
	live  live
	tx    tx // of the call of update that has the lock

	calls calls.Log // see Calls

	// To be read without the lock.
	places       share        // of the server's charges; the lock of its places guards it
	used         atomic.Int64 // when the account was last looked up
	journalBytes atomic.Int64
	lost         atomic.Pointer[string] // see Lost
	frozen       atomic.Bool            // whether the clock is frozen
	scripted     atomic.Bool            // whether a charge may follow a scenario of the account
}

// live is what runs an account: contexts, waiters and slots. None of it is lost or kept by a reset, except that waiters are woken.
type live struct {
	ctx    context.Context // of the account's deliveries
	cancel context.CancelCauseFunc
	slots  chan struct{} // one for each delivery of the account under way

	evicted   bool      // the account itself was evicted
	turn      bool      // a call that moves or resets the account controls the timeline
	check     *Check    // has the account, or nil
	checks    uint64    // that have begun so far
	draining  bool      // effects that are due on a frozen clock are being run
	graceOver bool      // what is due on a frozen clock starts at once, see grace
	graceEnd  time.Time // real time at which it starts at the latest

	alarm *timeline.Alarm
	rings time.Time // when the alarm rings; zero: it is not set

	written signal                   // the journal's next entry, or another change
	changes uint64                   // by calls of the control API, see Account.Changed
	quiet   signal                   // nothing is under way
	idle    signal                   // nothing is under way or due
	offered signal                   // the next relay task
	calm    map[chan struct{}]uint64 // by waiter: the charge of which nothing is under way or due
	returns map[uint64]*signal       // by charge: the payer may be sent back, or was reset
	answers map[uint64]*delayedAnswer
	relay   relayDesk

	settings  map[*scenarios.Script]*tap.Settings // the account's with those of a script
	scripts   map[changedScript]*scenarios.Script // made from others: with an automatic payer, or for another kind of object
	indexes   map[tap.Kind]*index                 // see [index]
	idleCount int                                 // of its charges that are counted as idle in the server's places
	lines     []Entry                             // to be logged once the lock is free
}

// signal wakes all that wait for something, once.
type signal struct{ ch chan struct{} }

// wait returns a channel that is closed at the next call of fire.
func (s *signal) wait() <-chan struct{} {
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) fire() {
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}

// closed is the channel of something that need not be awaited.
var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func newAccount(g *Gateway, key string) *Account {
	a := &Account{gw: g, key: key, name: AccountName(key), seed: g.cfg.Seed ^ hash64(key), ids: tap.NewIDs(g.cfg.Seed ^ hash64(key)),
		state: newState(0, g.settings.Load(), g.limits.Journal)}
	a.tx = tx{&a.state, &a.live, a}
	a.calls.Max, a.calls.Total = g.limits.Calls, &g.callBytes
	a.live.slots = make(chan struct{}, max(1, g.limits.Deliveries/accountShare))
	a.live.alarm = g.driver.Alarm(a.startDue)
	a.live.ctx, a.live.cancel = context.WithCancelCause(g.ctx)
	a.scripted.Store(a.state.settings.Payer == "auto")
	return a
}

// accountShare is the part of the server's deliveries that one account may have under way (one in four), so that a merchant that
// does not respond cannot delay the deliveries of other accounts.
const accountShare = 4

// Settings returns the account's settings. A charge keeps those under which it was created.
func (a *Account) Settings() (s *tap.Settings) {
	a.update(func(t *tx) { s = t.state.settings })
	return s
}

// Now returns the time on the account's clock.
func (a *Account) Now() (now time.Time) {
	a.update(func(t *tx) { now = t.now() })
	return now
}

// Clock returns the time on the account's clock, and whether the clock is frozen.
func (a *Account) Clock() (now time.Time, frozen bool) {
	a.update(func(t *tx) { now, frozen = t.now(), t.timeline.Clock.Frozen })
	return now, frozen
}
