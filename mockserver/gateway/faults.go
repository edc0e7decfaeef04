package gateway

import (
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// fault counts a call of the operation and returns the first fault for it, or nil. For stale faults only the calls after the object's
// first change count: before it there is no earlier state to show.
func (t *tx) fault(o object, on scenarios.Operation) *scenarios.Fault {
	p := o.run()
	faults := p.Script.Faults(on)
	if p.isPlain() || len(faults) == 0 || t.isFaultless(o) {
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

// EndFaults ends the faults of the scenarios of all objects that exist now: later calls about them are answered as without these. A check
// of many scenarios on one account uses it, so that a merchant's job that looks at all orders does not meet the faults of an earlier one.
func (a *Account) EndFaults() { a.update(func(t *tx) { t.faultless = t.ordinals }) }

// isFaultless reports whether the faults of the object have been ended.
func (t *tx) isFaultless(o object) bool {
	kind := o.Name().Kind
	if kind.IsPayment() { // both kinds are counted together
		kind = tap.KindCharge
	}
	return o.head().Ordinal <= t.faultless[kind.Number()]
}

// isStale reports whether a fault shows an earlier state of the object.
func isStale(f *scenarios.Fault) bool { return f.Fault != nil && f.Fault.Word == scenarios.Stale }

// CallFault returns the fault that the default scenario of the account or the server injects into a call of the account, such as a list, or nil.
func (a *Account) CallFault(on scenarios.Operation) (fault *scenarios.Fault) {
	if a.scripted.Load() || a.gw.scripted.Load() {
		a.update(func(t *tx) { fault = t.callFault(on) })
	}
	return fault
}

func (t *tx) callFault(on scenarios.Operation) *scenarios.Fault {
	script, faults := t.callFaults(on)
	if len(faults) == 0 {
		return nil
	}
	key := string(on) + " " + script.Name
	t.choice.calls[key]++
	call := t.choice.calls[key]
	for _, f := range faults {
		if f.Covers(call) {
			t.note(tap.Object{}, 0, tap.EventFault, fmt.Sprintf("%s, call %d: %s", on, call, f))
			return f
		}
	}
	return nil
}

// callFaults returns the default scenario in force, or nil, and its faults of a call of the account.
func (t *tx) callFaults(on scenarios.Operation) (*scenarios.Script, []*scenarios.Fault) {
	script := t.defaultFor(tap.KindCharge)
	if script == nil {
		return nil, nil
	}
	return script, script.Faults(on)
}

// WithoutEffect returns a call of the account into which a script injects faults that do not work, because the default scenario in force has none
// for it; "" if there is no such call.
func (a *Account) WithoutEffect(script *scenarios.Script) (on scenarios.Operation) {
	for i := range script.API {
		if one := script.API[i].On; one.IsOfAccount() {
			a.update(func(t *tx) {
				if _, faults := t.callFaults(one); len(faults) == 0 {
					on = one
				}
			})
		}
	}
	return on
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
