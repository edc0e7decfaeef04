package gateway

import (
	"context"
	"crypto/sha256"
	"errors"
	"maps"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// resolve returns the script of a name, from scenarios of an account, which may be nil, or else from those of the server.
func resolve(own, server *scenarios.Set, name string) (*scenarios.Script, error) {
	if own == nil {
		return server.Resolve(name)
	}
	script, err := own.Resolve(name)
	if _, unknown := errors.AsType[*scenarios.UnknownError](err); unknown { // it may have been added to the server since
		if newer, err := server.Resolve(name); err == nil {
			return newer, nil
		}
	}
	return script, err
}

// resolve returns the script of a name. It holds the lock only to read which scenarios the account has.
func (a *Account) resolve(name string) (*scenarios.Script, error) {
	var own *scenarios.Set
	a.update(func(t *tx) { own = t.choice.own })
	return resolve(own, a.gw.set.Load(), name)
}

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
	return a.withMemory(func(t *tx) error {
		grows, max := set.Cost()-t.choice.own.Cost(), a.gw.limits.Scenarios
		if set.Cost() <= max {
			t.shrink(max - grows)
		}
		if set != nil && t.choice.memory+grows > max {
			return &FullError{Limit: "scenarios", Max: max, Needs: set.Cost(), Bytes: true}
		}
		used, ok := a.gw.memory.replace(t.choice.own, set, from)
		if !ok {
			return &FullError{Limit: "server-scenarios", Max: a.gw.limits.ServerScenarios, Needs: set.Cost(), Bytes: true}
		}
		t.choice.own, t.choice.memory = used, t.choice.memory+grows
		t.live.settings, t.live.scripts = nil, nil // they may belong to the previous scenarios
		t.updateScripted()
		return nil
	})
}

// Scenarios returns the scenarios that the account uses, and whether they are its own: its own include those of the server.
func (a *Account) Scenarios() (set *scenarios.Set, own bool) {
	a.update(func(t *tx) { set = t.choice.own })
	if set != nil {
		return set, true
	}
	return a.gw.set.Load(), false
}

// defaults are the scripts of objects for which no other is chosen, by kind.
type defaults map[tap.Kind]*scenarios.Script

// defaultFor returns the default script of a kind that is in force, the account's or the server's, or nil.
func (t *tx) defaultFor(kind tap.Kind) *scenarios.Script {
	if script := t.choice.defaults[kind]; script != nil {
		return script
	}
	return t.a.gw.defaultFor(kind)
}

func (g *Gateway) defaultFor(kind tap.Kind) *scenarios.Script {
	if all := g.defaults.Load(); all != nil {
		return (*all)[kind]
	}
	return nil
}

// SetDefault sets the scenario of objects of its kind for which no other is chosen; "" removes those of all kinds.
func (a *Account) SetDefault(name string) error {
	var script *scenarios.Script
	if name != "" {
		var err error
		if script, err = a.resolve(name); err != nil {
			return err
		}
	}
	return a.withMemory(func(t *tx) error {
		if script != nil {
			if err := t.hold(script); err != nil {
				return err
			}
		}
		if script == nil {
			for _, script := range t.choice.defaults {
				t.letGo(script)
			}
			t.choice.defaults = nil
		} else {
			t.letGo(t.choice.defaults[script.Object])
			if t.choice.defaults == nil {
				t.choice.defaults = defaults{}
			}
			t.choice.defaults[script.Object] = script
		}
		t.updateScripted()
		return nil
	})
}

// Default returns the name of the default scenario of objects of a kind that is in force, the account's or the server's, or "".
func (a *Account) Default(kind tap.Kind) (name string) {
	a.update(func(t *tx) { name = t.defaultName(kind) })
	return name
}

func (t *tx) defaultName(kind tap.Kind) string {
	if script := t.defaultFor(kind); script != nil {
		return script.Name
	}
	return ""
}

// updateScripted updates whether a charge may follow a scenario of the account.
func (t *tx) updateScripted() {
	c := &t.choice
	t.a.scripted.Store(c.own != nil || len(c.defaults) > 0 || len(c.queue) > 0 || t.settings.Payer == "auto")
}

// SetScenarios replaces the server's scenarios. Charges that exist keep theirs.
func (g *Gateway) SetScenarios(set *scenarios.Set) {
	g.set.Store(set)
	g.scripted.Store(set.Matches() || g.defaults.Load() != nil)
}

// SetDefault sets the scenario of objects of its kind for which no other is chosen.
func (g *Gateway) SetDefault(name string) error {
	script, err := g.set.Load().Resolve(name)
	if err != nil {
		return err
	}
	all := defaults{}
	if before := g.defaults.Load(); before != nil {
		maps.Copy(all, *before)
	}
	all[script.Object] = script
	g.defaults.Store(&all)
	g.scripted.Store(true)
	return nil
}

// Scenarios returns the server's scenarios.
func (g *Gateway) Scenarios() *scenarios.Set { return g.set.Load() }
