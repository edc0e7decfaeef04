package verdict

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/tapmock/tapmock/mockserver/control"
)

// preflight pays one ordinary order before any story, and names the step that failed. What is wrong with the integration itself shows in the
// stories: it only makes sure that they can be judged.
func (c *check) preflight(ctx context.Context) error {
	p := &performance{check: c, story: &story{Name: "preflight", Scenario: "outcome/captured", Payer: person}}
	if err := p.prepare(ctx); err != nil {
		return err
	}
	page, err := p.checkout(ctx)
	if err != nil {
		return broken(err, "the checkout of an ordinary order", "an address to pay at")
	}
	if err := p.isOurs(ctx, page); err != nil {
		return err
	}
	if err := p.pay(ctx, page); err != nil {
		return broken(err, "the payment page at "+page, "the mock's page and its return to the shop")
	}
	if err := p.advance(ctx, thinking); err != nil {
		return err
	}
	if err := p.arrived(ctx); err != nil {
		return err
	}
	if _, err = c.Merchant.State(ctx, p.order.ID); err != nil {
		return broken(err, "the state of order "+p.order.ID, "the state of an order that was just paid")
	}
	return nil
}

// broken is an error as a [BrokenError], unless it is one already or the check was interrupted.
func broken(err error, step, wanted string) error {
	if _, ok := errors.AsType[*BrokenError](err); ok || errors.Is(err, context.Canceled) {
		return err
	}
	return &BrokenError{Step: step, Came: shortLine(err.Error()), Wanted: wanted}
}

// isOurs makes sure that the payment page is the mock's, and that the charge is in the account of the check.
func (p *performance) isOurs(ctx context.Context, page string) (err error) {
	if p.charges, err = p.chargesNow(ctx); err != nil {
		return err
	}
	base := p.check.Mock.BaseURL()
	if len(p.charges) == 0 {
		came := "no address to pay at"
		if page != "" {
			came = "the shop sends the payer to " + page
		}
		return &BrokenError{Step: "the charge of the checkout", Came: came + ", but no charge was created in the account of the key",
			Wanted: fmt.Sprintf("a shop that creates charges at %s/v2 with this check's secret key (-key)", base)}
	}
	if at, err := url.Parse(page); err != nil || at.Host == "" {
		return &BrokenError{Step: "the address of the payment page", Came: fmt.Sprintf("%q", page), Wanted: "transaction.url of the charge, " + p.charges[0].PageURL}
	}
	return nil
}

// arrived makes sure that webhooks reach the shop, if its charges ask for them.
func (p *performance) arrived(ctx context.Context) error {
	charges, err := p.chargesNow(ctx)
	if err != nil {
		return err
	}
	for _, charge := range charges {
		deliveries, err := p.check.Mock.Webhooks(ctx, charge.ID)
		if err != nil {
			return err
		}
		for _, d := range deliveries {
			if last := d.Attempts[len(d.Attempts)-1].Response; !wasReached(&last) {
				came := "it did not arrive: " + last.Failure
				if last.Remedy != "" {
					came += " (" + last.Remedy + ")"
				}
				return &BrokenError{Step: "the webhook to " + d.URL, Came: came, Wanted: "a post.url that the mock can reach"}
			}
		}
	}
	return nil
}

// wasReached reports whether the merchant got a webhook, whatever it said to it. Too late an answer, or none, is a finding of the stories.
func wasReached(r *control.Response) bool {
	return r.Status != 0 || r.Failure == "timeout" || r.Failure == "cut off"
}
