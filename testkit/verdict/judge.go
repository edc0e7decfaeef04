package verdict

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// inspect compares the state of the order with its charges, and finds what must never be.
func (p *performance) inspect(ctx context.Context) error {
	var err error
	if p.charges, err = p.chargesNow(ctx); err != nil {
		return err
	}
	p.captured = p.captured || p.count() > 0
	s := p.state(ctx)
	switch {
	case p.story.Mismatch:
		p.inspectMismatch(ctx, s)
	case s.taken() && !p.captured && !p.has(TrustsReturn): // the first cause is the one
		code, err := p.unpaid(ctx)
		if err != nil {
			return err
		}
		p.find(code, fmt.Sprintf("the order is %s, while the charge is %s", s, p.statuses()))
	}
	if s.Fulfilled > 1 {
		p.find(FulfilledTwice, "the order is "+s.String())
	}
	return nil
}

// inspectMismatch finds an order that was fulfilled although its charge does not fit.
func (p *performance) inspectMismatch(ctx context.Context, s State) {
	if s.Fulfilled > 0 && !s.Refunded && !p.has(TrustsReturn) {
		code := p.story.Unpaid
		if gets, err := p.getCalls(ctx); p.atReturn && err == nil && gets == p.gets {
			code = TrustsReturn
		}
		p.find(code, fmt.Sprintf("the order over %s KWD is %s, while the charge that the merchant was shown does not fit", p.order.Amount, s))
	}
	if p.story.OtherPaid == "" {
		return
	}
	for _, o := range p.others {
		s, err := p.check.Merchant.State(ctx, o.ID)
		if p.unbroken(err) == nil && s.Fulfilled > 0 {
			p.find(p.story.OtherPaid, fmt.Sprintf("the order %s, which was not paid at all, is %s", o.ID, s))
		}
	}
}

// unpaid is the code for an order that is paid without a capture, at this point of the story.
func (p *performance) unpaid(ctx context.Context) (Code, error) {
	if (p.atReturn || p.story.Return && p.returned) && !p.has(PaidWithoutCapture) {
		gets, err := p.getCalls(ctx)
		if err != nil || gets == p.gets {
			return TrustsReturn, err
		}
	}
	if p.story.After && (!p.returned || p.has(PaidWithoutCapture)) {
		return PaidWithoutCapture, nil
	}
	return cmp.Or(p.story.Unpaid, PaidWithoutCapture), nil
}

// chargesNow are the charges that were created since the story began.
func (p *performance) chargesNow(ctx context.Context) ([]control.Charge, error) {
	entries, err := p.entries(ctx, tap.EventCreated)
	if err != nil {
		return nil, err
	}
	all := make([]control.Charge, 0, len(entries))
	for _, e := range entries {
		if e.Object.Kind != tap.KindCharge {
			continue
		}
		c, err := p.check.Mock.Charge(ctx, e.Object.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// count is how many charges are captured.
func (p *performance) count() int {
	n := 0
	for _, c := range p.charges {
		if c.Status == tap.Captured {
			n++
		}
	}
	return n
}

// statuses are those of the story's charges.
func (p *performance) statuses() string {
	var all []string
	for _, c := range p.charges {
		all = append(all, string(c.Status))
	}
	if all == nil {
		return "not created"
	}
	return strings.Join(all, " and ")
}

func (p *performance) state(ctx context.Context) State {
	if p.broken != nil {
		return State{}
	}
	s, err := p.check.Merchant.State(ctx, p.order.ID)
	if p.unbroken(err) != nil {
		p.find(StateUnknown, "State returned "+err.Error())
	}
	if s.Amount != "" && !p.story.Mismatch && !sameAmount(s.Amount, p.order.Amount) {
		p.find(WrongDecimals, fmt.Sprintf("the merchant says that the order is over %s KWD, but it is over %s KWD", s.Amount, p.order.Amount))
	}
	return s
}

func sameAmount(a, b string) bool {
	x, err := tap.ParseAmount(a)
	y, bad := tap.ParseAmount(b)
	return err == nil && bad == nil && x == y
}

// unbroken is an error of the merchant, or nil if it is one of the adapter, which ends the check.
func (p *performance) unbroken(err error) error {
	if broken, ok := errors.AsType[*BrokenError](err); ok {
		p.broken = cmp.Or(p.broken, broken)
		return nil
	}
	return err
}

// judge judges what can be said only at the end.
func (p *performance) judge(ctx context.Context, page string, buyErr error) error {
	p.judgeCharges(page, buyErr)
	if err := p.judgeWebhooks(ctx); err != nil {
		return err
	}
	if p.waited {
		p.find(NoTimeout, fmt.Sprintf("it still waited for the answer of %s after %s", slowly(p.story.Slow), p.check.ClientTimeoutWithin))
	}
	if p.story.Mismatch {
		_, err := p.reconcile(ctx)
		return err
	}
	return p.judgePayment(ctx)
}

// judgeCharges judges the charges that the merchant has created.
func (p *performance) judgeCharges(page string, err error) {
	switch n := p.count(); {
	case err != nil:
		p.find(NoPaymentLink, fmt.Sprintf("Checkout returned %q", err))
	case page == "" && n == 0:
		p.find(NoPaymentLink, "Checkout returned no address")
	case n > 1:
		p.find(ChargesTwice, fmt.Sprintf("%d charges were captured", n))
	}
	if len(p.charges) > 1 {
		p.find(CreatesTwice, fmt.Sprintf("%d charges were created: %s", len(p.charges), p.statuses()))
	}
	want, _ := tap.ParseAmount(p.order.Amount)
	for _, e := range p.created() {
		if got, err := tap.ParseAmount(e.Amount); err != nil || got != want || e.Currency != "KWD" {
			p.find(WrongDecimals, fmt.Sprintf("the charge is over %s %s, the order over %s KWD", e.Amount, e.Currency, p.order.Amount))
		}
	}
}

// created are the charges whose amount is still the one that the merchant asked for.
func (p *performance) created() []control.Charge {
	if p.story.Mismatch {
		return nil
	}
	return p.charges
}

// judgeWebhooks judges the merchant's responses to webhooks.
func (p *performance) judgeWebhooks(ctx context.Context) error {
	for _, c := range p.charges {
		deliveries, err := p.check.Mock.Webhooks(ctx, c.ID)
		if err != nil {
			return err
		}
		p.judgeDeliveries(deliveries)
	}
	return nil
}

func (p *performance) judgeDeliveries(deliveries []control.Webhook) {
	genuine, acknowledged, last := 0, 0, control.Response{}
	for _, d := range deliveries {
		for _, a := range d.Attempts {
			if p.isSlow(&a.Response) && p.story.Slow == "" {
				p.find(SlowAcknowledge, fmt.Sprintf("a webhook had no response after %s", p.check.AcknowledgeWithin))
			}
			if d.Forge != "" || d.Replay {
				continue
			}
			genuine++
			if last = a.Response; last.OK() {
				acknowledged++
			}
		}
	}
	if genuine > 0 && acknowledged == 0 && !p.story.MayRefuse && !p.story.Mismatch {
		p.find(RefusesGenuineWebhook, fmt.Sprintf("%s refused: %s", attempts(genuine), describe(last)))
	}
}

func (p *performance) isSlow(r *control.Response) bool {
	return time.Duration(r.TookMS*float64(time.Millisecond)) > p.check.AcknowledgeWithin || r.Failure == "timeout"
}

func attempts(n int) string {
	if n == 1 {
		return "the only attempt"
	}
	return fmt.Sprintf("all %d attempts", n)
}

// describe is a merchant's response in a few words.
func describe(r control.Response) string {
	if r.Status == 0 {
		return r.Failure
	}
	text := fmt.Sprintf("HTTP %d", r.Status)
	if body := strings.Join(strings.Fields(r.Body), " "); body != "" {
		text += fmt.Sprintf(" %q", body[:min(len(body), 100)])
	}
	return text
}

// judgePayment judges a captured payment: the payer must have goods or money. What only Reconcile has brought is late, not lost.
func (p *performance) judgePayment(ctx context.Context) error {
	code := cmp.Or(p.story.Lost, LosesPayment)
	judged := p.count() > 0 && !p.has(RefusesGenuineWebhook, NoPaymentLink, WrongDecimals, StateUnknown)
	unresolved := judged && !p.story.Later && !p.awaitPaid(ctx).resolved()
	said, err := p.reconcile(ctx)
	if err != nil || !judged {
		return err
	}
	s := p.state(ctx)
	if p.story.Later || unresolved {
		if s = p.awaitPaid(ctx); !s.resolved() { // a job that met a fault runs again the next night
			if said, err = p.reconcile(ctx); err != nil {
				return err
			}
			s = p.awaitPaid(ctx)
		}
	}
	if err := p.judgeClaim(ctx, s); err != nil {
		return err
	}
	observed := fmt.Sprintf("the order is %s, while the charge is %s%s", s, p.statuses(), said)
	switch {
	case p.count() == 0 && p.captured: // it was voided since
	case !s.resolved():
		p.find(code, observed)
	case unresolved:
		p.find(PaysLate, observed+" (without it: "+string(code)+")")
	}
	return nil
}

// reconcile runs the merchant's job, and inspects the order again: the job must do no harm.
func (p *performance) reconcile(ctx context.Context) (said string, err error) {
	r, ok := ability[Reconciler](p.check.Merchant, "Reconcile")
	if !ok {
		return "; it has no Reconcile", nil
	}
	said = "; Reconcile was run"
	if err := p.unbroken(r.Reconcile(ctx)); err != nil {
		said = "; Reconcile returned " + err.Error()
	}
	return said, p.inspect(ctx)
}

// awaitPaid gives a merchant that works after its response time to do so. Once orders were lost in other stories, it waits only a little
// longer than any order took that was paid.
func (p *performance) awaitPaid(ctx context.Context) State {
	limit := p.check.WorkWithin
	if p.check.lost >= 2 {
		limit = min(limit, max(2*p.check.worked, 50*time.Millisecond))
	}
	began := time.Now()
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		s := p.state(ctx)
		switch took := time.Since(began); {
		case s.resolved():
			p.check.worked = max(p.check.worked, took)
			return s
		case took >= limit:
			p.check.lost++
			return s
		case p.has(StateUnknown) || ctx.Err() != nil:
			return s
		}
		if account, err := p.check.Mock.Account(ctx); err == nil { // an event of the mock may be the news
			_, _ = p.check.Mock.Journal(ctx, control.JournalQuery{After: account.LastEntry, Limit: 1, Wait: wait})
		}
	}
}

func (p *performance) has(codes ...Code) bool {
	return slices.ContainsFunc(p.found, func(f Finding) bool { return slices.Contains(codes, f.Code) })
}

// find records a finding, each code once.
func (p *performance) find(code Code, observed string) {
	if !p.has(code) {
		p.found = append(p.found, Finding{Reason: reasonOf(code), Story: p.story.Name, Order: p.order, Observed: oneLine(observed)})
	}
}

// oneLine is a text on one line, without its end if it is long.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxObserved {
		return string(runes[:maxObserved]) + "…"
	}
	return text
}

// maxObserved bounds what a finding says of the merchant, in characters.
const maxObserved = 300

// findings completes what was found: the description of the story and the trace, and without consequences.
func (p *performance) findings(ctx context.Context) ([]Finding, error) {
	if len(p.found) == 0 {
		return nil, nil
	}
	p.found = withoutConsequences(p.found)
	unsure := !p.story.splits()
	steps, err := p.steps(ctx)
	if err != nil {
		return nil, err
	}
	var trace strings.Builder
	for _, c := range p.charges {
		t, err := p.check.Mock.Trace(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		trace.WriteString(t.Text)
	}
	for i := range p.found {
		p.found[i].Trace, p.found[i].Description, p.found[i].unsure = trace.String(), p.story.description(), unsure
		p.found[i].concurrent, p.found[i].Steps = p.story.Concurrent > 0, steps
	}
	return p.found, nil
}

// withoutConsequences drops findings that another finding explains.
func withoutConsequences(all []Finding) []Finding {
	hidden := map[Code]bool{}
	for _, f := range all {
		for _, c := range consequences[f.Code] {
			hidden[c] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool { return hidden[f.Code] })
}
