package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/journal"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// ErrEvicted is the error of a call that changes an account which was evicted during the call, and the cause with which its deliveries
// end.
var ErrEvicted = errors.New("the account was evicted during the call, to stay within the limits; send the call again")

// former is what is remembered of an evicted account, so that its successor does not draw the same ids and page tokens again, and
// says what was lost.
type former struct {
	ordinals [maxKinds]uint64
	evicted  int
	lost     string // what [Account.Lost] says of the successor
}

// maxFormer bounds how many evicted accounts are remembered.
const maxFormer = 100_000

// evictAccountLocked drops a wanted account that has nothing pending, to stay within a limit: the least recently used one that has not
// been prepared, or else the least recently used one. It reports false if there is none.
func (g *Gateway) evictAccountLocked(limit *FullError, wanted func(*Account) bool) bool {
	all := g.byUseLocked()
	for _, prepared := range []bool{false, true} {
		for _, a := range all {
			if !wanted(a) {
				continue
			}
			if lost, evicted := a.evictIfIdle(prepared); evicted {
				g.rememberLocked(a, limit.evicts(lost))
				return true
			}
		}
	}
	return false
}

// rememberLocked remembers an account that has been evicted, and logs what was lost.
func (g *Gateway) rememberLocked(a *Account, lost string) {
	if lost != "" {
		g.log.Warn("an account was evicted", slog.String("account", a.name), slog.String("detail", lost))
	}
	if len(g.former) >= maxFormer {
		maps.DeleteFunc(g.former, func(_ string, f former) bool { return f.lost == "" })
	}
	if len(g.former) >= maxFormer {
		g.log.Warn("evicted accounts were forgotten; their successors do not say what they lost", slog.Int("accounts", len(g.former)))
		clear(g.former)
	}
	before := former{lost: lost}
	a.locked(func(t *tx) { before.ordinals, before.evicted = t.ordinals, t.evicted })
	g.former[a.key] = before
	delete(g.accounts, a.key)
}

// evicts says which limit an account was evicted for, and what it lost; "" if it lost nothing.
func (e *FullError) evicts(lost []string) string {
	if len(lost) == 0 {
		return ""
	}
	return fmt.Sprintf("the account was evicted because the limit %s was reached, and lost: %s. Raise the limit, such as %s; a reset ends this note",
		e.limit(), strings.Join(lost, ", "), e.example())
}

// inventory lists what the account loses if it is evicted.
func (t *tx) inventory() (lost []string) {
	if n := t.payments.len(); n > 0 {
		lost = append(lost, fmt.Sprintf("charges (%d)", n))
	}
	for _, part := range slices.Concat([]part{{"journal", t.journal.Last() > 0}}, t.prepared()) {
		if part.has {
			lost = append(lost, part.name)
		}
	}
	return lost
}

// part is a part of an account's state.
type part struct {
	name string
	has  bool
}

// prepared lists with what the account may have been prepared for later charges.
func (t *tx) prepared() []part {
	c := &t.choice
	return []part{{"settings", t.ownSettings}, {"own scenarios", c.own != nil}, {"default scenario", len(c.defaults) > 0},
		{"queue", len(c.queue) > 0}, {"clock", t.timeline.Clock.Offset != 0}, {"gates", t.timeline.Openings() > 0}, {"cards saved for KFAST", len(t.saved) > 0}, {"customers", t.customers.len() > 0}, {"invoices", t.invoices.len() > 0}}
}

// isInUse reports whether something of the account is pending, under way or waits for a test.
func (t *tx) isInUse() bool {
	queued, _ := t.timeline.Len()
	if len(t.idle)+t.idleCaptures != t.payments.len() || t.live.turn || t.live.check != nil || t.timeline.Clock.Frozen || t.choice.taken > 0 || queued > 0 || !t.isQuiet() || len(t.live.answers) > 0 {
		return true
	}
	return slices.ContainsFunc(t.idle, t.timeline.Pending)
}

// evictIfIdle drops all charges of the account and marks it as evicted, unless it is in use, or has been prepared and prepared is false.
// It returns what the account lost.
func (a *Account) evictIfIdle(prepared bool) (lost []string, evicted bool) {
	a.locked(func(t *tx) { // not update, which may need the lock of the gateway
		if t.isInUse() || !prepared && slices.ContainsFunc(t.prepared(), func(p part) bool { return p.has }) {
			return
		}
		lost, evicted = t.inventory(), true
		t.live.evicted = true
		t.live.cancel(ErrEvicted)
		t.evict(t.payments.len())
		t.forgetRecords()
		t.forgetMemory()
		t.journal = journal.Journal[fact]{}
		a.calls.Close()
	})
	return lost, evicted
}

// succeed makes the account the successor of an evicted one with the same key.
func (a *Account) succeed(f former) {
	a.locked(func(t *tx) { // not update, which may need the lock of the gateway
		t.ordinals, t.evicted = f.ordinals, f.evicted
		if f.lost != "" {
			a.lost.Store(&f.lost)
			t.note(tap.Object{}, 0, tap.EventAccountEvicted, f.lost)
		}
	})
}

// Lost says what the account has lost because it was evicted, and the remedy, until the account is reset; "" if it has lost nothing.
func (a *Account) Lost() string {
	return *cmp.Or(a.lost.Load(), new(string))
}
