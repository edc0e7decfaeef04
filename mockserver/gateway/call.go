package gateway

import (
	"context"
	"slices"
	"time"
)

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
