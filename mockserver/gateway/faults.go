package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Retrieve returns the charge as a GET shows it, and the fault that is injected into the call, or nil. Errors: see
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
	switch {
	case f == nil || f.Fault == nil:
	case f.Fault.Word == scenarios.Stale:
		return *c.progress.before, f, nil
	case f.Fault.WrongValue() != "":
		return c.withWrongValue(f.Fault.WrongValue(), a.otherOrderLocked(c)), f, nil
	}
	return *c, f, nil
}

// faultLocked counts a call of the operation and returns the first fault for it, or nil. For stale faults only the calls after
// the charge's first change count: before it there is no earlier charge to show.
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
			if call = p.staleCalls; p.before == nil {
				continue
			}
		}
		if f.Covers(call) && !c.hasPassed(f.Before, a.nowLocked()) {
			a.record(Entry{Event: tap.EventFault, Object: c.object(), Detail: fmt.Sprintf("%s, call %d: %s", on, call, f)})
			return f
		}
	}
	return nil
}

// ListFault returns the fault that the default scenario of the account or the server injects into a call that lists charges, or
// nil.
func (a *Account) ListFault() *scenarios.Fault {
	if !a.scripted.Load() && !a.gw.scripted.Load() {
		return nil
	}
	a.mu.Lock()
	defer a.unlock()
	script, faults := a.listFaultsLocked()
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

// listFaultsLocked returns the default scenario in force, or nil, and its faults of lists.
func (a *Account) listFaultsLocked() (*scenarios.Script, []*scenarios.Fault) {
	script := a.defaultScript
	if script == nil {
		script = a.gw.defaultScript.Load()
	}
	if script == nil {
		return nil, nil
	}
	return script, script.Faults(scenarios.ListCharges)
}

// FaultyLists reports whether the default scenario in force has faults of lists.
func (a *Account) FaultyLists() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, faults := a.listFaultsLocked()
	return len(faults) > 0
}

// FaultyPages reports whether a charge has had a script with faults of its page.
func (g *Gateway) FaultyPages() bool { return g.faultyPages.Load() }

// PageFault returns the fault that is injected into a request for the page with a token, with the account and the id of its
// charge, or nil.
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

// answerWait is how long an effect waits at most for a delayed answer to be written, in real time.
const answerWait = 3 * time.Second

// delayedAnswer is an answer of the API that is delayed or waits at a gate.
type delayedAnswer struct {
	due     chan struct{} // closed when it may be written
	written chan struct{} // closed when it has been written
}

// DelayAnswer delays an answer of the API for as long as the fault says, on the account's clock, or until its gate is released. It
// returns a func that must be called once the answer has been written, and an error if ctx or the gateway ended before.
func (a *Account) DelayAnswer(ctx context.Context, charge string, f *scenarios.Fault) (written func(), err error) {
	if f.Delay == 0 && f.Gate == "" {
		return func() {}, nil
	}
	a.mu.Lock()
	ended := a.ctx
	a.answerCount++
	id, answer := a.answerCount, &delayedAnswer{make(chan struct{}), make(chan struct{})}
	e := &Effect{Kind: Answer, Charge: charge, Due: a.nowLocked().Add(f.Delay.Time()), Answer: id, Gate: f.Gate}
	c := a.charges[charge]
	if f.Delay == 0 && !a.closedGateLocked(e) {
		a.unlock()
		return func() {}, nil
	}
	a.answers[id] = answer
	a.record(Entry{Event: tap.EventAnswerDelayed, Object: chargeObject(charge), Detail: fmt.Sprintf("%s: %s", f.On, f)})
	if f.Delay > 0 {
		a.addLocked(c, e)
	} else { // to its gate at once: on a frozen clock the delivery under way may wait for this answer
		if c != nil {
			c.pending++
		}
		a.waitAtGateLocked(e)
	}
	a.unlock()
	select {
	case <-answer.due:
		return func() { close(answer.written) }, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-ended.Done():
		err = context.Cause(ended)
	}
	close(answer.written)
	a.mu.Lock()
	defer a.unlock()
	delete(a.answers, id)
	if a.dropLocked(c, e) && c != nil {
		a.listIfIdleLocked(c)
	}
	return nil, err
}

// giveAnswer allows a delayed answer of the API to be written, and waits until it is.
func (a *Account) giveAnswer(e *Effect) {
	a.mu.Lock()
	answer := a.answers[e.Answer]
	delete(a.answers, e.Answer)
	a.mu.Unlock()
	if answer != nil {
		close(answer.due)
		wait, stop := context.WithTimeout(a.context(), answerWait)
		defer stop()
		select {
		case <-answer.written:
		case <-wait.Done():
		}
	}
	a.mu.Lock()
	defer a.unlock()
	if c := a.charges[e.Charge]; c != nil {
		a.endPendingLocked(c)
	}
}
