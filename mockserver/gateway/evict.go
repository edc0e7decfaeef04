package gateway

import (
	"cmp"
	"maps"
	"slices"
)

// A charge may be evicted once it has ended and nothing of it is pending: no effect, and no payer who is being sent back. Such
// charges are in the account's idle list, in the order in which they became idle.

// listIdle adds a charge to the idle list if it may be evicted.
func (t *tx) listIdle(lane uint64) {
	if c := t.charges.at(lane); c != nil && c.Over() && !c.listedIdle && !t.timeline.Pending(lane) {
		c.listedIdle = true
		t.idle = append(t.idle, lane)
	}
}

// evict drops up to n idle charges, those that became idle first, and returns how many.
func (t *tx) evict(n int) int {
	done := 0
	for done < n && len(t.idle) > 0 {
		c := t.charges.at(t.idle[0])
		t.idle = t.idle[1:]
		c.listedIdle = false
		if t.timeline.Pending(c.number) {
			continue // it returns to the list when that has ended
		}
		t.forget(c)
		done++
	}
	t.evicted += done
	return done
}

// forget removes everything of a charge, with its refunds, except their journal entries.
func (t *tx) forget(c *Charge) {
	t.forgetRefunds(c)
	t.disremember(c, c.Request.Idempotent)
	t.timeline.Forget(c.number)
	t.letGo(c.Script)
	t.a.gw.pages.remove(c.Token)
	t.a.gw.places.giveBack(&t.a.places)
	t.charges.remove(c)
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
		from.update(func(t *tx) { t.evict(min(evictionBatch, max(1, len(t.idle)/2))) })
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
		dropped := 0
		longest.locked(func(t *tx) { dropped = t.journal.Halve() })
		if dropped == 0 {
			return // each journal has one entry left
		}
	}
}
