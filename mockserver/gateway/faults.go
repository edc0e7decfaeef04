package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Retrieve returns the charge as a GET is to show it, and what goes wrong with the call, or nil. Errors as those of
// [Account.Charge].
func (a *Account) Retrieve(id string) (Charge, *scenarios.Fault, error) {
	a.mu.Lock()
	c, ok := a.charges[id]
	if !ok {
		defer a.mu.Unlock()
		return Charge{}, nil, &NoChargeError{Evicted: a.evicted}
	}
	c.Retrieved++
	if c.progress == nil {
		defer a.mu.Unlock()
		return *c, nil, nil
	}
	defer a.unlock()
	f := a.faultLocked(c, scenarios.GetCharge)
	if f != nil && f.Fault != nil && f.Fault.Word == scenarios.Stale {
		return *c.progress.before, f, nil
	}
	return *c, f, nil
}

// faultLocked counts a call of the operation, and returns the first fault for this call, or nil. For stale faults only the calls count
// that could show more than the charge as it was.
func (a *Account) faultLocked(c *Charge, on scenarios.Operation) *scenarios.Fault {
	faults := c.Script.Faults(on)
	if len(faults) == 0 {
		return nil
	}
	p := c.progress
	if p.calls == nil {
		p.calls = map[scenarios.Operation]int{}
	}
	p.calls[on]++
	if p.before != nil {
		p.staleCalls++
	}
	for _, f := range faults {
		call := p.calls[on]
		if f.Fault != nil && f.Fault.Word == scenarios.Stale {
			if call = p.staleCalls; p.before == nil { // there is nothing to hide yet
				continue
			}
		}
		if f.Covers(call) && !c.hasCome(f.Before, a.nowLocked()) {
			a.record(Entry{Event: tap.EventFault, Object: c.object(), Detail: fmt.Sprintf("%s, call %d: %s", on, call, f)})
			return f
		}
	}
	return nil
}

// ListFault is what goes wrong with a call that lists charges, by the default scenario of the account or the server.
func (a *Account) ListFault() *scenarios.Fault {
	if !a.scripted.Load() && !a.gw.scripted.Load() {
		return nil
	}
	a.mu.Lock()
	defer a.unlock()
	script := a.fallback
	if script == nil {
		script = a.gw.fallback.Load()
	}
	if script == nil {
		return nil
	}
	faults := script.Faults(scenarios.ListCharges)
	if len(faults) == 0 {
		return nil
	}
	key := "list " + script.Name
	a.calls[key]++
	for _, f := range faults {
		if f.Covers(a.calls[key]) {
			a.record(Entry{Event: tap.EventFault, Detail: fmt.Sprintf("%s, call %d: %s", scenarios.ListCharges, a.calls[key], f)})
			return f
		}
	}
	return nil
}

// FaultyPages reports whether anything has ever been to go wrong with a page.
func (g *Gateway) FaultyPages() bool { return g.faultyPages.Load() }

// PageFault is what goes wrong with a request for the page with that token, or nil.
func (g *Gateway) PageFault(token string, on scenarios.Operation) (*scenarios.Fault, *Account, string) {
	e, ok := g.pages.find(token)
	if !ok {
		return nil, nil, ""
	}
	a := e.account
	a.mu.Lock()
	c := a.charges[e.charge]
	if c == nil || c.progress == nil {
		a.mu.Unlock()
		return nil, nil, ""
	}
	defer a.unlock()
	return a.faultLocked(c, on), a, c.ID
}

// bodyBound is how long moving the clock waits for an answer that was let go to be written, in real time.
const answerBound = 3 * time.Second

// delayedAnswer is an answer of the API that is not given yet.
type delayedAnswer struct {
	let  chan struct{} // closed when it may be given
	done chan struct{} // closed when it has been
}

// Gate keeps back an answer for as long as the fault says, on the account's clock, or until its gate is released. It returns a
// func that must be called once the answer has been written, and an error if ctx or the gateway ended before.
func (a *Account) DelayAnswer(ctx context.Context, charge string, f *scenarios.Fault) (written func(), err error) {
	if f.Delay == 0 && f.Gate == "" {
		return func() {}, nil
	}
	a.mu.Lock()
	ended := a.ctx
	a.answerCount++
	id, h := a.answerCount, &delayedAnswer{make(chan struct{}), make(chan struct{})}
	e := &Effect{Kind: Answer, Charge: charge, Due: a.nowLocked().Add(f.Delay.Time()), Answer: id, Gate: f.Gate}
	c := a.charges[charge]
	if f.Delay == 0 && !a.shutLocked(e) {
		a.unlock()
		return func() {}, nil
	}
	a.answers[id] = h
	a.record(Entry{Event: tap.EventAnswerDelayed, Object: chargeObject(charge), Detail: fmt.Sprintf("%s: %s", f.On, f)})
	if f.Delay > 0 {
		a.addLocked(c, e)
	} else { // it waits at its gate at once: on a frozen clock a delivery may be under way that waits for this very answer
		if c != nil {
			c.pending++
		}
		a.parkLocked(e)
	}
	a.unlock()
	select {
	case <-h.let:
		return func() { close(h.done) }, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-ended.Done():
		err = context.Cause(ended)
	}
	close(h.done)
	a.mu.Lock()
	defer a.unlock()
	delete(a.answers, id)
	if a.dropLocked(c, e) && c != nil {
		a.restIfIdleLocked(c)
	}
	return nil, err
}

// result lets an answer of the API go, and waits until it has been written.
func (a *Account) giveAnswer(e *Effect) {
	a.mu.Lock()
	h := a.answers[e.Answer]
	delete(a.answers, e.Answer)
	a.mu.Unlock()
	if h != nil {
		close(h.let)
		wait, stop := context.WithTimeout(a.context(), answerBound)
		defer stop()
		select {
		case <-h.done:
		case <-wait.Done():
		}
	}
	a.mu.Lock()
	defer a.unlock()
	if c := a.charges[e.Charge]; c != nil {
		a.restLocked(c)
	}
}
