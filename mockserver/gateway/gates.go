package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// GateState is a gate of an account: a name at which effects wait until it is released.
type GateState struct {
	Name    string
	Open    bool
	Waiting []Effect // due effects that wait there
}

// NoGateError says that the account has no gate with this name.
type NoGateError struct {
	Name  string
	known []string // the gates that it has
}

// Error names the gate, and the most similar one. It compares the names here, after the account's lock was released.
func (e *NoGateError) Error() string {
	text := "the account has no gate " + tap.Clip(e.Name, 100)
	if near := tap.Nearest(e.Name, e.known); near != "" {
		return text + ", did you mean " + near + "?"
	}
	return text + "; it has those of its charges, its queue, its default scenario, its own scenarios and those of the server"
}

// checkGateLocked returns a [*NoGateError] if no effect of the account can wait at the gate.
func (a *Account) checkGateLocked(name string) error {
	if known := a.gateNamesLocked(); !slices.Contains(known, name) {
		return &NoGateError{name, known}
	}
	return nil
}

// setGateLocked opens or closes a gate, and remembers its name.
func (a *Account) setGateLocked(name string, open bool) error {
	if _, known := a.gates[name]; !known && len(a.gates) >= maxGates {
		return fmt.Errorf("the account has %d gates already, which is the maximum; reset it", maxGates)
	}
	if a.gates == nil {
		a.gates = map[string]bool{}
	}
	a.gates[name] = open
	return nil
}

// maxGates bounds how many gates an account remembers that were opened or closed, for all charges or for one.
const maxGates = 10_000

// forgetGatesLocked forgets the gates that were opened for one charge.
func (a *Account) forgetGatesLocked(charge string) {
	maps.DeleteFunc(a.gates, func(name string, _ bool) bool { return strings.HasSuffix(name, " "+charge) })
}

// closedGateLocked reports whether an effect has a gate that is closed.
func (a *Account) closedGateLocked(e *Effect) bool {
	return e.Gate != "" && !a.gates[string(e.Gate)] && !a.gates[string(e.Gate)+" "+e.Charge]
}

// waitAtGateLocked makes a due effect wait if its gate is closed, and reports whether it waits.
func (a *Account) waitAtGateLocked(e *Effect) bool {
	if !a.closedGateLocked(e) {
		return false
	}
	a.atGates = append(a.atGates, e)
	a.record(Entry{Event: tap.EventGateReached, Object: chargeObject(e.Charge), Cause: e.Cause, Detail: string(e.Kind) + " waits at the gate " + string(e.Gate)})
	return true
}

// HoldGate closes a gate, also before any effect has reached it. The error is a [*NoGateError], or says why the name cannot be that of
// a gate.
func (a *Account) HoldGate(name string) error {
	if err := scenarios.CheckGate(name); err != nil {
		return err
	}
	if err := a.lockLive(); err != nil {
		return err
	}
	defer a.unlock()
	if err := a.checkGateLocked(name); err != nil {
		return err
	}
	maps.DeleteFunc(a.gates, func(other string, _ bool) bool { return strings.HasPrefix(other, name+" ") })
	return a.setGateLocked(name, false)
}

// Release opens a gate, for all charges or for one, and returns how many effects waited there. They run now, also on a frozen
// clock. The gate stays open until [Account.HoldGate]. The error is a [*NoGateError] or a [*NoChargeError].
func (a *Account) Release(name, charge string) (int, error) {
	if err := a.lockLive(); err != nil {
		return 0, err
	}
	defer a.unlock()
	if err := a.checkGateLocked(name); err != nil {
		return 0, err
	}
	key := name
	if charge != "" {
		if a.charges[charge] == nil {
			return 0, &NoChargeError{Evicted: a.evicted}
		}
		key += " " + charge
	}
	if err := a.setGateLocked(key, true); err != nil {
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
		if e.Kind == Answer { // at once, even during a delivery: that delivery may wait for the answer
			a.running++
			a.gw.work.Go(func() { a.runLane(nil, e) })
			return true
		}
		a.timeline.add(e)
		return true
	})
	a.endGraceLocked()
	return n, nil
}

// gateNamesLocked lists the gates at which effects of the account can wait.
func (a *Account) gateNamesLocked() []string {
	var names []string
	add := func(s *scenarios.Script) { names = append(names, s.Gates()...) }
	for name := range a.gates {
		name, _, _ = strings.Cut(name, " ") // without the charge
		names = append(names, name)
	}
	for _, c := range a.charges {
		if c.progress != nil {
			add(c.Script)
		}
	}
	for _, e := range slices.Concat(a.atGates, a.timeline.queue) { // their script may not be that of the charge any more
		if e.Gate != "" {
			names = append(names, string(e.Gate))
		}
	}
	for _, q := range a.queue {
		add(q.script)
	}
	for _, script := range []*scenarios.Script{a.defaultScript, a.gw.defaultScript.Load()} {
		if script != nil {
			add(script)
		}
	}
	if a.own != nil {
		names = append(names, a.own.Gates()...)
	}
	names = append(names, a.gw.set.Load().Gates()...)
	slices.Sort(names)
	return slices.Compact(names)
}

// Gates lists the gates of the account: those of its charges and scenarios, and those that were opened or closed by name.
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

// reachedGatesLocked lists the gates at which effects wait.
func (a *Account) reachedGatesLocked() []string {
	var names []string
	for _, e := range a.atGates {
		names = append(names, string(e.Gate))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
