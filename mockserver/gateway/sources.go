package gateway

import "github.com/tapmock/tapmock/scenarios"

// SetScenarios gives the account scenarios of its own, before those of the server; nil takes them away.
func (a *Account) SetScenarios(set *scenarios.Set) {
	a.mu.Lock()
	defer a.unlock()
	a.own = set
	a.rescriptLocked()
}

// ScenarioFiles are the account's own scenarios on top of the server's, and whether it has any of its own.
func (a *Account) Scenarios() (set *scenarios.Set, own bool) {
	a.mu.Lock()
	defer a.unlock()
	if a.own != nil {
		return a.own, true
	}
	return a.gw.set.Load(), false
}

// SetDefaultScenario names the scenario of charges that no other is chosen for; "" names none.
func (a *Account) SetDefault(name string) error {
	a.mu.Lock()
	defer a.unlock()
	if name == "" {
		a.fallback = nil
		a.rescriptLocked()
		return nil
	}
	script, err := a.resolveLocked(name)
	if err != nil {
		return err
	}
	a.fallback = script
	a.rescriptLocked()
	return nil
}

// DefaultScenario is the name of the account's default scenario, or "".
func (a *Account) Default() string {
	a.mu.Lock()
	defer a.unlock()
	if a.fallback == nil {
		return ""
	}
	return a.fallback.Name
}

// rescriptLocked notes whether the account has any source of scenarios.
func (a *Account) rescriptLocked() {
	a.scripted.Store(a.own != nil || a.fallback != nil || len(a.queue) > 0 || a.settings.Payer == "auto")
}

// SetScenarios replaces the server's scenarios; charges that follow one go on with theirs.
func (g *Gateway) SetScenarios(set *scenarios.Set) {
	g.set.Store(set)
	g.scripted.Store(set.Matches() || g.fallback.Load() != nil)
}

// SetDefaultScenario names the scenario of charges that no other is chosen for.
func (g *Gateway) SetDefault(name string) error {
	script, err := g.set.Load().Resolve(name)
	if err != nil {
		return err
	}
	g.fallback.Store(script)
	g.scripted.Store(true)
	return nil
}

// ScenarioFiles are the server's.
func (g *Gateway) Scenarios() *scenarios.Set { return g.set.Load() }
