package gateway

import (
	"cmp"
	"fmt"
	"slices"

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

// checkGate returns a [*NoGateError] if no effect of the account can wait at the gate.
func (t *tx) checkGate(name string) error {
	if known := t.gateNames(); !slices.Contains(known, name) {
		return &NoGateError{name, known}
	}
	return nil
}

// checkGates returns an error if the account can remember no more gates.
func (t *tx) checkGates() error {
	if t.timeline.Openings() >= maxGates {
		return fmt.Errorf("the account has %d gates already, which is the maximum; reset it", maxGates)
	}
	return nil
}

// maxGates bounds how many gates an account remembers that were opened or closed, for all charges or for one.
const maxGates = 10_000

// HoldGate closes a gate, also before any effect has reached it. The error is a [*NoGateError], or says why the name cannot be that of
// a gate.
func (a *Account) HoldGate(name string) error {
	if err := scenarios.CheckGate(name); err != nil {
		return err
	}
	return a.change(func(t *tx) error {
		if err := cmp.Or(t.checkGate(name), t.checkGates()); err != nil {
			return err
		}
		t.rememberGate(name)
		t.timeline.Close(name)
		return nil
	})
}

// Release opens a gate, for all objects, or for the payment object with an id and what shares its lane, and returns how many effects waited there. They run now, also on a frozen
// clock. The gate stays open until [Account.HoldGate]. The error is a [*NoGateError] or a [*NoChargeError].
func (a *Account) Release(name, id string) (n int, err error) {
	err = a.change(func(t *tx) (err error) {
		n, err = t.release(name, id)
		return err
	})
	return n, err
}

func (t *tx) release(name, id string) (int, error) {
	var lane uint64
	err := t.checkGate(name)
	if id != "" && err == nil {
		if o := t.find(tap.Object{Kind: tap.KindOf(id), ID: id}); o != nil {
			lane = o.run().lane
		} else {
			err = &NoChargeError{Evicted: t.evicted}
		}
	}
	if err = cmp.Or(err, t.checkGates()); err != nil {
		return 0, err
	}
	t.rememberGate(name)
	return t.open(name, lane), nil
}

// open opens a gate, for a lane or for all if lane is 0, and returns how many effects waited there.
func (t *tx) open(name string, lane uint64) int {
	n, started := t.timeline.Open(name, lane, t.now())
	for _, e := range started { // answers, at once, even during a delivery: that delivery may wait for the answer
		t.a.gw.work.Go(func() { t.a.runLane(e) })
	}
	t.endGrace()
	return n
}

// gateNames lists the gates at which effects of the account can wait.
func (t *tx) gateNames() []string {
	names := t.timeline.GateNames()
	add := func(s *scenarios.Script) { names = append(names, s.Gates()...) }
	for c := range t.payments.all() {
		if !c.isPlain() {
			add(c.Script)
		}
	}
	for r := range t.refunds.all() {
		add(r.Script)
	}
	for v := range t.invoices.all() {
		add(v.Script)
	}
	queued, atGates := t.timeline.Scheduled()
	for _, e := range append(queued, atGates...) { // their script may not be that of the charge any more
		if e.Gate != "" {
			names = append(names, e.Gate)
		}
	}
	for _, q := range t.choice.queue {
		add(q.script)
	}
	for _, kind := range tap.Kinds() {
		for _, script := range []*scenarios.Script{t.choice.defaults[kind], t.a.gw.defaultFor(kind)} {
			if script != nil {
				add(script)
			}
		}
	}
	if t.choice.own != nil {
		names = append(names, t.choice.own.Gates()...)
	}
	names = append(names, t.a.gw.set.Load().Gates()...)
	slices.Sort(names)
	return slices.Compact(names)
}

// Gates lists the gates of the account: those of its charges and scenarios, and those that were opened or closed by name.
func (a *Account) Gates() (all []GateState) {
	a.update(func(t *tx) {
		_, atGates := t.timeline.Scheduled()
		for _, name := range t.gateNames() {
			g := GateState{Name: name, Open: t.timeline.IsOpen(name)}
			for _, e := range atGates {
				if e.Gate == name {
					g.Waiting = append(g.Waiting, describe(e))
				}
			}
			all = append(all, g)
		}
	})
	return all
}

// reachedGates lists the gates at which effects wait.
func (t *tx) reachedGates() []string {
	var names []string
	_, atGates := t.timeline.Scheduled()
	for _, e := range atGates {
		names = append(names, e.Gate)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
