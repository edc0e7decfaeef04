package gateway

import (
	"cmp"
	"maps"
	"slices"
)

// A payment may be evicted once it has ended and nothing in its lane is pending: no effect, and no payer who is being sent back. Its captures
// and refunds go with it. Such lanes are in the account's idle list, in the order in which they became idle.

// listIdle adds a lane to the idle list if it may be evicted.
func (t *tx) listIdle(lane uint64) {
	if c := t.payments.at(lane); c != nil && c.Over() && !c.listedIdle && !t.timeline.Pending(lane) {
		c.listedIdle = true
		t.idle = append(t.idle, lane)
		t.idleCaptures += count(t.capturesOf(c))
	}
}

// unlistIdle is called for the payment of a lane that has left the idle list.
func (t *tx) unlistIdle(c *Payment) {
	c.listedIdle = false
	t.idleCaptures -= count(t.capturesOf(c))
}

// evict drops idle payments, those that became idle first, until n are dropped or none is left, and returns how many.
func (t *tx) evict(n int) int {
	done := 0
	for done < n && len(t.idle) > 0 {
		c := t.payments.at(t.idle[0])
		t.idle = t.idle[1:]
		t.unlistIdle(c)
		if t.timeline.Pending(c.lane) {
			continue // it returns to the list when that has ended
		}
		done += t.forget(c)
	}
	return done
}

// forget removes everything of the payment that a lane began with, its captures and refunds included, except their journal entries. It
// returns how many payments it removed.
func (t *tx) forget(c *Payment) int {
	n := 1
	for capture := range t.capturesOf(c) {
		t.forgetOne(capture)
		n++
	}
	t.timeline.Forget(c.lane)
	t.forgetOne(c)
	t.evicted += n
	return n
}

func (t *tx) forgetOne(c *Payment) {
	t.fromIndex(c)
	t.forgetRefunds(c)
	t.disremember(c, c.Request.Idempotent)
	t.letGo(c.Script)
	t.a.gw.pages.remove(c.Token)
	t.a.gw.places.giveBack(&t.a.places)
	t.payments.remove(c)
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
