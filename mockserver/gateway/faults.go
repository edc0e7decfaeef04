package gateway

import (
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Retrieve returns a payment of a kind as a GET shows it, and the fault that is injected into the call, or nil. The error is a [*NoChargeError]
// or a [*NoAuthorizationError].
func (a *Account) Retrieve(kind tap.Kind, id string) (shown Payment, f *scenarios.Fault, err error) {
	a.update(func(t *tx) {
		var c *Payment
		if c, err = t.paymentOf(kind, id); err == nil {
			c.Retrieved++
			f = t.fault(c, scenarios.GetOf(kind))
			shown = t.shownTo(c, f)
		}
	})
	return shown, f, err
}

// shownTo returns the charge as the answer to a call with this fault shows it.
func (t *tx) shownTo(c *Payment, f *scenarios.Fault) Payment {
	shown := *c
	switch {
	case f == nil || f.Fault == nil:
	case f.Fault.Word == scenarios.Stale:
		shown.Payment = c.Version(c.Latest() - 1)
	case f.Fault.WrongValue() != "":
		shown.Payment = withWrongValue(c.Payment, f.Fault.WrongValue(), t.otherOrder(c))
	}
	return shown
}

// fault counts a call of the operation and returns the first fault for it, or nil. For stale faults only the calls after the object's
// first change count: before it there is no earlier state to show.
func (t *tx) fault(o object, on scenarios.Operation) *scenarios.Fault {
	p := o.run()
	faults := p.Script.Faults(on)
	if p.isPlain() || len(faults) == 0 {
		return nil
	}
	if p.calls == nil {
		p.calls = map[scenarios.Operation]int{}
	}
	p.calls[on]++
	changed := o.version().number > 0
	if changed && slices.ContainsFunc(faults, isStale) {
		p.staleCalls++
	}
	for _, f := range faults {
		call := p.calls[on]
		if isStale(f) {
			if call = p.staleCalls; !changed {
				continue
			}
		}
		if f.Covers(call) && !hasPassed(o, f.Before, t.now()) {
			t.note(o.Name(), 0, tap.EventFault, fmt.Sprintf("%s, call %d: %s", on, call, f))
			return f
		}
	}
	return nil
}

// isStale reports whether a fault shows an earlier state of the object.
func isStale(f *scenarios.Fault) bool { return f.Fault != nil && f.Fault.Word == scenarios.Stale }

// ListFault returns the fault that the default scenario of the account or the server injects into a call that lists charges, or
// nil.
func (a *Account) ListFault() (fault *scenarios.Fault) {
	if a.scripted.Load() || a.gw.scripted.Load() {
		a.update(func(t *tx) { fault = t.listFault() })
	}
	return fault
}

func (t *tx) listFault() *scenarios.Fault {
	script, faults := t.listFaults()
	if len(faults) == 0 {
		return nil
	}
	key := "list " + script.Name
	t.choice.calls[key]++
	call := t.choice.calls[key]
	for _, f := range faults {
		if f.Covers(call) {
			t.note(tap.Object{}, 0, tap.EventFault, fmt.Sprintf("%s, call %d: %s", scenarios.ListCharges, call, f))
			return f
		}
	}
	return nil
}

// listFaults returns the default scenario in force, or nil, and its faults of lists.
func (t *tx) listFaults() (*scenarios.Script, []*scenarios.Fault) {
	script := t.defaultFor(tap.KindCharge)
	if script == nil {
		return nil, nil
	}
	return script, script.Faults(scenarios.ListCharges)
}

// FaultyLists reports whether the default scenario in force has faults of lists.
func (a *Account) FaultyLists() (faulty bool) {
	a.update(func(t *tx) {
		_, faults := t.listFaults()
		faulty = len(faults) > 0
	})
	return faulty
}

// FaultyPages reports whether a charge has had a script with faults of its page.
func (g *Gateway) FaultyPages() bool { return g.faultyPages.Load() }

// PageFault returns the fault that is injected into a request for the page with a token, with the account and the name of its
// charge, or nil.
func (g *Gateway) PageFault(token string, on scenarios.Operation) (f *scenarios.Fault, a *Account, charge tap.Object) {
	p, ok := g.pages.find(token)
	if !ok {
		return nil, nil, tap.Object{}
	}
	p.account.update(func(t *tx) {
		if c := p.find(t); c != nil {
			f, charge = t.fault(c, on), c.Name()
		}
	})
	return f, p.account, charge
}
