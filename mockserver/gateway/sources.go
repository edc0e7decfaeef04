package gateway

import (
	"context"
	"crypto/sha256"

	"github.com/tapmock/tapmock/scenarios"
)

// PutScenarios gives the account the scenarios of a file, which are searched before those of the server and can refer to them. Accounts
// with equal files share them. The error is a [scenarios.Mistakes], a [*FullError] or [ErrEvicted].
func (a *Account) PutScenarios(ctx context.Context, text []byte) error {
	from := fileText{a.gw.set.Load(), sha256.Sum256(text)}
	set := a.gw.memory.find(from)
	if set == nil {
		var err error
		if set, err = a.gw.memory.parse(ctx, from.under, "body", text); err != nil {
			return err
		}
	}
	return a.replaceScenarios(set, from)
}

// SetScenarios is [Account.PutScenarios] for a set; nil removes the account's own scenarios.
func (a *Account) SetScenarios(set *scenarios.Set) error { return a.replaceScenarios(set, fileText{}) }

func (a *Account) replaceScenarios(set *scenarios.Set, from fileText) error {
	return a.withMemory(func() error {
		if err := a.lockLive(); err != nil {
			return err
		}
		defer a.unlock()
		grows, max := set.Cost()-a.own.Cost(), a.gw.limits.Scenarios
		if set.Cost() <= max {
			a.shrinkLocked(max - grows)
		}
		if set != nil && a.memory+grows > max {
			return &FullError{Limit: "scenarios", Max: max, Needs: set.Cost(), Bytes: true}
		}
		used, ok := a.gw.memory.replace(a.own, set, from)
		if !ok {
			return &FullError{Limit: "server-scenarios", Max: a.gw.limits.ServerScenarios, Needs: set.Cost(), Bytes: true}
		}
		a.own, a.memory = used, a.memory+grows
		a.scriptSettings, a.automaticScripts = nil, nil // they may belong to the previous scenarios
		a.updateScriptedLocked()
		return nil
	})
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
	return a.withMemory(func() error {
		if err := a.lockLive(); err != nil {
			return err
		}
		defer a.unlock()
		if script != nil {
			if err := a.holdLocked(script); err != nil {
				return err
			}
		}
		a.letGoLocked(a.defaultScript)
		a.defaultScript = script
		a.updateScriptedLocked()
		return nil
	})
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
