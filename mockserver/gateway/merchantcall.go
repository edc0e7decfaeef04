package gateway

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// call is one call to the merchant and its result, as the journal keeps it.
type call struct {
	Attempt
	sent   *Sent // nil: a return
	copy   int16 // number of the copy, from 0
	copies int16
	resent bool // on request of the control API
}

// describe returns the result of a call in one line. It contains no real time, so that it is the same in every run. address is that of a
// return.
func (c *call) describe(address string) string {
	if c.sent != nil && c.resent {
		return "sent again on request: " + c.sent.describe(&c.Attempt, 0, 1)
	}
	if c.sent != nil {
		return c.sent.describe(&c.Attempt, int(c.copy), int(c.copies))
	}
	text := "to " + address + ": " + c.Attempt.String()
	if c.copies > 1 {
		text = fmt.Sprintf("copy %d of %d %s", c.copy+1, c.copies, text)
	}
	return text
}

// call makes a call to the merchant, once a slot is free, within a time. make gets to know whether a relay makes the call.
func (a *Account) call(timeout time.Duration, copies int, make func(ctx context.Context, relay bool) []Attempt) []Attempt {
	var ctx context.Context
	var relay bool
	a.update(func(t *tx) { ctx, relay = t.live.ctx, t.settings.Delivery == "relay" })
	for _, slots := range []chan struct{}{a.live.slots, a.gw.slots} {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			return slices.Repeat([]Attempt{{Failure: "cancelled"}}, copies)
		}
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return make(bounded, relay)
}
