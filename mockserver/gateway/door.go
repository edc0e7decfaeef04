package gateway

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// tx is a change of an account, or a look at it: what [Account.update] gives the func that it runs. It embeds the account's state. It
// must not be used after that func has returned.
type tx struct {
	*state
	live *live
	a    *Account
}

// update runs a func on the account while no other does. Afterwards it sets the alarm for the next effect, wakes what waits for
// the account, and logs. Every change and every look goes through here: no other place locks an account. The func must not block.
func (a *Account) update(f func(*tx)) {
	lines := a.locked(f)
	for i := range lines {
		a.log(&lines[i])
	}
	if a.gw.journal.Load() > int64(a.gw.limits.ServerJournal) {
		a.gw.trimJournals()
	}
}

// change is [Account.update] for a change that must not be lost: the error is that of the func, or [ErrEvicted] if the account was evicted.
func (a *Account) change(f func(*tx) error) (err error) {
	a.update(func(t *tx) {
		if err = ErrEvicted; !t.live.evicted {
			err = f(t)
		}
	})
	return err
}

func (a *Account) locked(f func(*tx)) []Entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(&a.tx)
	return a.tx.end()
}

// end brings everything up to date that depends on the state, and returns what is to be logged.
func (t *tx) end() []Entry {
	for _, lane := range t.timeline.Emptied() {
		t.listIdle(lane)
	}
	t.setAlarm()
	t.wake()
	a := t.a
	if before, now := a.journalBytes.Load(), int64(t.journal.Bytes()); now != before {
		a.journalBytes.Store(now)
		a.gw.journal.Add(now - before)
	}
	if last := t.journal.Last(); last != a.calls.Entry.Load() {
		a.calls.Entry.Store(last)
	}
	if n := len(t.idle) + t.idleCaptures - t.live.idleCount; n != 0 {
		t.live.idleCount += n
		a.gw.places.addIdle(&a.places, n)
	}
	if frozen := t.timeline.Clock.Frozen; !t.live.turn && frozen != a.frozen.Load() {
		a.frozen.Store(frozen)
	}
	lines := t.live.lines
	t.live.lines = nil
	return lines
}

// wake wakes what waits for something that is now so.
func (t *tx) wake() {
	l := t.live
	if l.quiet.ch != nil && t.isQuiet() {
		l.quiet.fire()
	}
	if l.idle.ch != nil && t.isIdle() {
		l.idle.fire()
	}
	for calm, lane := range l.calm {
		if t.isCalm(lane) {
			close(calm)
			delete(l.calm, calm)
		}
	}
}

// now is the time on the account's clock.
func (t *tx) now() time.Time { return t.timeline.Clock.Now(t.a.gw.cfg.Now()) }

// log writes a journal entry to the log.
func (a *Account) log(e *Entry) {
	a.gw.log.LogAttrs(a.gw.ctx, slog.LevelInfo, string(e.Event), slog.String("account", a.name),
		slog.String(string(cmp.Or(e.Object.Kind, tap.Kind("object"))), e.Object.ID), slog.String("detail", e.Detail))
}
