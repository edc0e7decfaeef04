package testkit

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// performance is a story while it is played.
type performance struct {
	check    *check
	mock     *Mock
	story    story
	order    Order
	began    uint64   // number of the journal's last entry before
	charges  []Charge // of the story, as they were when it was last looked at
	captured bool
	returned bool // the payer has come back, or never will
	found    []Finding
}

// thinking is how long an automatic payer takes before he pays, see payer/pays-later: merchants have stored their charge by then.
const thinking = 10 * time.Second

// progress plays one story, from the order to the end of the third day.
func (c *check) play(tb TB, s story) []Finding {
	tb.Helper()
	p := &performance{check: c, mock: c.mock.in(tb), story: s}
	p.prepare()
	p.order = c.newOrder()
	met := p.gather()
	page, err := p.buy()
	p.pay(page)
	p.mock.Advance(thinking)
	met()
	p.look()
	if p.story.Forged && p.isPaid() {
		p.find(s.Unpaid, "at the false webhook it took the order for paid, and nothing had confirmed it")
	}
	p.mock.Advance(75 * time.Hour)
	p.returned = true
	p.look()
	p.judgeCharges(page, err)
	p.judgeWebhooks()
	if !s.Later {
		p.judgePayment("")
	}
	p.judgePayment(p.reconcile())
	return p.findings()
}

// reconcile runs the merchant's job, and returns what it has to say.
func (p *performance) reconcile() (said string) {
	r, ok := p.check.merchant.(Reconciler)
	if !ok {
		return "; it has no Reconcile"
	}
	err := r.Reconcile(p.mock.tb.Context())
	p.look()
	if err != nil {
		return "; Reconcile returned " + err.Error()
	}
	return "; Reconcile has been run"
}

// prepare chooses the scenario.
func (p *performance) prepare() {
	ctx := p.mock.tb.Context()
	p.mock.check(p.mock.control.ClearQueue(ctx))
	if p.story.Other {
		p.mock.Next("payer/pays-later")
		p.order = p.check.newOrder()
		_, _ = p.buy()
		p.mock.Advance(thinking)
	}
	account, err := p.mock.control.Account(ctx)
	p.mock.check(err)
	p.began = account.LastEntry
	p.mock.DefaultScenario(cmp.Or(p.story.Rest, p.story.Scenario))
	// By the queue the story goes before any match of the account's, and its faults are counted whatever references the tries have.
	if script := p.story.script(); script != "" {
		p.mock.check(p.mock.control.NextYAML(ctx, script))
	} else {
		p.mock.Next(p.story.Scenario)
	}
}

// tries is how often a payer presses the button.
const tries = 3

// buy checks out, and presses the button again after an error.
func (p *performance) buy() (page string, err error) {
	for range tries {
		if page, err = p.checkout(); err == nil {
			return page, nil
		}
	}
	return "", err
}

// checkout calls the merchant, who gets as much time as Await… does.
func (p *performance) checkout() (string, error) {
	ctx, cancel := context.WithTimeout(p.mock.tb.Context(), p.mock.patience)
	defer cancel()
	if strings.Contains(p.story.Name, "create-slow") {
		defer p.hasten(ctx)()
	}
	return p.check.merchant.Checkout(ctx, p.order)
}

// hasten moves the clock whenever the mock holds an answer back, until it is stopped. What fails there shows itself in the answer.
func (p *performance) hasten(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	held, done := make(chan struct{}), make(chan struct{})
	unwatch := p.watch(tap.EventAnswerDelayed, held)
	go func() {
		defer close(done)
		for {
			select {
			case <-held:
				_, _ = p.mock.control.AwaitIdle(ctx, p.mock.patience)
				_, _ = p.mock.control.Advance(ctx, time.Minute)
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done; unwatch() }
}

// watch tells of each event of that kind in the story, until it is stopped.
func (p *performance) watch(event tap.Event, came chan<- struct{}) (stop func()) {
	ctx, cancel := context.WithCancel(p.mock.tb.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for after := p.began; ctx.Err() == nil; {
			q := control.JournalQuery{After: after, Event: event, Limit: 1, Wait: time.Minute}
			j, err := p.mock.control.Journal(ctx, q)
			if err != nil {
				return
			}
			for _, e := range j.Entries {
				after = e.Seq
				select {
				case came <- struct{}{}:
				case <-ctx.Done():
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// quiet is how long, in real time, a request that is held at the gate waits for the next one: a merchant may let one wait for the other.
const quiet = 100 * time.Millisecond

// gather opens the gate of the story once all requests have come to it, or no more come. The returned func ends that.
func (p *performance) gather() (end func()) {
	if p.story.Concurrent == 0 {
		return func() {}
	}
	p.mock.Hold(gate)
	ctx, stop := context.WithCancel(p.mock.tb.Context())
	came, done := make(chan struct{}), make(chan struct{})
	watched := p.watch(tap.EventAnswerDelayed, came)
	go func() {
		defer close(done)
		p.meet(ctx, came)
		_, _ = p.mock.control.Release(context.WithoutCancel(ctx), gate, "") // if that fails, Settle says what hangs
	}()
	return func() { stop(); <-done; watched() }
}

// meet waits until all requests of the story have come, or no more come.
func (p *performance) meet(ctx context.Context, came <-chan struct{}) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for range p.story.Concurrent {
		select {
		case <-came:
			timer.Reset(quiet)
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// pay plays the person, if the story needs one.
func (p *performance) pay(page string) {
	if p.story.Payer != person && p.story.Payer != slow {
		return
	}
	if at, err := url.Parse(page); err != nil || at.Host == "" {
		return // judged later
	}
	browser := p.mock.Open(page)
	if p.story.Payer == slow {
		p.mock.AwaitIdle()
		p.look()
	}
	if browser.Submit(GoodCard); browser.Screen == "confirm" {
		browser.Confirm()
	}
}

// chargesNow are those of the story.
func (p *performance) chargesNow() []Charge {
	j, err := p.mock.control.Journal(p.mock.tb.Context(), control.JournalQuery{After: p.began, Oldest: true, Event: tap.EventCreated})
	p.mock.check(err)
	all := make([]Charge, 0, len(j.Entries))
	for _, e := range j.Entries {
		all = append(all, p.mock.Charge(e.Object.ID))
	}
	return all
}

// count is how many charges were captured when it was last looked at.
func (p *performance) count() int {
	n := 0
	for _, c := range p.charges {
		if c.Status == tap.Captured {
			n++
		}
	}
	return n
}
