package gateway

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// sendBack sends the payer back to the merchant; the caller has kept the charge on the timeline, sendBack ends that. By default the payer
// waits for the first webhook attempt, because real shops read post.status on the payer's return, but at most for the setting return_wait
// of real time (Tap API 5.4, inferred). A scenario can allow the return earlier, later or never; while it does not, the error is a
// [*payment.WaitError]. If the payer disconnects meanwhile, ctx's error is returned and redirect.status stays PENDING.
func (p *Payer) sendBack(ctx context.Context, epoch uint64) (address string, err error) {
	timedOut := p.awaitReturn(ctx)
	p.account.update(func(t *tx) {
		c := p.find(t)
		if c == nil || t.epoch != epoch {
			err = payment.ErrNoPage
			return
		}
		defer t.timeline.Unkeep(c.lane)
		switch {
		case ctx.Err() != nil:
			t.note(c.Name(), c.settledBy, tap.EventReturnLost, "the payer disconnected before the return")
			err = ctx.Err()
		case !c.returnAllowed && (!c.Over() || !c.Script.PlainReturn):
			err = &payment.WaitError{Payment: c.Payment}
		default:
			if timedOut && !c.returnAllowed {
				t.allowReturn(c, t.noteTimeout(c))
			}
			address = t.returnPerson(c)
		}
	})
	return address, err
}

// returnPerson sends a person back, and returns the address.
func (t *tx) returnPerson(c *Payment) string {
	again := c.Redirect == payment.Succeeded // as after a double click
	c.Redirect = payment.Succeeded
	first := c.firstReturn()
	r := c.Script.Callbacks[first].Return
	if c.returnAdded == nil {
		if added := t.returnParameters(c, r); !slices.Equal(added, c.plainReturn()) {
			c.returnAdded = append([]string{}, added...)
		}
	}
	cause := t.note(c.Name(), c.returnAllowedBy, tap.EventReturned, "")
	if r.Copies > 1 && !again {
		t.schedule(c, effect{Due: t.now(), Args: action{kind: Return, script: c.Script, step: first, attempt: 2, cause: cause}})
	}
	t.reach(c, moment{event: scenarios.Returned}, cause)
	return tap.AddQuery(c.Request.RedirectURL, c.returned()...)
}

// returned is what was added to the merchant's address when the payer was sent back.
func (c *Payment) returned() []string {
	if c.returnAdded != nil {
		return c.returnAdded
	}
	return c.plainReturn()
}

func (c *Payment) plainReturn() []string { return []string{"tap_id=" + c.ID} }

// noteTimeout journals that the merchant has not responded to the webhook while the payer waited.
func (t *tx) noteTimeout(c *Payment) uint64 {
	cause := t.note(c.Name(), c.settledBy, tap.EventMerchantTimeout, "the merchant did not respond to the webhook within "+
		c.Settings.ReturnWait.String()+" while the payer's request was open; the payer is sent back")
	t.emit(c, c.Assume(payment.AssumesReturnWait, nil), cause)
	return cause
}

// awaitReturn waits until the return is allowed, and reports whether that took longer than return_wait. It returns at once if
// return_wait is 0 or the return can never happen, and on a frozen clock once no effect is running or due.
func (p *Payer) awaitReturn(ctx context.Context) (timedOut bool) {
	var bound time.Duration
	var allowed, idle <-chan struct{}
	p.account.update(func(t *tx) {
		c := p.find(t)
		if c == nil || c.returnAllowed || c.neverReturns() || c.Script.Bank.Delay.Forever && !c.Over() {
			return
		}
		bound, allowed = c.Settings.ReturnWait, t.returnSignal(c)
		if t.timeline.Clock.Frozen && !t.live.turn {
			idle = t.awaitIdle()
		}
	})
	if bound == 0 {
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

// returnSignal returns a channel that is closed once the charge's return is allowed.
func (t *tx) returnSignal(c *Payment) <-chan struct{} {
	s := t.live.returns[c.number]
	if s == nil {
		s = &signal{}
		if t.live.returns == nil {
			t.live.returns = map[uint64]*signal{}
		}
		t.live.returns[c.number] = s
	}
	return s.wait()
}

// allowReturn allows the return of the payer who waits at the page.
func (t *tx) allowReturn(c *Payment, cause uint64) {
	if !c.returnAllowed {
		c.returnAllowed, c.returnAllowedBy = true, cause
		t.wakeReturn(c.number)
	}
}

func (t *tx) wakeReturn(lane uint64) {
	if s := t.live.returns[lane]; s != nil {
		s.fire()
		delete(t.live.returns, lane)
	}
}

// bringBack runs a return step: it allows the return of a person, or opens the merchant's address as the browser of an automatic payer.
func (a *Account) bringBack(e effect) lastly {
	var address, described string
	var copies int
	var timeout time.Duration
	r := e.Args.script.Callbacks[e.Args.step].Return
	a.onPayment(e, func(t *tx, c *Payment) {
		first := e.Args.script == c.Script && e.Args.step == c.firstReturn() && e.Args.attempt == 1
		if first && !c.automatic {
			t.allowReturn(c, e.Args.cause)
			return
		}
		if c.Abandoned || first && c.returnAllowed {
			return
		}
		added := t.returnParameters(c, r)
		copies, timeout = max(1, r.Copies)-(e.Args.attempt-1), c.Settings.WebhookTimeout
		address, described = tap.AddQuery(c.Request.RedirectURL, added...), describeReturn(c, added)
		c.returnAllowed, c.Redirect = true, payment.Succeeded
		t.timeline.Args(e.Ref()).out = true
	})
	if copies == 0 {
		return nil
	}
	attempts := a.visit(address, copies, r.IsConcurrent(), timeout)
	return ofPayment(func(t *tx, c *Payment) { t.broughtBack(c, e, described, attempts) })
}

// broughtBack records the result of a return that the mock made to an address, as it is described.
func (t *tx) broughtBack(c *Payment, e effect, address string, attempts []Attempt) {
	t.timeline.Args(e.Ref()).out = false
	var cause uint64
	for i := range attempts {
		cause = t.write(c.Name(), e.Args.cause, fact{payment.Said(tap.EventReturned, address), &call{attempts[i], nil, int16(i), int16(len(attempts)), false}})
	}
	t.reach(c, moment{event: scenarios.Returned}, cause)
}

// visit opens the address copies times, one after another or concurrently.
func (a *Account) visit(address string, copies int, concurrent bool, timeout time.Duration) []Attempt {
	attempts := make([]Attempt, copies)
	open := func(i int) {
		attempts[i] = a.call(timeout, 1, func(ctx context.Context, relay bool) []Attempt {
			if relay {
				return a.relay(ctx, &RelayTask{Visit: address, Copies: 1})
			}
			return []Attempt{a.gw.cfg.Visit(ctx, address)}
		})[0]
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

// returnParameters returns what is added to the merchant's address: tap_id, and under the setting return_data 32 upper-case hex
// digits of unknown meaning (Tap API 6, observed). A scenario can add parameters, or name another charge.
func (t *tx) returnParameters(c *Payment, r *scenarios.Return) []string {
	var more []string
	if draw := c.Rand(); c.Settings.ReturnData {
		more = append(more, fmt.Sprintf("data=%016X%016X", draw.Uint64(), draw.Uint64()))
	}
	for _, key := range slices.Sorted(maps.Keys(r.Query)) {
		more = append(more, url.QueryEscape(key)+"="+url.QueryEscape(r.Query[key]))
	}
	id := c.ID
	switch r.TapID {
	case scenarios.NoCharge:
		return more
	case scenarios.UnknownCharge:
		id = tap.ID("chg", c.Settings.ChargeStyle, c.Created, c.Rand())
	case scenarios.AnotherCharge:
		id = t.another(c)
	}
	return append([]string{"tap_id=" + id}, more...)
}

// describeReturn returns the merchant's address with the parameters that the mock has added. The merchant's own query may be secret; it
// is an ellipsis.
func describeReturn(c *Payment, added []string) string {
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

// another returns the id of another charge of the account: the latest captured one, or else the latest, or else an unknown id.
func (t *tx) another(c *Payment) string {
	var best *Payment
	for other := range t.payments.all() {
		if other == c || other.Kind() != tap.KindCharge {
			continue
		}
		paid := other.Status == tap.Captured
		if best == nil || paid != (best.Status == tap.Captured) && paid || paid == (best.Status == tap.Captured) && other.Ordinal > best.Ordinal {
			best = other
		}
	}
	if best == nil {
		return tap.ID("chg", c.Settings.ChargeStyle, c.Created, c.Rand())
	}
	return best.ID
}

func (c *Payment) neverReturns() bool { return c.firstReturn() < 0 }

// firstReturn returns the index of the script's first return step, -1 if the payer never returns.
func (c *Payment) firstReturn() int {
	for i, step := range c.Script.Callbacks {
		if step.Return != nil && !step.Return.Never {
			return i
		}
	}
	return -1
}
