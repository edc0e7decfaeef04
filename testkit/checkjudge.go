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

// look asks how the order stands, and judges what must never be.
func (p *performance) look() {
	p.charges = p.chargesNow()
	p.captured = p.captured || p.count() > 0
	s := p.state()
	if (s.Paid || s.Fulfilled > 0) && !p.captured {
		p.find(p.unpaid(), fmt.Sprintf("%s, while the charge is %s", s, p.statuses()))
	}
	if s.Fulfilled > 1 {
		p.find(FulfilledTwice, s.String())
	}
}

// unpaid is what it is called in this story if an order is paid without a capture.
func (p *performance) unpaid() Code {
	if p.story.Return && (!p.returned || p.has(PaidWithoutCapture)) {
		return PaidWithoutCapture
	}
	return cmp.Or(p.story.Unpaid, PaidWithoutCapture)
}

// statuses are those of the story's charges.
func (p *performance) statuses() string {
	var all []string
	for _, c := range p.charges {
		all = append(all, string(c.Status))
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, " and ")
}

// String is the state in words.
func (s State) String() string {
	text := "unpaid"
	if s.Paid {
		text = "paid"
	}
	text += fmt.Sprintf(", fulfilled %d times", s.Fulfilled)
	if s.Refunded {
		text += ", refunded"
	}
	return text
}

func (p *performance) state() State {
	s, err := p.check.merchant.State(p.mock.tb.Context(), p.order.ID)
	if err != nil {
		p.find(StateUnknown, "State returned "+err.Error())
	}
	return s
}

func (p *performance) isPaid() bool { s := p.state(); return s.Paid || s.Fulfilled > 0 }

// isResolved reports whether a captured payment has led to something.
func (s State) isResolved() bool { return s.Refunded || s.Paid && s.Fulfilled > 0 }

// awaitPaid gives a merchant who works after his answer time to do so, asking again at each event of the mock and in between.
func (p *performance) awaitPaid() State {
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

// judgePayment judges a captured payment: it must have led to something.
func (p *performance) judgePayment(after string) {
	code := cmp.Or(p.story.Lost, LosesPayment)
	if p.count() == 0 || p.has(code, RefusesGenuineWebhook, NoPaymentLink, StateUnknown) {
		return
	}
	if s := p.awaitPaid(); !s.isResolved() {
		p.find(code, fmt.Sprintf("%s, while the charge is %s%s", s, p.statuses(), after))
	}
}

// judgeCharges judges what the merchant has created.
func (p *performance) judgeCharges(page string, err error) {
	all := p.charges
	n := p.count()
	switch {
	case err != nil:
		p.find(NoPaymentLink, fmt.Sprintf("Checkout returned %q", err))
	case page == "" && n == 0:
		p.find(NoPaymentLink, "Checkout returned no address")
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
			p.find(WrongDecimals, fmt.Sprintf("the charge is over %s %s", c.Amount, c.Currency))
		}
	}
}

// judgeWebhooks judges how the merchant has answered.
func (p *performance) judgeWebhooks() {
	for _, c := range p.charges {
		genuine, taken := 0, 0
		for _, w := range p.mock.Webhooks(c.ID) {
			if took := w.Response.Took; took > p.check.acknowledge || w.Response.Fault == "timeout" {
				p.find(SlowAcknowledge, fmt.Sprintf("it let a webhook wait for more than %s", p.check.acknowledge))
			}
			if w.Genuine() {
				genuine++
			}
			if w.Genuine() && w.Response.OK() {
				taken++
			}
		}
		if genuine > 0 && taken == 0 && !p.story.Deaf {
			p.find(RefusesGenuineWebhook, fmt.Sprintf("it took none of %d genuine webhooks", genuine))
		}
	}
}

func (p *performance) has(codes ...Code) bool {
	return slices.ContainsFunc(p.found, func(f Finding) bool { return slices.Contains(codes, f.Code) })
}

// find notes a finding, each code once.
func (p *performance) find(code Code, did string) {
	if !p.has(code) {
		p.found = append(p.found, Finding{Reason: reasonOf(code), Story: p.story.Name, Order: p.order, Did: did})
	}
}

// findings adds to the findings what happened, as the mock saw it.
func (p *performance) findings() []Finding {
	if len(p.found) == 0 {
		return nil
	}
	var sent strings.Builder
	for _, c := range p.charges {
		sent.WriteString(p.mock.Trace(c.ID))
	}
	description := p.check.description(p.mock, p.story.Name)
	for i := range p.found {
		p.found[i].Sent, p.found[i].Description = sent.String(), description
	}
	return p.found
}

// at is what the library says of the scenarios.
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
