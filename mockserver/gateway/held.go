package gateway

import (
	"errors"
	"slices"

	"github.com/tapmock/tapmock/scenarios"
)

// held is a script that counts in the memory of an account, see [memory].
type held struct {
	users int // entries of the queue, charges, the default, and create calls under chaos
	cost  int
}

// hold counts a script in the account's memory until as many calls of letGo. If the account has not enough it evicts idle charges. The
// error is a [*FullError]. On an evicted account, which no reset or eviction will ever clear, nothing counts.
func (t *tx) hold(script *scenarios.Script) error {
	if script.OfProgram() || t.live.evicted {
		return nil
	}
	h, known := t.choice.held[script]
	if !known {
		h.cost = script.Cost()
		if err := t.takeMemory(h.cost); err != nil {
			return err
		}
		if t.choice.held == nil {
			t.choice.held = map[*scenarios.Script]held{}
		}
	}
	h.users++
	t.choice.held[script] = h
	return nil
}

func (t *tx) takeMemory(n int) error {
	max := t.a.gw.limits.Scenarios
	if n <= max {
		t.shrink(max - n)
	}
	if t.choice.memory+n > max {
		return &FullError{Limit: "scenarios", Max: max, Needs: n, Bytes: true}
	}
	if !t.a.gw.memory.take(n) {
		return &FullError{Limit: "server-scenarios", Max: t.a.gw.limits.ServerScenarios, Needs: n, Bytes: true}
	}
	t.choice.memory += n
	return nil
}

// shrink evicts idle charges whose scripts count until the account needs at most n bytes for scenarios.
func (t *tx) shrink(n int) {
	if t.choice.memory <= n {
		return
	}
	t.idle = slices.DeleteFunc(t.idle, func(lane uint64) bool {
		c := t.payments.at(lane)
		if t.choice.memory <= n || !t.countsIn(c) || t.timeline.Pending(lane) {
			return false
		}
		t.unlistIdle(c)
		t.forget(c)
		return true
	})
}

// countsIn reports whether the script of a payment or of one of its captures counts in the account's memory.
func (t *tx) countsIn(c *Payment) bool {
	_, counts := t.choice.held[c.Script]
	for capture := range t.capturesOf(c) {
		counts = counts || t.countsIn(capture)
	}
	return counts
}

func (t *tx) letGo(script *scenarios.Script) {
	h, counts := t.choice.held[script]
	if !counts {
		return
	}
	if h.users--; h.users > 0 {
		t.choice.held[script] = h
		return
	}
	delete(t.choice.held, script)
	t.choice.memory -= h.cost
	t.a.gw.memory.giveBack(h.cost)
}

// forgetMemory ends all use of memory for the account's own scenarios.
func (t *tx) forgetMemory() {
	for _, h := range t.choice.held {
		t.a.gw.memory.giveBack(h.cost)
	}
	t.a.gw.memory.replace(t.choice.own, nil, fileText{})
	t.choice.own, t.choice.held, t.choice.memory = nil, nil, 0
}

// withMemory is [Account.change] for a change that can need memory for scenarios. While the server has too little it evicts another account
// that has scenarios of its own and nothing pending, and tries again.
func (a *Account) withMemory(f func(*tx) error) error {
	for {
		err := a.change(f)
		full, ok := errors.AsType[*FullError](err)
		if !ok || full.Limit != "server-scenarios" || !a.gw.evictScenarios(a, full) {
			return err
		}
	}
}

// evictScenarios evicts the least recently used account that has scenarios of its own. It reports false if there is none but a.
func (g *Gateway) evictScenarios(a *Account, limit *FullError) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.evictAccountLocked(limit, func(other *Account) bool { return other != a && other.usesMemory() })
}

func (a *Account) usesMemory() (uses bool) {
	a.locked(func(t *tx) { uses = t.choice.memory > 0 })
	return uses
}
