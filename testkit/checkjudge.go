package testkit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// inspect reads the state of the order, and reports states that are wrong at any time.
func (p *playedStory) inspect() {
	p.charges = p.chargesNow()
	p.captured = p.captured || p.countCaptured() > 0
	s := p.state()
	if (s.Paid || s.Fulfilled > 0) && !p.captured {
		p.find(p.unpaid(), fmt.Sprintf("%s; charges: %s", s, p.statuses()))
	}
	if s.Fulfilled > 1 {
		p.find(FulfilledTwice, s.String())
	}
}

// unpaid is the code of an order that is paid without a capture.
func (p *playedStory) unpaid() Code {
	if p.story.Return && (!p.returned || p.has(PaidWithoutCapture)) {
		return PaidWithoutCapture
	}
	return cmp.Or(p.story.Unpaid, PaidWithoutCapture)
}

// statuses are the statuses of the story's charges, as text.
func (p *playedStory) statuses() string {
	var all []string
	for _, c := range p.charges {
		all = append(all, string(c.Status))
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, ", ")
}

// String is the state as text, such as "paid, fulfilled once".
func (s State) String() string {
	text := "unpaid"
	if s.Paid {
		text = "paid"
	}
	switch s.Fulfilled {
	case 0:
		text += ", not fulfilled"
	case 1:
		text += ", fulfilled once"
	default:
		text += fmt.Sprintf(", fulfilled %d times", s.Fulfilled)
	}
	if s.Refunded {
		text += ", refunded"
	}
	return text
}

func (p *playedStory) state() State {
	s, err := p.check.merchant.State(p.mock.tb.Context(), p.order.ID)
	if err != nil {
		p.find(StateUnknown, "State returned "+err.Error())
	}
	return s
}

func (p *playedStory) isPaid() bool { s := p.state(); return s.Paid || s.Fulfilled > 0 }

// isResolved reports whether a captured payment led to a fulfilled or refunded order.
func (s State) isResolved() bool { return s.Refunded || s.Paid && s.Fulfilled > 0 }

// awaitPaid waits until the order is resolved, for merchants that work after their response. It reads the state again after each journal
// entry, and also without one.
func (p *playedStory) awaitPaid() State {
	ctx, stop := context.WithTimeout(p.mock.tb.Context(), p.check.work)
	defer stop()
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		s := p.state()
		if s.isResolved() || ctx.Err() != nil || p.has(StateUnknown) {
			return s
		}
		account, err := p.mock.control.Account(ctx)
		if err == nil {
			_, _ = p.mock.control.Journal(ctx, control.JournalQuery{After: account.LastEntry, Limit: 1, Wait: wait})
		}
	}
}

// judgePayment reports a captured payment that led to neither a fulfilled nor a refunded order.
func (p *playedStory) judgePayment(note string) {
	code := cmp.Or(p.story.Lost, LosesPayment)
	if p.countCaptured() == 0 || p.has(code, RefusesGenuineWebhook, NoPaymentLink, StateUnknown) {
		return
	}
	if s := p.awaitPaid(); !s.isResolved() {
		p.find(code, fmt.Sprintf("%s; charges: %s%s", s, p.statuses(), note))
	}
}

// judgeCharges judges the charges that the merchant created.
func (p *playedStory) judgeCharges(page string, err error) {
	all := p.charges
	n := p.countCaptured()
	switch {
	case err != nil:
		p.find(NoPaymentLink, fmt.Sprintf("Checkout returned the error %q", err))
	case page == "" && n == 0:
		p.find(NoPaymentLink, "Checkout returned no URL")
	}
	if n > 1 {
		p.find(ChargesTwice, fmt.Sprintf("%d charges were captured", n))
	}
	if len(all) > 1 {
		p.find(CreatesTwice, fmt.Sprintf("%d charges were created: %s", len(all), p.statuses()))
	}
	want, _ := tap.ParseAmount(p.order.Amount)
	for _, c := range all {
		if got, err := tap.ParseAmount(c.Amount); err != nil || got != want || c.Currency != "KWD" {
			p.find(WrongDecimals, fmt.Sprintf("the amount of the charge is %s %s", c.Amount, c.Currency))
		}
	}
}

// judgeWebhooks judges the merchant's responses.
func (p *playedStory) judgeWebhooks() {
	for _, c := range p.charges {
		genuine, acknowledged := 0, 0
		for _, w := range p.mock.Webhooks(c.ID) {
			if took := w.Response.Took; took > p.check.acknowledge || w.Response.Fault == "timeout" {
				p.find(SlowAcknowledge, fmt.Sprintf("a webhook waited more than %s for the response", p.check.acknowledge))
			}
			if w.Genuine() {
				genuine++
			}
			if w.Genuine() && w.Response.OK() {
				acknowledged++
			}
		}
		if genuine > 0 && acknowledged == 0 && !p.story.MayRefuse {
			p.find(RefusesGenuineWebhook, fmt.Sprintf("none of %d genuine webhooks got a 2xx response", genuine))
		}
	}
}

func (p *playedStory) has(codes ...Code) bool {
	return slices.ContainsFunc(p.found, func(f Finding) bool { return slices.Contains(codes, f.Code) })
}

// find adds a finding, each code once for the story.
func (p *playedStory) find(code Code, observed string) {
	if !p.has(code) {
		p.found = append(p.found, Finding{Reason: reasonOf(code), Story: p.story.Name, Order: p.order, Observed: observed})
	}
}

// findings returns the findings with their descriptions and traces.
func (p *playedStory) findings() []Finding {
	if len(p.found) == 0 {
		return nil
	}
	var traces strings.Builder
	for _, c := range p.charges {
		traces.WriteString(p.mock.Trace(c.ID))
	}
	description := p.check.description(p.mock, p.story.Name)
	for i := range p.found {
		p.found[i].Trace, p.found[i].Description = traces.String(), description
	}
	return p.found
}

// description joins the descriptions of scenarios of the library.
func (c *check) description(m *Mock, names string) string {
	if c.descriptions == nil {
		s, err := m.control.Scenarios(m.tb.Context())
		m.check(err)
		c.descriptions = map[string]string{}
		for _, info := range s.Library {
			c.descriptions[info.Name] = info.Description
		}
	}
	var all []string
	for name := range strings.SplitSeq(names, " + ") {
		all = append(all, c.descriptions[name])
	}
	return strings.Join(all, " ")
}
