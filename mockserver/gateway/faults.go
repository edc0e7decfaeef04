package gateway

import (
	"context"
	"fmt"
	"time"

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
	if c.play == nil {
		defer a.mu.Unlock()
		return *c, nil, nil
	}
	defer a.unlock()
	f := a.faultLocked(c, scenarios.RetrieveCharge)
	if f != nil && f.Fault != nil && f.Fault.Word == scenarios.Stale {
		return *c.play.before, f, nil
	}
	return *c, f, nil
}

// faultLocked counts a call for each fault of the operation, and returns the first that is for this one.
func (a *Account) faultLocked(c *Charge, on scenarios.Operation) *scenarios.Fault {
	var first *scenarios.Fault
	for _, f := range c.Story.Faults(on) {
		if stale := f.Fault != nil && f.Fault.Word == scenarios.Stale; stale && c.play.before == nil {
			continue // there is nothing to hide yet
		}
		if c.play.calls == nil {
			c.play.calls = map[*scenarios.Fault]int{}
		}
		c.play.calls[f]++
		if first == nil && f.Covers(c.play.calls[f]) && !c.hasCome(f.Until, a.nowLocked()) {
			first = f
		}
	}
	if first != nil {
		a.record(Entry{Event: APIFault, Charge: c.ID, Detail: fmt.Sprintf("%s, call %d: %s", on, c.play.calls[first], first)})
	}
	return first
}

// ListFault is what goes wrong with a call that lists charges, by the default scenario of the account or the server.
func (a *Account) ListFault() *scenarios.Fault {
	if !a.scripted.Load() && !a.gw.scripted.Load() {
		return nil
	}
	a.mu.Lock()
	defer a.unlock()
	story := a.fallback
	if story == nil {
		story = a.gw.fallback.Load()
	}
	if story == nil {
		return nil
	}
	faults := story.Faults(scenarios.ListCharges)
	if len(faults) == 0 {
		return nil
	}
	key := "list " + story.Name
	a.calls[key]++
	for _, f := range faults {
		if f.Covers(a.calls[key]) {
			a.record(Entry{Event: APIFault, Detail: fmt.Sprintf("list_charges, call %d: %s", a.calls[key], f)})
			return f
		}
	}
	return nil
}

// FaultyPages reports whether anything has ever been to go wrong with a page.
func (g *Gateway) FaultyPages() bool { return g.faultyPages.Load() }

// PageFault is what goes wrong with a request for the page with that token, or nil.
func (g *Gateway) PageFault(token string) (*scenarios.Fault, *Account, string) {
	e, ok := g.pages.find(token)
	if !ok {
		return nil, nil, ""
	}
	a := e.account
	a.mu.Lock()
	c := a.charges[e.charge]
	if c == nil || c.play == nil {
		a.mu.Unlock()
		return nil, nil, ""
	}
	defer a.unlock()
	return a.faultLocked(c, scenarios.Page), a, c.ID
}

// answerBound is how long moving the clock waits for an answer that was let go to be written, in real time.
const answerBound = 3 * time.Second

// heldAnswer is an answer of the API that is not given yet.
type heldAnswer struct {
	let  chan struct{} // closed when it may be given
	done chan struct{} // closed when it has been
}

// Hold keeps back an answer for as long as the fault says, on the account's clock, or until its gate is released. It returns a
// func that must be called once the answer has been written, and an error if ctx or the gateway ended before.
func (a *Account) Hold(ctx context.Context, charge string, f *scenarios.Fault) (written func(), err error) {
	if f.Delay == 0 && f.Hold == "" {
		return func() {}, nil
	}
	a.mu.Lock()
	ended := a.ctx
	a.answered++
	id, h := a.answered, &heldAnswer{make(chan struct{}), make(chan struct{})}
	e := &Effect{Kind: Answer, Charge: charge, Due: a.nowLocked().Add(f.Delay.Time()), Answer: id, Gate: f.Hold}
	c := a.charges[charge]
	if f.Delay == 0 && !a.shutLocked(e) {
		a.unlock()
		return func() {}, nil
	}
	a.answers[id] = h
	a.record(Entry{Event: AnswerHeld, Charge: charge, Detail: fmt.Sprintf("%s: %s", f.On, f)})
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

// answer lets an answer of the API go, and waits until it has been written.
func (a *Account) answer(e *Effect) {
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
