package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// ErrEvicted is the error of a call that changes an account which was evicted during the call, and the cause with which its deliveries
// end.
var ErrEvicted = errors.New("the account was evicted during the call, to stay within the limits; send the call again")

// former is what is remembered of an evicted account, so that its successor does not draw the same ids and page tokens again, and
// says what was lost.
type former struct {
	ordinal uint64
	evicted int
	lost    string // what [Account.Lost] says of the successor
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
	g.former[a.key] = former{a.ordinal, a.evicted, lost}
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

// inventoryLocked lists what the account loses if it is evicted.
func (a *Account) inventoryLocked() (lost []string) {
	if n := len(a.charges); n > 0 {
		lost = append(lost, fmt.Sprintf("charges (%d)", n))
	}
	for _, part := range slices.Concat([]part{{"journal", a.journal.seq > 0}}, a.preparedLocked()) {
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

// preparedLocked lists with what the account may have been prepared for later charges.
func (a *Account) preparedLocked() []part {
	return []part{{"settings", a.ownSettings}, {"own scenarios", a.own != nil}, {"default scenario", a.defaultScript != nil},
		{"queue", len(a.queue) > 0}, {"clock", a.clock.offset != 0}, {"gates", len(a.gates) > 0}, {"cards saved for KFAST", len(a.saved) > 0}}
}

// isInUseLocked reports whether something of the account is pending, under way or waits for a test.
func (a *Account) isInUseLocked() bool {
	if len(a.idle) != len(a.charges) || a.advancing || a.clock.frozen || a.takenFromQueue > 0 ||
		len(a.timeline.queue)+len(a.answers)+len(a.inFlight) > 0 {
		return true
	}
	for _, c := range a.charges {
		if c.pending > 0 {
			return true
		}
	}
	return false
}

// evictIfIdle drops all charges of the account and marks it as dropped, unless it is in use, or has been prepared and prepared is false.
// It returns what the account lost.
func (a *Account) evictIfIdle(prepared bool) (lost []string, evicted bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.isInUseLocked() || !prepared && slices.ContainsFunc(a.preparedLocked(), func(p part) bool { return p.has }) {
		return nil, false
	}
	lost = a.inventoryLocked()
	a.dropped = true
	a.cancel(ErrEvicted)
	a.evictLocked(len(a.charges))
	a.forgetMemoryLocked()
	a.journal.grow(-a.journal.bytes)
	return lost, true
}

// succeed makes the account the successor of an evicted one with the same key.
func (a *Account) succeed(f former) {
	a.mu.Lock()
	defer a.mu.Unlock() // not unlock, which may need the lock of the gateway
	a.ordinal, a.evicted = f.ordinal, f.evicted
	if f.lost != "" {
		a.lost.Store(&f.lost)
		a.record(Entry{Event: tap.EventAccountEvicted, Detail: f.lost})
	}
}

// Lost says what the account has lost because it was evicted, and the remedy, until the account is reset; "" if it has lost nothing.
func (a *Account) Lost() string {
	return *cmp.Or(a.lost.Load(), new(string))
}

// lockLive locks the account for a change that must not be lost. The error is [ErrEvicted]; then the account is not locked.
func (a *Account) lockLive() error {
	a.mu.Lock()
	if a.dropped {
		a.mu.Unlock()
		return ErrEvicted
	}
	return nil
}
