package verdict

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Authorizer is a [Merchant] that can hold a payer's money first, through POST /v2/authorize, and take it later. Without it the stories of
// authorizations are not played.
type Authorizer interface {
	// Authorize is Checkout for an order whose money is only held. It asks for an auto of type VOID after 24 hours. [State].Paid is then true,
	// and the goods are handed over, only once the money is captured.
	Authorize(ctx context.Context, o Order) (payURL string, err error)
	// Capture takes an amount of the money that is held for an order, in KWD with three decimals. It is called again after an error.
	Capture(ctx context.Context, orderID, amount string) error
	// Void releases the money that is held for an order. It is called again after an error.
	Void(ctx context.Context, orderID string) error
}

// holding is the part of a story in which money is held: what the merchant is asked for after the payment.
type holding struct {
	ask  ask
	says string // what happens, for names that are not in the library
}

// ask is what a merchant is asked for.
type ask int

const (
	askNothing ask = iota // the auto releases the money
	askCapture
	askMore        // a capture of more than is held
	askVoid        // and then a capture
	askLateCapture // a capture after the auto has released the money
)

// authorizationStories are the stories of a merchant that authorizes.
var authorizationStories = []story{
	holdStory("captured", "", holding{ask: askCapture, says: "The money is held, and captured when the merchant asks for it."}),
	holdStory("too-much", "", holding{ask: askMore, says: "More is asked for than is held, which Tap refuses."}),
	holdStory("voided", "", holding{ask: askVoid, says: "The money is released, and a capture after that is refused."}),
	holdStory("void-posted", "authorization/void-posted", holding{ask: askVoid}),
	holdStory("void-lost", "authorization/void-lost", holding{ask: askVoid}),
	holdStory("void-delayed", "authorization/void-delayed", holding{ask: askVoid}),
	holdStory("auto", "", holding{ask: askLateCapture, says: "The money is released by the auto, and a capture after that is refused."}),
	holdStory("auto-not-posted", "authorization/auto-not-posted", holding{ask: askLateCapture}),
	holdStory("auto-failed", "authorization/auto-failed", holding{}),
	holdStory("declined", "authorization/declined", holding{}),
	holdStory("authorized-late", "authorization/authorized-late", holding{}),
	holdStory("create-lost", "authorization/create-lost", holding{ask: askCapture}),
}

// restOfHolding is the story of further authorizations of an order.
var restOfHolding = holdStory("rest", "", holding{})

func holdStory(name, scenario string, h holding) story {
	return story{Name: "authorization/" + name, Scenario: cmp.Or(scenario, "outcome/captured"), Holding: &h}
}

// hold plays a story of an authorization: the payer pays, the merchant is asked for what the story wants, and two days pass.
func (p *performance) hold(ctx context.Context) ([]Finding, error) {
	page, err := p.buy(ctx)
	if err := p.advance(ctx, thinking); err != nil {
		return nil, err
	}
	a, known, heldErr := p.held(ctx)
	switch {
	case heldErr != nil:
		return nil, heldErr
	case err != nil || page == "" || !known:
		p.find(NoPaymentLink, fmt.Sprintf("Authorize returned %q, %v", page, err))
		return p.holdFindings(ctx, a)
	}
	if err := p.inspectHeld(ctx, a); err != nil {
		return nil, err
	}
	if err := p.askHolder(ctx, a); err != nil {
		return nil, err
	}
	if err := p.advance(ctx, rest); err != nil {
		return nil, err
	}
	if a, _, err = p.held(ctx); err != nil {
		return nil, err
	}
	if err := p.inspectHeld(ctx, a); err != nil {
		return nil, err
	}
	return p.holdFindings(ctx, a)
}

// held is the authorization of the story's order.
func (p *performance) held(ctx context.Context) (a control.Authorization, known bool, err error) {
	all, err := p.check.Mock.Authorizations(ctx)
	for _, one := range all {
		if one.Order == p.order.ID {
			return one, true, err
		}
	}
	return a, false, err
}

// inspectHeld compares the order with what is captured: goods for money that is only held, or released, are lost.
func (p *performance) inspectHeld(ctx context.Context, a control.Authorization) error {
	s := p.awaitState(ctx, func(s State) bool { return s.taken() || len(a.Captures) == 0 })
	observed := fmt.Sprintf("the order is %s, while the authorization is %s and %s KWD of %s KWD are captured", s, a.Status, a.Captured, a.Amount)
	switch {
	case s.taken() && len(a.Captures) == 0 && a.Status == tap.Void:
		p.find(IgnoresVoid, observed)
	case s.taken() && len(a.Captures) == 0:
		p.find(DeliversOnAuthorized, observed)
	case s.Fulfilled > 1:
		p.find(FulfilledTwice, observed)
	case len(a.Captures) > 0 && !s.taken():
		p.find(LosesCapture, observed)
	}
	return nil
}

// awaitState gives a merchant that works after its response time to reach a state.
func (p *performance) awaitState(ctx context.Context, reached func(State) bool) State {
	for began := time.Now(); ; {
		s := p.state(ctx)
		if reached(s) || time.Since(began) > p.check.WorkWithin || p.has(StateUnknown) || ctx.Err() != nil {
			return s
		}
		if account, err := p.check.Mock.Account(ctx); err == nil {
			_, _ = p.check.Mock.Journal(ctx, control.JournalQuery{After: account.LastEntry, Limit: 1, Wait: 10 * time.Millisecond})
		}
	}
}

// askHolder asks the merchant for what the story wants.
func (p *performance) askHolder(ctx context.Context, a control.Authorization) error {
	m := p.check.Merchant.(Authorizer)
	capture := func(amount string) error { return m.Capture(ctx, p.order.ID, amount) }
	switch p.story.Holding.ask {
	case askCapture:
		p.wantsDone(tried(func() error { return capture(p.order.Amount) }), "Capture")
	case askMore:
		p.wantsRefused(ctx, CapturesMore, capture(tooMuch.of(p.order.Amount)), "Capture of more than is held")
	case askVoid:
		p.wantsDone(tried(func() error { return m.Void(ctx, p.order.ID) }), "Void")
		if err := p.idle(ctx); err != nil {
			return err
		}
		p.wantsRefused(ctx, CapturesAfterVoid, capture(p.order.Amount), "Capture after Void")
	case askLateCapture:
		if err := p.advance(ctx, 25*time.Hour); err != nil {
			return err
		}
		p.wantsRefused(ctx, IgnoresVoid, capture(p.order.Amount), "Capture after the auto")
	}
	return p.idle(ctx)
}

// tried calls a func again after an error.
func tried(f func() error) (err error) {
	for range tries {
		if err = f(); err == nil {
			return nil
		}
	}
	return err
}

func (p *performance) wantsDone(err error, what string) {
	if err != nil && what == "Capture" {
		p.find(LosesCapture, fmt.Sprintf("%s returned %v", what, err))
	}
}

// wantsRefused finds a merchant that takes what Tap refuses as done. What its order says is judged by inspectHeld.
func (p *performance) wantsRefused(ctx context.Context, code Code, err error, what string) {
	if err == nil {
		p.find(code, fmt.Sprintf("%s returned no error, and the order is %s", what, p.state(ctx)))
	}
}

// holdFindings completes what was found.
func (p *performance) holdFindings(ctx context.Context, a control.Authorization) ([]Finding, error) {
	p.found = withoutConsequences(p.found)
	if len(p.found) == 0 {
		return nil, nil
	}
	steps, err := p.steps(ctx)
	if err != nil {
		return nil, err
	}
	trace := ""
	if a.ID != "" {
		t, err := p.check.Mock.AuthorizationTrace(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		trace = t.Text
	}
	for i := range p.found {
		p.found[i].Trace, p.found[i].Description, p.found[i].Steps = trace, p.story.description(), steps
	}
	return p.found, nil
}
