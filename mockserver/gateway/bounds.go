package gateway

import "slices"

// A charge may be evicted once it has ended and nothing of it is pending: no effect, no payer on the way back. Such charges
// stand in the account's idle list in the order they came to rest.

// restLocked notes that something pending of the charge is over.
func (a *Account) restLocked(c *Charge) {
	c.pending--
	a.restIfIdleLocked(c)
}

func (a *Account) restIfIdleLocked(c *Charge) {
	if c.pending == 0 && c.Status.Final() && !c.resting {
		c.resting = true
		a.idle = append(a.idle, c.ID)
	}
}

// evictLocked drops up to n idle charges, those that came to rest first, and returns how many.
func (a *Account) evictLocked(n int) int {
	done := 0
	for done < n && len(a.idle) > 0 {
		c := a.charges[a.idle[0]]
		a.idle = a.idle[1:]
		c.resting = false
		if c.pending > 0 {
			continue // it comes back to the list when that is over
		}
		a.forgetLocked(c)
		done++
	}
	a.evicted += done
	return done
}

// forgetLocked removes every trace of a charge but its journal entries.
func (a *Account) forgetLocked(c *Charge) {
	delete(a.charges, c.ID)
	a.forgetID(c.ID)
	a.forgetID(c.Track)
	if c.Request.Customer.ID == "" {
		a.forgetID(c.Customer)
	}
	for _, h := range c.History {
		a.forgetID(h.Activity)
	}
	if a.idempotent[c.Request.Idempotent] == c.ID {
		delete(a.idempotent, c.Request.Idempotent)
	}
	a.gw.pages.remove(c.Token)
	a.gw.charges.Add(-1)
}

// evictionBatch is how many charges one visit to another account drops, so that a full server need not search for each.
const evictionBatch = 64

// makeRoom keeps the server within its limits before the account gets another charge. The account's own idle charges go
// first, then those of the account that was idle longest. The error is a [*FullError].
func (g *Gateway) makeRoom(a *Account) error {
	if g.journal.Load() > int64(g.limits.ServerJournal) {
		g.trimJournals()
	}
	if g.charges.Load() < int64(g.limits.ServerCharges) {
		return nil
	}
	for _, from := range append([]*Account{a}, g.byUse()...) {
		from.mu.Lock()
		n := from.evictLocked(evictionBatch)
		from.mu.Unlock()
		if n > 0 {
			return nil
		}
	}
	return &FullError{"server-charges", g.limits.ServerCharges}
}

// byUse lists the accounts, those that were idle longest first.
func (g *Gateway) byUse() []*Account {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]*Account, 0, len(g.accounts))
	for _, a := range g.accounts {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *Account) int { return int(a.used.Load() - b.used.Load()) })
	return all
}

// trimJournals drops the older half of the journals of idle accounts until the server is within its limit.
func (g *Gateway) trimJournals() {
	for _, a := range g.byUse() {
		a.mu.Lock()
		for half := a.journal.bytes / 2; a.journal.bytes > half && a.journal.head < len(a.journal.entries)-1; {
			a.journal.drop()
		}
		a.mu.Unlock()
		if g.journal.Load() <= int64(g.limits.ServerJournal) {
			return
		}
	}
}

// evictAccountLocked drops the account that was idle longest and has nothing pending, if there is one.
func (g *Gateway) evictAccountLocked() bool {
	var victim *Account
	for _, a := range g.accounts {
		if (victim == nil || a.used.Load() < victim.used.Load()) && a.atRest() {
			victim = a
		}
	}
	if victim == nil {
		return false
	}
	victim.mu.Lock()
	defer victim.mu.Unlock()
	victim.gone = true
	victim.evictLocked(len(victim.charges))
	victim.journal.grow(-victim.journal.bytes)
	delete(g.accounts, victim.key)
	return true
}

// atRest reports whether all of the account's charges may be evicted.
func (a *Account) atRest() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.idle) == len(a.charges) && a.running == 0 && !a.advancing
}
