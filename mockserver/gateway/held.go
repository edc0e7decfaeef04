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

// holdLocked counts a script in the account's memory until as many calls of letGoLocked. If the account has not enough it evicts idle
// charges. The error is a [*FullError].
func (a *Account) holdLocked(script *scenarios.Script) error {
	if script.OfProgram() {
		return nil
	}
	h := a.held[script]
	if h == nil {
		h = &held{cost: script.Cost()}
		if err := a.takeMemoryLocked(h.cost); err != nil {
			return err
		}
		if a.held == nil {
			a.held = map[*scenarios.Script]*held{}
		}
		a.held[script] = h
	}
	h.users++
	return nil
}

func (a *Account) takeMemoryLocked(n int) error {
	max := a.gw.limits.Scenarios
	if n <= max {
		a.shrinkLocked(max - n)
	}
	if a.memory+n > max {
		return &FullError{Limit: "scenarios", Max: max, Needs: n, Bytes: true}
	}
	if !a.gw.memory.take(n) {
		return &FullError{Limit: "server-scenarios", Max: a.gw.limits.ServerScenarios, Needs: n, Bytes: true}
	}
	a.memory += n
	return nil
}

// shrinkLocked evicts idle charges whose scripts count until the account needs at most n bytes for scenarios.
func (a *Account) shrinkLocked(n int) {
	if a.memory <= n {
		return
	}
	a.idle = slices.DeleteFunc(a.idle, func(id string) bool {
		c := a.charges[id]
		if a.memory <= n || a.held[c.Script] == nil || c.pending > 0 {
			return false
		}
		c.listedIdle = false
		a.gw.places.addIdle(&a.places, -1)
		a.forgetLocked(c)
		a.evicted++
		return true
	})
}

func (a *Account) letGoLocked(script *scenarios.Script) {
	h := a.held[script]
	if h == nil {
		return
	}
	if h.users--; h.users == 0 {
		delete(a.held, script)
		a.memory -= h.cost
		a.gw.memory.giveBack(h.cost)
	}
}

// forgetMemoryLocked ends all use of memory for the account's own scenarios.
func (a *Account) forgetMemoryLocked() {
	for _, h := range a.held {
		a.gw.memory.giveBack(h.cost)
	}
	a.gw.memory.replace(a.own, nil, fileText{})
	a.own, a.held, a.memory = nil, nil, 0
}

// withMemory calls do, which locks the account. While the server has too little memory for scenarios, it evicts another account that has
// scenarios of its own and nothing pending, and calls do again.
func (a *Account) withMemory(do func() error) error {
	for {
		err := do()
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

func (a *Account) usesMemory() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.memory > 0
}
