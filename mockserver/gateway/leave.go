package gateway

import (
	"context"
	"fmt"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// leave sends the payer back to the merchant. It waits for the first webhook attempt, because real shops read post.status
// on the payer's return, but no longer than the setting hold_bound of real time (Tap API 5.4, inferred). If the payer is
// gone meanwhile, ctx's error is returned and redirect.status stays PENDING.
func (p *Payer) leave(ctx context.Context) (string, error) {
	a := p.account
	a.mu.Lock()
	c, ok := a.charges[p.charge]
	if !ok {
		a.mu.Unlock()
		return "", ErrNoPage
	}
	c.pending++
	told, bound := c.told, c.Settings.HoldBound
	a.mu.Unlock()

	silent := false
	if told != nil {
		wait, stop := context.WithTimeout(ctx, bound)
		defer stop()
		select {
		case <-told:
		case <-wait.Done():
			silent = ctx.Err() == nil
		}
	}

	a.mu.Lock()
	defer a.unlock()
	defer a.restLocked(c)
	if ctx.Err() != nil {
		a.record(Entry{Event: PayerLost, Charge: c.ID, Cause: c.settledBy, Detail: "the payer was gone before being sent back"})
		return "", ctx.Err()
	}
	cause := c.settledBy
	if silent {
		cause = a.record(Entry{Event: MerchantSilent, Charge: c.ID, Cause: c.settledBy, Detail: "the merchant did not answer the webhook within " +
			bound.String() + " while the payer's request was open; the payer goes on"})
	}
	c.Redirect = tap.DeliverySuccess
	a.record(Entry{Event: PayerReturned, Charge: c.ID, Cause: cause, Detail: "to " + Mask(c.Request.RedirectURL)})
	return c.returnURL(), nil
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
