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

// playedStory is a story while it is played.
type playedStory struct {
	check    *check
	mock     *Mock
	story    story
	order    Order
	began    uint64   // seq of the last journal entry before the story
	charges  []Charge // of the story, at the last inspection
	captured bool
	returned bool // the payer returned, or will not return
	found    []Finding
}

// payDelay is how long the automatic payer of payer/pays-later waits, so that the merchant has stored the charge before the payment.
const payDelay = 10 * time.Second

// play plays one story, from the order to the end of the third day, and returns its findings.
func (c *check) play(tb TB, s story) []Finding {
	tb.Helper()
	p := &playedStory{check: c, mock: c.mock.in(tb), story: s}
	p.prepare()
	p.order = c.newOrder()
	stopGather := p.gather()
	page, err := p.buy()
	p.pay(page)
	p.mock.Advance(payDelay)
	stopGather()
	p.inspect()
	if p.story.Forged && p.isPaid() {
		p.find(s.Unpaid, "the order was paid after the forged webhook, before GET confirmed the payment")
	}
	p.mock.Advance(75 * time.Hour)
	p.returned = true
	p.inspect()
	p.judgeCharges(page, err)
	p.judgeWebhooks()
	if !s.Later {
		p.judgePayment("")
	}
	p.judgePayment(p.reconcile())
	return p.findings()
}

// reconcile runs the merchant's job, and returns a note about it for the findings.
func (p *playedStory) reconcile() (note string) {
	r, ok := p.check.merchant.(Reconciler)
	if !ok {
		return "; the merchant has no Reconcile"
	}
	err := r.Reconcile(p.mock.tb.Context())
	p.inspect()
	if err != nil {
		return "; Reconcile returned " + err.Error()
	}
	return "; Reconcile was run"
}

// prepare pays the other order, if the story needs one, and chooses the scenarios.
func (p *playedStory) prepare() {
	ctx := p.mock.tb.Context()
	p.mock.check(p.mock.control.ClearQueue(ctx))
	if p.story.Other {
		p.mock.Next("payer/pays-later")
		p.order = p.check.newOrder()
		_, _ = p.buy()
		p.mock.Advance(payDelay)
	}
	account, err := p.mock.control.Account(ctx)
	p.mock.check(err)
	p.began = account.LastEntry
	p.mock.DefaultScenario(cmp.Or(p.story.Rest, p.story.Scenario))
	// A queued scenario has priority over any match of the account, and its faults count calls of all attempts to create the charge.
	if script := p.story.script(); script != "" {
		p.mock.check(p.mock.control.NextYAML(ctx, script))
	} else {
		p.mock.Next(p.story.Scenario)
	}
}

// tries is how often the payer presses the button.
const tries = 3

// buy calls Checkout, and again after an error.
func (p *playedStory) buy() (page string, err error) {
	for range tries {
		if page, err = p.checkout(); err == nil {
			return page, nil
		}
	}
	return "", err
}

// checkout calls Checkout, which gets as much time as an Await method.
func (p *playedStory) checkout() (string, error) {
	ctx, cancel := context.WithTimeout(p.mock.tb.Context(), p.mock.timeout)
	defer cancel()
	if strings.Contains(p.story.Name, "create-slow") {
		defer p.advanceDelayed(ctx)()
	}
	return p.check.merchant.Checkout(ctx, p.order)
}

// slowAnswer is more than the delay of api/create-slow (40 s), and less than the time of its payment (10 s after the answer): the merchant
// has the answer before the payment.
const slowAnswer = 45 * time.Second

// advanceDelayed moves the clock whenever the mock delays an answer, until it is stopped. It ignores errors: Checkout then fails.
func (p *playedStory) advanceDelayed(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	delayed, done := make(chan struct{}), make(chan struct{})
	unwatch := p.watch(tap.EventAnswerDelayed, delayed)
	go func() {
		defer close(done)
		for {
			select {
			case <-delayed:
				_, _ = p.mock.control.AwaitIdle(ctx, p.mock.timeout)
				_, _ = p.mock.control.Advance(ctx, slowAnswer)
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done; unwatch() }
}

// watch sends to seen for each entry of an event in the story's journal, until it is stopped.
func (p *playedStory) watch(event tap.Event, seen chan<- struct{}) (stop func()) {
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
				case seen <- struct{}{}:
				case <-ctx.Done():
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// quiet is how long, in real time, a request at the gate waits for the next one. A merchant may serialize the requests, so that no more
// arrive.
const quiet = 100 * time.Millisecond

// gather opens the story's gate when all concurrent requests wait there, or no more arrive. end stops it.
func (p *playedStory) gather() (end func()) {
	if p.story.Concurrent == 0 {
		return func() {}
	}
	p.mock.Hold(gate)
	ctx, stop := context.WithCancel(p.mock.tb.Context())
	arrived, done := make(chan struct{}), make(chan struct{})
	unwatch := p.watch(tap.EventAnswerDelayed, arrived)
	go func() {
		defer close(done)
		p.awaitRequests(ctx, arrived)
		_, _ = p.mock.control.Release(context.WithoutCancel(ctx), gate, "") // if it fails, AwaitIdle reports what waits
	}()
	return func() { stop(); <-done; unwatch() }
}

// awaitRequests waits until all concurrent requests of the story arrived at the gate, or no more arrive.
func (p *playedStory) awaitRequests(ctx context.Context, arrived <-chan struct{}) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for range p.story.Concurrent {
		select {
		case <-arrived:
			timer.Reset(quiet)
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// pay submits the forms of the page, if the story needs a person.
func (p *playedStory) pay(page string) {
	if p.story.Payer != person && p.story.Payer != slow {
		return
	}
	if at, err := url.Parse(page); err != nil || at.Host == "" {
		return // judgeCharges reports it
	}
	payer := p.mock.Open(page)
	if p.story.Payer == slow {
		p.mock.AwaitIdle()
		p.inspect()
	}
	if payer.Submit(GoodCard); payer.Screen == "confirm" {
		payer.Confirm()
	}
}

// chargesNow are the charges of the story.
func (p *playedStory) chargesNow() []Charge {
	j, err := p.mock.control.Journal(p.mock.tb.Context(), control.JournalQuery{After: p.began, Oldest: true, Event: tap.EventCreated})
	p.mock.check(err)
	all := make([]Charge, 0, len(j.Entries))
	for _, e := range j.Entries {
		all = append(all, p.mock.Charge(e.Object.ID))
	}
	return all
}

// countCaptured is how many charges were captured at the last inspection.
func (p *playedStory) countCaptured() int {
	n := 0
	for _, c := range p.charges {
		if c.Status == tap.Captured {
			n++
		}
	}
	return n
}
