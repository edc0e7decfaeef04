package verdict

import (
	"context"
	"slices"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// diagnose finds out why the merchant refuses genuine webhooks: it pays one more order and sends its webhook again with the signature of
// each known mistake. The one that is acknowledged names the cause.
func (c *check) diagnose(ctx context.Context, r *Result) error {
	i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Code == RefusesGenuineWebhook })
	if i < 0 {
		return nil
	}
	d, err := c.refusedWebhook(ctx)
	if err != nil || d == nil {
		return err
	}
	r.Findings[i].Cause, err = c.causeOf(ctx, d)
	return err
}

// refusedWebhook pays an order and returns its webhook, or nil if that was not refused.
func (c *check) refusedWebhook(ctx context.Context) (*control.Webhook, error) {
	s := &story{Name: "outcome/captured", Scenario: "outcome/captured + payer/pays-later"}
	p := &performance{check: c, story: s}
	if err := p.prepare(ctx); err != nil {
		return nil, err
	}
	p.order.Amount = amounts[0] // three decimals, all of which count
	_, _ = p.buy(ctx)
	if err := p.advance(ctx, rest); err != nil {
		return nil, err
	}
	charges, err := p.chargesNow(ctx)
	if err != nil || len(charges) == 0 {
		return nil, err
	}
	deliveries, err := c.Mock.Webhooks(ctx, charges[0].ID)
	if err != nil || len(deliveries) == 0 || deliveries[0].Attempts[0].Response.OK() {
		return nil, err
	}
	return &deliveries[0], nil
}

// causeOf is the mistake with whose signature the merchant acknowledges a webhook that it has refused.
func (c *check) causeOf(ctx context.Context, d *control.Webhook) (string, error) {
	last := d.Attempts[len(d.Attempts)-1]
	switch {
	case last.Response.Status == 0:
		return "the merchant could not be reached at " + d.URL, nil
	case last.Response.Status >= 500:
		return "the merchant's webhook handler failed", nil
	}
	x, err := tap.Explain(c.Key, []byte(last.Body))
	if err != nil {
		return "", err
	}
	for _, m := range x.Mistakes() {
		again, err := c.Mock.ResendWebhookSigned(ctx, d.ID, m.Signature)
		if err != nil {
			return "", err
		}
		if again.Attempts[0].Response.OK() {
			return "the merchant computes the signature with this mistake: " + m.Cause, nil
		}
	}
	return "the merchant uses another key or algorithm, because no known mistake explains it: compare its signature with that of tapmock hash", nil
}
