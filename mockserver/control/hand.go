package control

import (
	"context"
	"net/url"
)

// HoldEffect holds a scheduled effect back until it is released or run, also when it is due. id is that of an [Effect].
func (c *Client) HoldEffect(ctx context.Context, id string) error {
	return c.call(ctx, "POST", "/timeline/"+url.PathEscape(id)+"/hold", nil, nil)
}

// ReleaseEffect lets an effect that was held back, or that waits at a gate, run when it is due, or now if that has passed.
func (c *Client) ReleaseEffect(ctx context.Context, id string) error {
	return c.call(ctx, "POST", "/timeline/"+url.PathEscape(id)+"/release", nil, nil)
}

// RunEffect runs a scheduled effect now, past its gate, also on a frozen clock. The clock does not move.
func (c *Client) RunEffect(ctx context.Context, id string) error {
	return c.call(ctx, "POST", "/timeline/"+url.PathEscape(id)+"/run", nil, nil)
}

// EndCharge ends an open charge at once with an outcome, as the panel of the payment page does: captured, no-funds, wrong-pin, host-timeout,
// cancelled, expired, closed, webhook-never, webhook-twice, webhook-late or captured-later.
func (c *Client) EndCharge(ctx context.Context, id, outcome string) (Charge, error) {
	return get[Charge](ctx, c, "POST", "/charges/"+url.PathEscape(id)+"/end", end{outcome})
}
