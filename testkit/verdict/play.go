package verdict

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// performance is a story while it is played.
type performance struct {
	check    *check
	story    *story
	split    bool // the return waits at a gate, see story.withGate
	order    Order
	others   []Order          // that came before
	began    uint64           // seq of the journal's last entry before the story
	charges  []control.Charge // of the story, as they were when the order was last inspected
	captured bool
	returned bool         // the payer has come back, or never will
	atReturn bool         // the order is inspected for the first time after the return, which a gate held until then
	gets     int          // calls of GET before the return
	broken   *BrokenError // what ends the check
	waited   bool         // the merchant still waited for a slow answer after ClientTimeoutWithin
	found    []Finding
}

// errNoCharge says that the merchant talks to another mock, or to another account of it.
var errNoCharge = errors.New("the merchant's Checkout returned a payment page, but the account got no charge: the merchant must use the mock's address and the key of this account")

// thinking is how long an automatic payer takes before they pay, see payer/pays-later: merchants have stored their charge by then.
const thinking = 10 * time.Second

// rest is the time that is played after the payment: three days and three hours.
const rest = 75 * time.Hour

// play plays one story, from the order to the end of the third day, and returns its findings.
func (c *check) play(ctx context.Context, s *story, split bool) ([]Finding, error) {
	p := &performance{check: c, story: s, split: split && s.splits()}
	found, err := p.perform(ctx)
	if p.broken != nil {
		return nil, p.broken
	}
	return found, err
}

func (p *performance) perform(ctx context.Context) ([]Finding, error) {
	if err := p.prepare(ctx); err != nil {
		return nil, err
	}
	if p.story.Holding != nil {
		return p.hold(ctx)
	}
	open, err := p.openGates(ctx)
	if err != nil {
		return nil, err
	}
	page, buyErr := p.buy(ctx)
	err = errors.Join(p.pay(ctx, page), p.advance(ctx, thinking))
	open()
	if err != nil || p.broken != nil {
		return nil, err
	}
	if err := p.inspectAll(ctx); err != nil || p.broken != nil {
		return nil, err
	}
	if page != "" && len(p.charges) == 0 {
		return nil, errNoCharge
	}
	if err := p.judge(ctx, page, buyErr); err != nil {
		return nil, err
	}
	if p.story.Giving != nil {
		if err := p.giveBack(ctx); err != nil {
			return nil, err
		}
	}
	return p.findings(ctx)
}

// inspectAll inspects the order after the payment, after the return, and after three days.
func (p *performance) inspectAll(ctx context.Context) error {
	if err := p.inspect(ctx); err != nil {
		return err
	}
	if p.story.Forged && p.state(ctx).taken() {
		p.find(p.story.Unpaid, "it treated the order as paid after the forged webhook, before anything confirmed the payment")
	}
	if err := p.releaseReturn(ctx); err != nil {
		return err
	}
	if p.story.Return {
		var err error
		if p.gets, err = p.getCalls(ctx); err != nil {
			return err
		}
	}
	if err := p.advance(ctx, rest); err != nil {
		return err
	}
	p.returned = true
	if err := p.inspect(ctx); err != nil {
		return err
	}
	return p.releaseReturn(ctx)
}

// releaseReturn lets the payer return if they wait at the gate, and inspects the order again.
func (p *performance) releaseReturn(ctx context.Context) (err error) {
	if !p.split {
		return nil
	}
	if t, err := p.check.Mock.Timeline(ctx); err != nil || !waitsAt(t.Waiting, returnGate) {
		return err
	}
	if p.gets, err = p.getCalls(ctx); err != nil {
		return err
	}
	if _, err := p.check.Mock.Release(ctx, returnGate, ""); err != nil {
		return err
	}
	if err := p.idle(ctx); err != nil {
		return err
	}
	p.atReturn = true
	err = p.inspect(ctx)
	p.atReturn = false
	return err
}

// getCalls is how often the merchant has called GET for a charge since the story began.
func (p *performance) getCalls(ctx context.Context) (int, error) {
	entries, err := p.entries(ctx, tap.EventAPICall)
	n := 0
	for _, e := range entries {
		if e.Object != nil && e.Object.Kind == tap.KindCharge && strings.HasPrefix(e.Detail, "GET ") {
			n++
		}
	}
	return n, err
}

// entries are the journal's entries of an event since the story began, oldest first.
func (p *performance) entries(ctx context.Context, event tap.Event) ([]control.Entry, error) {
	j, err := p.check.Mock.Journal(ctx, control.JournalQuery{After: p.began, Oldest: true, Event: event, Limit: 10_000})
	return j.Entries, err
}

// prepare makes the orders that come before, and chooses the scenario.
func (p *performance) prepare(ctx context.Context) error {
	mock := p.check.Mock
	p.order = p.check.newOrder(p.story.amount())
	if err := errors.Join(mock.ClearQueue(ctx), mock.EndFaults(ctx)); err != nil { // the merchant may ask again for the charges of earlier stories
		return err
	}
	if p.story.Other != none {
		if err := p.prepareOther(ctx); err != nil {
			return err
		}
	}
	account, err := mock.Account(ctx)
	if err != nil {
		return err
	}
	p.began = account.LastEntry
	if p.story.Holding == nil {
		if err := mock.SetDefaultScenario(ctx, cmp.Or(p.story.Rest, p.story.Scenario)); err != nil {
			return err
		}
	}
	// From the queue the scenario comes before any match of the account, and its faults are counted whatever references the tries have.
	if p.split {
		return mock.NextYAML(ctx, p.story.withGate())
	}
	if err := mock.NextYAML(ctx, p.story.yaml()); err != nil || p.story.Holding == nil {
		return err
	}
	for range tries - 1 { // of further authorizations, if the merchant creates any
		if err := mock.NextYAML(ctx, restOfHolding.yaml()); err != nil {
			return err
		}
	}
	return nil
}

// prepareOther makes another order of the same amount, so that the two differ only in reference.order.
func (p *performance) prepareOther(ctx context.Context) error {
	scenario := map[other]string{paid: "payer/pays-later", open: "payer/never-opens"}[p.story.Other]
	if err := p.check.Mock.Next(ctx, scenario); err != nil {
		return err
	}
	mine := p.order
	p.order = p.check.newOrder(mine.Amount)
	p.others = append(p.others, p.order)
	_, _ = p.buy(ctx) // what is wrong with it shows in other stories
	p.order = mine
	return p.advance(ctx, thinking)
}

// tries is how often a payer presses the button.
const tries = 3

// buy checks out, and tries again after an error.
func (p *performance) buy(ctx context.Context) (page string, err error) {
	for range tries {
		if page, err = p.checkout(ctx); p.unbroken(err) == nil {
			return page, nil
		}
	}
	return "", err
}

func (p *performance) checkout(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, p.check.Patience)
	defer cancel()
	if p.story.Holding != nil {
		return p.check.Merchant.(Authorizer).Authorize(ctx, p.order)
	}
	return p.check.Merchant.Checkout(ctx, p.order)
}

// pay submits the forms of the page, if the story has a person.
func (p *performance) pay(ctx context.Context, page string) error {
	if p.story.Payer != person && p.story.Payer != slow {
		return nil
	}
	if at, err := url.Parse(page); err != nil || at.Host == "" {
		return nil // judged later
	}
	payer, err := control.OpenPage(ctx, p.check.http, p.check.Mock.BaseURL(), page)
	if err != nil {
		return err
	}
	if p.story.Payer == slow {
		if err := errors.Join(p.idle(ctx), p.inspect(ctx)); err != nil {
			return err
		}
	}
	if err := payer.Submit(ctx, control.GoodCard); err != nil || payer.Screen != "confirm" {
		return err
	}
	return payer.Confirm(ctx)
}

// idle waits until nothing of the account runs or is due.
func (p *performance) idle(ctx context.Context) error {
	_, err := p.check.Mock.AwaitIdle(ctx, min(p.check.Patience, time.Minute))
	return err
}

// advance moves the clock, and returns when every delivery has ended.
func (p *performance) advance(ctx context.Context, d time.Duration) error {
	if err := p.idle(ctx); err != nil {
		return err
	}
	_, err := p.check.Mock.Advance(ctx, d)
	if e, ok := errors.AsType[*control.Error](err); ok && e.Code == "busy" { // something began in between
		if err := p.idle(ctx); err != nil {
			return err
		}
		_, err = p.check.Mock.Advance(ctx, d)
	}
	return err
}
