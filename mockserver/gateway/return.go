package gateway

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// WaitError says that the payer has done their part and must wait: for the bank, or until the scenario allows the return.
type WaitError struct{ Charge Charge }

// Error says what the payer waits for.
func (e *WaitError) Error() string {
	if !e.Charge.over() {
		return "the bank has not decided yet"
	}
	return "the scenario does not allow the payer's return yet"
}

// sendBack sends the payer back to the merchant; the caller has counted the return as pending of the charge, sendBack ends that.
// By default the payer waits for the first webhook attempt, because real shops read post.status on the payer's return, but at
// most for the setting return_wait of real time (Tap API 5.4, inferred). A scenario can allow the return earlier, later or never;
// while it does not, the error is a [*WaitError]. If the payer disconnects meanwhile, ctx's error is returned and redirect.status
// stays PENDING.
func (p *Payer) sendBack(ctx context.Context, c *Charge) (string, error) {
	a := p.account
	timedOut := a.awaitReturn(ctx, c)
	a.mu.Lock()
	defer a.unlock()
	defer a.endPendingLocked(c)
	switch {
	case c.dropped:
		return "", ErrNoPage
	case ctx.Err() != nil:
		a.record(Entry{Event: tap.EventReturnLost, Object: c.object(), Cause: c.settledBy, Detail: "the payer disconnected before the return"})
		return "", ctx.Err()
	case !c.returnAllowed && (!c.over() || !c.Script.PlainReturn):
		return "", &WaitError{*c}
	case timedOut && !c.returnAllowed:
		a.merchantTimeoutLocked(c)
	}
	again := c.Redirect == tap.DeliverySuccess // as after a double click
	c.Redirect = tap.DeliverySuccess
	first := c.firstReturn()
	r := c.Script.Callbacks[first].Return
	if c.returnAdded == nil {
		c.returnAdded = a.returnParameters(c, r)
	}
	cause := a.record(Entry{Event: tap.EventReturned, Object: c.object(), Cause: c.returnAllowedBy, Detail: "to " + describeReturn(c, c.returnAdded)})
	if r.Copies > 1 && !again {
		a.addLocked(c, &Effect{Kind: Return, script: c.Script, Charge: c.ID, Due: a.nowLocked(), Step: first, Attempt: 2, Cause: cause})
	}
	a.reachLocked(c, scenarios.Returned, 0, cause)
	return tap.AddQuery(c.Request.RedirectURL, c.returnAdded...), nil
}

// merchantTimeoutLocked allows the return although the merchant has not responded to the webhook.
func (a *Account) merchantTimeoutLocked(c *Charge) { a.allowReturnLocked(c, a.noteTimeoutLocked(c)) }

func (a *Account) noteTimeoutLocked(c *Charge) uint64 {
	cause := a.record(Entry{Event: tap.EventMerchantTimeout, Object: c.object(), Cause: c.settledBy, Detail: "the merchant did not respond to the webhook within " +
		c.Settings.ReturnWait.String() + " while the payer's request was open; the payer is sent back"})
	a.assumeLocked(c, assumesReturnWait, cause)
	return cause
}

// awaitReturn waits until the return is allowed, and reports whether that took longer than return_wait. It returns at once if
// return_wait is 0 or the return can never happen, and on a frozen clock once no effect is running or due.
func (a *Account) awaitReturn(ctx context.Context, c *Charge) (timedOut bool) {
	a.mu.Lock()
	bound := c.Settings.ReturnWait
	allowed := c.returnSignalLocked()
	pointless := c.neverReturns() || c.Script.Bank.Delay.Forever && !c.over()
	var idle <-chan struct{}
	if a.clock.frozen && !a.advancing {
		idle = a.idleLocked()
	}
	a.mu.Unlock()
	if bound == 0 || pointless {
		return false
	}
	wait, stop := context.WithTimeout(ctx, bound)
	defer stop()
	select {
	case <-allowed:
	case <-idle:
	case <-wait.Done():
		return ctx.Err() == nil
	}
	return false
}

// returnSignalLocked returns a channel that is closed once the return is allowed.
func (c *Charge) returnSignalLocked() <-chan struct{} {
	if c.returnAllowedSignal == nil {
		c.returnAllowedSignal = make(chan struct{})
		if c.returnAllowed {
			close(c.returnAllowedSignal)
		}
	}
	return c.returnAllowedSignal
}

// allowReturnLocked allows the return of the payer who waits at the page.
func (a *Account) allowReturnLocked(c *Charge, cause uint64) {
	if c.returnAllowed {
		return
	}
	c.returnAllowed, c.returnAllowedBy = true, cause
	if c.returnAllowedSignal != nil {
		close(c.returnAllowedSignal)
	}
}

func (c *Charge) neverReturns() bool { return c.firstReturn() < 0 }

// firstReturn returns the index of the script's first return step, -1 if the payer never returns.
func (c *Charge) firstReturn() int {
	for i, step := range c.Script.Callbacks {
		if step.Return != nil && !step.Return.Never {
			return i
		}
	}
	return -1
}

// returnLocked runs at the moment of a return step: it allows the return of a person at the page; every other return is an effect.
func (a *Account) returnLocked(c *Charge, step int, cause uint64) {
	r := c.Script.Callbacks[step].Return
	switch {
	case r.Never || step == c.firstReturn() && c.returnAllowed:
	case c.Script.PlainReturn && c.Status == tap.Abandoned && c.automatic: // no payer is sent back (Tap API 5.4)
	case step == c.firstReturn() && !c.automatic && r.At.Plus == 0 && r.Gate == "":
		a.allowReturnLocked(c, cause)
	default:
		a.addLocked(c, &Effect{Kind: Return, script: c.Script, Charge: c.ID, Due: a.nowLocked().Add(r.At.Plus), Step: step, Attempt: 1, Gate: r.Gate, Cause: cause})
	}
}

// runReturn runs a return step: it allows the return of a person, or opens the merchant's address as the browser of an automatic
// payer.
func (a *Account) runReturn(e *Effect) {
	a.mu.Lock()
	c := a.charges[e.Charge]
	defer func() {
		a.mu.Lock()
		defer a.unlock()
		a.endPendingLocked(c)
	}()
	first := e.script == c.Script && e.Step == c.firstReturn() && e.Attempt == 1
	if first && !c.automatic {
		a.allowReturnLocked(c, e.Cause)
		a.unlock()
		return
	}
	if c.abandoned || first && c.returnAllowed {
		a.unlock()
		return
	}
	r := e.script.Callbacks[e.Step].Return
	added, copies := a.returnParameters(c, r), max(1, r.Copies)-(e.Attempt-1)
	address := tap.AddQuery(c.Request.RedirectURL, added...)
	c.returnAllowed, c.Redirect = true, tap.DeliverySuccess
	a.inFlight = append(a.inFlight, e)
	timeout := c.Settings.WebhookTimeout
	a.unlock()
	a.returned(e, c, describeReturn(c, added), a.visit(address, copies, r.IsConcurrent(), timeout))
}

// visit opens the address copies times, one after another or concurrently.
func (a *Account) visit(address string, copies int, concurrent bool, timeout time.Duration) []Attempt {
	attempts := make([]Attempt, copies)
	open := func(i int) {
		free, ok := a.takeSlot()
		if !ok {
			attempts[i] = Attempt{Failure: "cancelled"}
			return
		}
		defer free()
		ctx, cancel := context.WithTimeout(a.context(), timeout)
		defer cancel()
		if a.usesRelay() {
			attempts[i] = a.relay(ctx, &RelayTask{Visit: address, Copies: 1})[0]
			return
		}
		attempts[i] = a.gw.cfg.Visit(ctx, address)
	}
	if !concurrent {
		for i := range attempts {
			open(i)
		}
		return attempts
	}
	done := make(chan struct{})
	for i := range attempts {
		a.gw.work.Go(func() { open(i); done <- struct{}{} })
	}
	for range attempts {
		<-done
	}
	return attempts
}

// returned records the result of a return that the mock made to an address, as it is described.
func (a *Account) returned(e *Effect, c *Charge, address string, attempts []Attempt) {
	a.mu.Lock()
	defer a.unlock()
	a.landedLocked(e)
	var cause uint64
	for i := range attempts {
		detail := "to " + address + ": " + attempts[i].String()
		if len(attempts) > 1 {
			detail = fmt.Sprintf("copy %d of %d %s", i+1, len(attempts), detail)
		}
		cause = a.record(Entry{Event: tap.EventReturned, Object: c.object(), Cause: e.Cause, Detail: detail, Attempt: &attempts[i]})
	}
	a.reachLocked(c, scenarios.Returned, 0, cause)
}

// returnParameters returns what is added to the merchant's address: tap_id, and under the setting return_data 32 upper-case hex
// digits of unknown meaning (Tap API 6, observed). A scenario can add parameters, or name another charge.
func (a *Account) returnParameters(c *Charge, r *scenarios.Return) []string {
	var more []string
	if c.Settings.ReturnData {
		more = append(more, fmt.Sprintf("data=%016X%016X", c.draw.Uint64(), c.draw.Uint64()))
	}
	for _, key := range slices.Sorted(maps.Keys(r.Query)) {
		more = append(more, url.QueryEscape(key)+"="+url.QueryEscape(r.Query[key]))
	}
	id := c.ID
	switch r.TapID {
	case scenarios.NoCharge:
		return more
	case scenarios.UnknownCharge:
		id = tap.ID("chg", c.Settings.ChargeStyle, c.Created, c.draw)
	case scenarios.AnotherCharge:
		id = a.anotherLocked(c)
	}
	return append([]string{"tap_id=" + id}, more...)
}

// describeReturn returns the merchant's address with the parameters that the mock has added. The merchant's own query may be secret; it
// is an ellipsis.
func describeReturn(c *Charge, added []string) string {
	own, _, _ := strings.Cut(c.Request.RedirectURL, "#")
	if strings.Contains(own, "?") {
		added = append([]string{"…"}, added...)
	}
	text := describeURL(tap.AddQuery(c.Request.RedirectURL))
	if len(added) > 0 {
		text += "?" + tap.MaskClip(strings.Join(added, "&"), longestPath)
	}
	return text
}

// anotherLocked returns the id of another charge of the account: the latest captured one, or else the latest, or else an unknown
// id.
func (a *Account) anotherLocked(c *Charge) string {
	var best *Charge
	for _, other := range a.charges {
		if other == c {
			continue
		}
		paid := other.Status == tap.Captured
		if best == nil || paid != (best.Status == tap.Captured) && paid || paid == (best.Status == tap.Captured) && other.Ordinal > best.Ordinal {
			best = other
		}
	}
	if best == nil {
		return tap.ID("chg", c.Settings.ChargeStyle, c.Created, c.draw)
	}
	return best.ID
}

// ReturnURL returns the address to which the page of an ended payment links.
func (c *Charge) ReturnURL() string { return tap.ReturnURL(c.Request.RedirectURL, c.ID) }
