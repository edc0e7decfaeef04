package gateway

import "github.com/tapmock/tapmock/scenarios"

// SetScenarios gives the account scenarios of its own, which are searched before those of the server; nil removes them.
func (a *Account) SetScenarios(set *scenarios.Set) {
	a.mu.Lock()
	defer a.unlock()
	a.own = set
	a.updateScriptedLocked()
}

// Scenarios returns the scenarios that the account uses, and whether they are its own: its own include those of the server.
func (a *Account) Scenarios() (set *scenarios.Set, own bool) {
	a.mu.Lock()
	defer a.unlock()
	if a.own != nil {
		return a.own, true
	}
	return a.gw.set.Load(), false
}

// SetDefault sets the scenario of charges for which no other is chosen; "" removes it.
func (a *Account) SetDefault(name string) error {
	var script *scenarios.Script
	if name != "" {
		var err error
		if script, err = a.resolve(name); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.unlock()
	a.defaultScript = script
	a.updateScriptedLocked()
	return nil
}

// Default returns the name of the default scenario that is in force, the account's or the server's, or "".
func (a *Account) Default() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.defaultLocked()
}

func (a *Account) defaultLocked() string {
	if a.defaultScript != nil {
		return a.defaultScript.Name
	}
	if server := a.gw.defaultScript.Load(); server != nil {
		return server.Name
	}
	return ""
}

// updateScriptedLocked updates whether a charge may follow a scenario of the account.
func (a *Account) updateScriptedLocked() {
	a.scripted.Store(a.own != nil || a.defaultScript != nil || len(a.queue) > 0 || a.settings.Payer == "auto")
}

// SetScenarios replaces the server's scenarios. Charges that exist keep theirs.
func (g *Gateway) SetScenarios(set *scenarios.Set) {
	g.set.Store(set)
	g.scripted.Store(set.Matches() || g.defaultScript.Load() != nil)
}

// SetDefault sets the scenario of charges for which no other is chosen.
func (g *Gateway) SetDefault(name string) error {
	script, err := g.set.Load().Resolve(name)
	if err != nil {
		return err
	}
	g.defaultScript.Store(script)
	g.scripted.Store(true)
	return nil
}

// Scenarios returns the server's scenarios.
func (g *Gateway) Scenarios() *scenarios.Set { return g.set.Load() }
