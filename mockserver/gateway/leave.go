package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// leave sends the payer back to the merchant; that he is on his way counts as pending of the charge and is over then. He
// waits for the first webhook attempt, because real shops read post.status on the payer's return, but no longer than the
// setting hold_bound of real time (Tap API 5.4, inferred). If he is gone meanwhile, ctx's error is returned and
// redirect.status stays PENDING.
func (p *Payer) leave(ctx context.Context, c *Charge) (string, error) {
	bound := c.Settings.HoldBound
	silent := hold(ctx, c.told, bound)
	a := p.account
	a.mu.Lock()
	defer a.unlock()
	defer a.restLocked(c)
	if ctx.Err() != nil {
		a.record(Entry{Event: PayerLost, Charge: c.ID, Cause: c.settledBy, Detail: "the payer was gone before being sent back"})
		return "", ctx.Err()
	}
	cause := c.settledBy
	if silent {
		cause = a.record(Entry{Event: MerchantSilent, Charge: c.ID, Cause: c.settledBy, Detail: "the webhook had no answer within " +
			bound.String() + ", while the payer's request was open; the payer goes on"})
	}
	c.Redirect = tap.DeliverySuccess
	a.record(Entry{Event: PayerReturned, Charge: c.ID, Cause: cause, Detail: "to " + describeURL(c.Request.RedirectURL)})
	return c.returnURL(), nil
}

// hold waits until told is closed, and reports whether that took longer than the bound. Without a webhook, or without a
// bound, nothing is awaited.
func hold(ctx context.Context, told <-chan struct{}, bound time.Duration) (silent bool) {
	if told == nil || bound == 0 {
		return false
	}
	wait, stop := context.WithTimeout(ctx, bound)
	defer stop()
	select {
	case <-told:
		return false
	case <-wait.Done():
		return ctx.Err() == nil
	}
}

// returnURL is the merchant's address with tap_id, and under the setting redirect_data with 32 upper-case hex digits whose
// meaning is unknown (Tap API 6, observed).
func (c *Charge) returnURL() string {
	if !c.Settings.RedirectData {
		return tap.ReturnURL(c.Request.RedirectURL, c.ID)
	}
	data := fmt.Sprintf("%016X%016X", c.draw.Uint64(), c.draw.Uint64())
	return tap.ReturnURL(c.Request.RedirectURL, c.ID, "data="+data)
}

// ReturnURL is where a payer who stands before an ended payment may go back to.
func (c *Charge) ReturnURL() string { return tap.ReturnURL(c.Request.RedirectURL, c.ID) }
