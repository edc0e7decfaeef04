package gateway

import (
	"fmt"
	"maps"
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
func (a *Account) gateLocked(name string, open bool) error {
	if _, known := a.gates[name]; !known && len(a.gates) >= maxGates {
		return fmt.Errorf("the account knows %d gates already; reset it", maxGates)
	}
	if a.gates == nil {
		a.gates = map[string]bool{}
	}
	a.gates[name] = open
	return nil
}

// maxGates bounds how many gates an account remembers as opened or shut by name, and for how many charges.
const maxGates = 10_000

// forgetGatesLocked forgets the gates that were opened for a charge that is dropped.
func (a *Account) forgetGatesLocked(charge string) {
	maps.DeleteFunc(a.gates, func(name string, _ bool) bool { return strings.HasSuffix(name, " "+charge) })
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
	a.atGates = append(a.atGates, e)
	a.record(Entry{Event: tap.EventGateReached, Object: chargeObject(e.Charge), Cause: e.Cause, Detail: string(e.Kind) + " waits at the gate " + string(e.Gate)})
	return true
}

// HoldGate shuts a gate again, also before anything has come to it.
func (a *Account) HoldGate(name string) error {
	if err := scenarios.CheckGate(name); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.unlock()
	maps.DeleteFunc(a.gates, func(other string, _ bool) bool { return strings.HasPrefix(other, name+" ") })
	return a.gateLocked(name, false)
}

// Release opens a gate, for everything or for one charge, and says how many effects waited there. They run now, on a frozen
// clock too. It stays open until [Account.HoldGate]. The error is a [*NoGateError] or a [*NoChargeError].
func (a *Account) Release(name, charge string) (int, error) {
	a.mu.Lock()
	defer a.unlock()
	if !slices.Contains(a.gateNamesLocked(), name) {
		return 0, &NoGateError{name, tap.Nearest(name, a.gateNamesLocked())}
	}
	key := name
	if charge != "" {
		if a.charges[charge] == nil {
			return 0, &NoChargeError{Evicted: a.evicted}
		}
		key += " " + charge
	}
	if err := a.gateLocked(key, true); err != nil {
		return 0, err
	}
	n := 0
	a.atGates = slices.DeleteFunc(a.atGates, func(e *Effect) bool {
		if string(e.Gate) != name || charge != "" && e.Charge != charge {
			return false
		}
		n++
		if now := a.nowLocked(); e.Due.Before(now) {
			e.Due = now
		}
		if e.Kind == Answer { // at once, whatever else is under way: a delivery may wait for it
			a.running++
			a.gw.work.Go(func() { a.runLane(nil, e) })
			return true
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
	add := func(s *scenarios.Script) { names = append(names, s.Gates()...) }
	for name := range a.gates {
		name, _, _ = strings.Cut(name, " ") // of one charge
		names = append(names, name)
	}
	for _, c := range a.charges {
		if c.progress != nil {
			add(c.Script)
		}
	}
	for _, e := range a.atGates {
		names = append(names, string(e.Gate))
	}
	for _, q := range a.queue {
		add(q.script)
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
		for _, e := range a.atGates {
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
	for _, e := range a.atGates {
		names = append(names, string(e.Gate))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
