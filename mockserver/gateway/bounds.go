package gateway

import (
	"cmp"
	"maps"
	"slices"
)

// A charge may be evicted once it has ended and nothing of it is pending: no effect, and no payer who is being sent back. Such
// charges are in the account's idle list, in the order in which they became idle.

// endPendingLocked records that something pending of the charge has ended.
func (a *Account) endPendingLocked(c *Charge) {
	c.pending--
	a.listIfIdleLocked(c)
}

// listIfIdleLocked adds the charge to the idle list if it may be evicted.
func (a *Account) listIfIdleLocked(c *Charge) {
	if c.pending == 0 && !c.dropped && c.over() && !c.listedIdle {
		c.listedIdle = true
		a.idle = append(a.idle, c.ID)
		a.gw.places.addIdle(&a.places, 1)
	}
}

// evictLocked drops up to n idle charges, those that became idle first, and returns how many.
func (a *Account) evictLocked(n int) int {
	done := 0
	for done < n && len(a.idle) > 0 {
		c := a.charges[a.idle[0]]
		a.idle = a.idle[1:]
		c.listedIdle = false
		a.gw.places.addIdle(&a.places, -1)
		if c.pending > 0 {
			continue // it returns to the list when that has ended
		}
		a.forgetLocked(c)
		done++
	}
	a.evicted += done
	return done
}

// forgetLocked removes everything of a charge except its journal entries.
func (a *Account) forgetLocked(c *Charge) {
	delete(a.charges, c.ID)
	if a.idempotent[c.Request.Idempotent] == c.ID {
		delete(a.idempotent, c.Request.Idempotent)
	}
	if len(a.gates) > 0 {
		a.forgetGatesLocked(c.ID)
	}
	a.letGoLocked(c.Script)
	a.gw.pages.remove(c.Token)
	a.gw.places.giveBack(&a.places)
}

// evictionBatch is how many charges a full server drops at a time, so that it does not search for each.
const evictionBatch = 64

// takePlace takes a place for another charge of the account. If the server is full it evicts from the account with the most idle charges,
// so that an account with few does not lose them to one that creates many. The error is a [*FullError].
func (a *Account) takePlace() error {
	g := a.gw
	for {
		if taken, err := g.places.take(&a.places); taken || err != nil {
			return err
		}
		from := g.mostIdle()
		if from == nil {
			return &FullError{Limit: "server-charges", Max: g.limits.ServerCharges}
		}
		from.mu.Lock()
		from.evictLocked(min(evictionBatch, max(1, len(from.idle)/2)))
		from.unlock()
	}
}

// mostIdle returns the account with the most idle charges, or nil if no account has one.
func (g *Gateway) mostIdle() *Account {
	g.mu.Lock()
	defer g.mu.Unlock()
	var found *Account
	most := 0
	for _, a := range g.accounts {
		if n := g.places.of(&a.places).idle; n > most {
			found, most = a, n
		}
	}
	return found
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

// trimJournals drops the older half of the longest journal until the server is within its limit.
func (g *Gateway) trimJournals() {
	for g.journal.Load() > int64(g.limits.ServerJournal) {
		all := g.byUse()
		if len(all) == 0 {
			return
		}
		longest := slices.MaxFunc(all, func(a, b *Account) int { return cmp.Compare(a.journalBytes.Load(), b.journalBytes.Load()) })
		longest.mu.Lock()
		before := longest.journal.bytes
		for longest.journal.bytes > before/2 && longest.journal.drop() {
		}
		after := longest.journal.bytes
		longest.journalBytes.Store(int64(after))
		longest.mu.Unlock()
		if after == before {
			return // each journal has one entry left
		}
	}
}
