package verdict

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Refunder is a [Merchant] that can give money back through POST /v2/refunds, as its staff would. Without it the stories of refunds are not
// played.
type Refunder interface {
	// Refund gives back an amount of an order, in KWD with three decimals. nil says that the refund has been asked for, not that it has
	// succeeded. After an error it is called again with the same order and amount, as by staff who try again. [State].Refunded is then
	// true once all of the order's money is known to be back.
	Refund(ctx context.Context, orderID, amount string) error
}

// giving is the part of a story in which money is given back.
type giving struct {
	scenario string // of the refund; "": it is REFUNDED after two seconds, with a webhook
	share    share
	unpaid   bool   // the order is not paid
	lost     Code   // finding if all is REFUNDED and the order does not know it; "" is LosesRefund
	says     string // what happens, for names that are not in the library
}

// share is how much of an order's amount is asked back.
type share int

const (
	whole   share = iota
	part          // so little that it fits twice
	tooMuch       // more than there is
)

// of is the share of an amount.
func (s share) of(amount string) string {
	a, _ := tap.ParseAmount(amount)
	switch s {
	case part:
		a = (a / 5 * 2).Rounded(3)
	case tooMuch:
		a++
	}
	return a.Text(3)
}

// refundStories are the stories of a merchant that refunds.
var refundStories = []story{
	refundStory("in-time", giving{says: "The refund is PENDING, and REFUNDED after two seconds, with a webhook."}),
	refundStory("at-once", giving{scenario: "refund/at-once"}),
	refundStory("part", giving{share: part, says: "A part of the amount is refunded."}),
	refundStory("create-lost", giving{scenario: "refund/create-lost", share: part}),
	refundStory("declined", giving{scenario: "refund/declined"}),
	refundStory("failed", giving{scenario: "refund/failed"}),
	refundStory("not-supported", giving{scenario: "refund/not-supported"}),
	refundStory("pending-forever", giving{scenario: "refund/pending-forever"}),
	refundStory("failed-then-refunded", giving{scenario: "refund/failed-then-refunded"}),
	refundStory("webhook-never", giving{scenario: "webhook/never", lost: NeedsRefundWebhook, says: "The refund is REFUNDED, and no webhook is sent."}),
	refundStory("too-much", giving{share: tooMuch, says: "More is asked back than was paid, which Tap refuses."}),
	refundStory("unpaid", giving{unpaid: true, says: "The money of an order that was never paid is asked back."}),
}

func refundStory(name string, g giving) story {
	s := story{Name: "refund/" + name, Payer: auto, Scenario: "outcome/captured + payer/pays-later", Giving: &g, Reconcile: g.lost != ""}
	if g.unpaid {
		s.Payer, s.Scenario = own, "payer/never-opens"
	}
	return s
}

// giveBack asks the merchant for a refund, lets three days pass, and judges what it says of it.
func (p *performance) giveBack(ctx context.Context) error {
	if len(p.charges) != 1 || p.story.Giving.unpaid == (p.count() == 1) || len(p.found) > 0 { // what is wrong before shows in other stories
		return nil
	}
	g := p.story.Giving
	asked := g.share.of(p.order.Amount)
	if err := p.nextRefund(ctx, g.scenario); err != nil {
		return err
	}
	before, err := p.refundCalls(ctx)
	if err != nil {
		return err
	}
	refused := p.askBack(ctx, asked)
	if err := p.idle(ctx); err != nil {
		return err
	}
	if err := p.judgePending(ctx); err != nil {
		return err
	}
	if err := p.advance(ctx, rest); err != nil {
		return err
	}
	if r, ok := ability[Reconciler](p.check.Merchant, "Reconcile"); ok {
		_ = p.unbroken(r.Reconcile(ctx)) // what it returns shows in other stories
	}
	calls, err := p.refundCalls(ctx)
	if err != nil {
		return err
	}
	if g.unpaid || g.share == tooMuch {
		return p.judgeRefused(ctx, asked, refused, calls-before)
	}
	return p.judgeRefund(ctx, asked, refused)
}

// nextRefund queues the scenario of the next refund.
func (p *performance) nextRefund(ctx context.Context, scenario string) error {
	if scenario == "" {
		return nil
	}
	return p.check.Mock.NextYAML(ctx, fmt.Sprintf("scenarios: [{name: check/refund, description: A refund of the check., extends: %s, object: refund}]", scenario))
}

// askBack asks for the refund, and again after an error.
func (p *performance) askBack(ctx context.Context, amount string) (err error) {
	r := p.check.Merchant.(Refunder)
	for range tries {
		if err = p.refund(ctx, r, amount); err == nil {
			return nil
		}
	}
	return err
}

func (p *performance) refund(ctx context.Context, r Refunder, amount string) error {
	ctx, cancel := context.WithTimeout(ctx, p.check.Patience)
	defer cancel()
	err := r.Refund(ctx, p.order.ID, amount)
	_ = p.unbroken(err)
	return err
}

// refundCalls is how often the merchant has called POST /v2/refunds since the story began.
func (p *performance) refundCalls(ctx context.Context) (n int, err error) {
	entries, err := p.entries(ctx, tap.EventAPICall)
	for _, e := range entries {
		if path, _, _ := strings.Cut(e.Detail, ":"); path == "POST /v2/refunds" || path == "POST /v2/refunds/" {
			n++
		}
	}
	return n, err
}

// refunds are the refunds of the story's charge.
func (p *performance) refunds(ctx context.Context) ([]control.Refund, error) {
	return p.check.Mock.Refunds(ctx, p.charges[0].ID)
}

// sums are what of the refunds is REFUNDED, and what may still be, in words too.
func sums(all []control.Refund) (done, held tap.Amount, said string) {
	for i, r := range all {
		a, _ := tap.ParseAmount(r.Amount)
		if r.Status == tap.Refunded {
			done += a
		}
		if r.Status.Holds() {
			held += a
		}
		if i > 0 {
			said += " and "
		}
		said += fmt.Sprintf("%s KWD %s", r.Amount, r.Status)
	}
	if said == "" {
		said = "none"
	}
	return done, held, said
}

// judgePending judges an order whose refund has just been asked for.
func (p *performance) judgePending(ctx context.Context) error {
	all, err := p.refunds(ctx)
	if err != nil {
		return err
	}
	if done, held, said := sums(all); done == 0 && held > 0 && p.state(ctx).Refunded {
		p.find(TakesPendingRefund, "the order is said to be refunded, while the refund is "+said)
	}
	return nil
}

// judgeRefused judges a refund that Tap refuses, or that the merchant should not even ask for.
func (p *performance) judgeRefused(ctx context.Context, asked string, refused error, calls int) error {
	s := p.state(ctx)
	switch {
	case refused == nil || s.Refunded:
		p.find(TakesRefusedRefund, fmt.Sprintf("Refund of %s KWD of an order over %s KWD, whose charge is %s, returned %v, and the order is %s", asked, p.order.Amount, p.statuses(), refused, s))
	case p.story.Giving.unpaid && calls > 0:
		p.find(RefundsUncaptured, fmt.Sprintf("POST /v2/refunds was called %d times, while the charge is %s", calls, p.statuses()))
	}
	return nil
}

// judgeRefund judges a refund that should be made, once it has ended.
func (p *performance) judgeRefund(ctx context.Context, asked string, refused error) error {
	all, err := p.refunds(ctx)
	if err != nil {
		return err
	}
	want, _ := tap.ParseAmount(asked)
	done, held, said := sums(all)
	s := p.awaitState(ctx, func(s State) bool { return s.Refunded || done == 0 || p.story.Giving.share != whole })
	observed := fmt.Sprintf("%s KWD of %s KWD were asked back; the refunds are: %s; the order is %s", asked, p.order.Amount, said, s)
	switch {
	case held > want:
		p.find(RefundsTwice, observed)
	case len(all) == 0:
		p.find(NoRefund, fmt.Sprintf("%s (Refund returned %v)", observed, refused))
	case p.story.Giving.share != whole:
	case s.Refunded && done == 0 && held == 0:
		p.find(TakesFailedRefund, observed)
	case s.Refunded && done == 0:
		p.find(TakesPendingRefund, observed)
	case !s.Refunded && done >= want:
		p.find(cmp.Or(p.story.Giving.lost, LosesRefund), observed)
	}
	return nil
}

// judgeClaim judges an order that is said to be refunded although the check has not asked for it, such as after a late capture.
func (p *performance) judgeClaim(ctx context.Context, s State) error {
	if !s.Refunded || p.story.Giving != nil || p.story.Mismatch {
		return nil
	}
	var held tap.Amount
	for _, c := range p.charges {
		all, err := p.check.Mock.Refunds(ctx, c.ID)
		if err != nil {
			return errors.Join(errors.New("the refunds cannot be read"), err)
		}
		_, one, _ := sums(all)
		held += one
	}
	observed := fmt.Sprintf("the order is %s, while the charge is %s", s, p.statuses())
	switch {
	case held == 0:
		p.find(ClaimsRefund, observed+", and no refund was made")
	case s.Fulfilled > 0:
		p.find(RefundsAndFulfils, observed)
	}
	return nil
}
