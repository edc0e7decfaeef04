package gateway

import (
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// GateState is a gate of an account: a name at which steps of scenarios wait until it is released.
type GateState struct {
	Name    string
	Open    bool
	Waiting []Effect // that are due and wait
}

// NoGateError says that no scenario has a gate of that name.
type NoGateError struct{ Name, Near string }

// Error names the near one.
func (e *NoGateError) Error() string {
	text := "no charge of the account has a gate " + e.Name
	if e.Near != "" {
		text += ", did you mean " + e.Near + "?"
	}
	return text
}

// gateLocked opens or shuts a gate; it is known from then on.
func (a *Account) gateLocked(name string, open bool) {
	if a.gates == nil || len(a.gates) >= maxCached {
		a.gates = map[string]bool{}
	}
	a.gates[name] = open
}

// shutLocked reports whether an effect must wait at its gate.
func (a *Account) shutLocked(e *Effect) bool {
	return e.Gate != "" && !a.gates[string(e.Gate)] && !a.gates[string(e.Gate)+" "+e.Charge]
}

// parkLocked lets an effect that is due wait if its gate is shut, and reports whether it does.
func (a *Account) parkLocked(e *Effect) bool {
	if !a.shutLocked(e) {
		return false
	}
	a.held = append(a.held, e)
	a.record(Entry{Event: GateHeld, Charge: e.Charge, Cause: e.Cause, Detail: string(e.Kind) + " waits at the gate " + string(e.Gate)})
	return true
}

// HoldGate shuts a gate again, also before anything has come to it.
func (a *Account) HoldGate(name string) error {
	if err := scenarios.CheckGate(name); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.unlock()
	a.gateLocked(name, false)
	return nil
}

// Release opens a gate, for everything or for one charge, and says how many effects waited there. They run now, on a frozen
// clock too. It stays open until [Account.HoldGate]. The error is a [*NoGateError].
func (a *Account) Release(name, charge string) (int, error) {
	a.mu.Lock()
	defer a.unlock()
	if !slices.Contains(a.gateNamesLocked(), name) {
		return 0, &NoGateError{name, tap.Nearest(name, a.gateNamesLocked())}
	}
	key := name
	if charge != "" {
		key += " " + charge
	}
	a.gateLocked(key, true)
	n := 0
	a.held = slices.DeleteFunc(a.held, func(e *Effect) bool {
		if string(e.Gate) != name || charge != "" && e.Charge != charge {
			return false
		}
		n++
		if now := a.nowLocked(); e.Due.Before(now) {
			e.Due = now
		}
		a.timeline.add(e)
		return true
	})
	a.hurryLocked()
	return n, nil
}

// gateNamesLocked are the gates that anything of the account may wait at.
func (a *Account) gateNamesLocked() []string {
	var names []string
	add := func(s *scenarios.Story) { names = append(names, s.Gates()...) }
	for name := range a.gates {
		name, _, _ = strings.Cut(name, " ") // of one charge
		names = append(names, name)
	}
	for _, c := range a.charges {
		if c.play != nil {
			add(c.Story)
		}
	}
	for _, e := range a.held {
		names = append(names, string(e.Gate))
	}
	for _, q := range a.queue {
		add(q.story)
	}
	if a.fallback != nil {
		add(a.fallback)
	}
	if a.own != nil {
		names = append(names, a.own.Gates()...)
	}
	names = append(names, a.gw.set.Load().Gates()...)
	slices.Sort(names)
	return slices.Compact(names)
}

// Gates lists the gates that the account's charges have or that were opened or shut by name.
func (a *Account) Gates() []GateState {
	a.mu.Lock()
	defer a.unlock()
	var all []GateState
	for _, name := range a.gateNamesLocked() {
		g := GateState{Name: name, Open: a.gates[name]}
		for _, e := range a.held {
			if string(e.Gate) == name {
				g.Waiting = append(g.Waiting, *e)
			}
		}
		all = append(all, g)
	}
	return all
}

// heldGatesLocked are the gates at which something waits.
func (a *Account) heldGatesLocked() []string {
	var names []string
	for _, e := range a.held {
		names = append(names, string(e.Gate))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
