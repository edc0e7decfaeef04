package gateway

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
