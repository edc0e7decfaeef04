package record

import (
	"time"

	"github.com/tapmock/tapmock/scenarios"
)

// plan says when the steps of a scenario happen, in time since the create answer.
type plan struct {
	*scenarios.Scenario
	webhooks []*scenarios.Webhook
	back     *scenarios.Return // the first return; nil: the default one
	expiry   time.Duration
}

func planOf(s *scenarios.Scenario, expiry time.Duration) *plan {
	p := &plan{Scenario: s, expiry: expiry}
	for _, c := range s.Callbacks {
		switch {
		case c.Webhook != nil && !c.Webhook.Never:
			p.webhooks = append(p.webhooks, c.Webhook)
		case c.Return != nil && !c.Return.Never && p.back == nil:
			p.back = c.Return
		}
	}
	if len(s.Callbacks) == 0 {
		p.webhooks = []*scenarios.Webhook{{At: scenarios.Moment{Event: scenarios.Settled}}}
	}
	return p
}

// deepest bounds how many moments a moment can be after.
const deepest = 200

// at is when a moment is. Each step is after at most depth others.
func (p *plan) at(m scenarios.Moment, depth int) time.Duration {
	bank := p.Bank
	if bank == nil {
		bank = &scenarios.Bank{}
	}
	before := func(m scenarios.Moment) time.Duration {
		if depth == 0 {
			return 0
		}
		return p.at(m, depth-1)
	}
	switch {
	case m.Event == scenarios.PageOpened:
		m.Plus += before(p.Payer.Start())
	case m.Event == scenarios.Submitted, m.Event == scenarios.Confirmed:
		m.Plus += before(scenarios.Moment{Event: scenarios.PageOpened}) + p.Payer.Duration.Time()
	case m.Event == scenarios.Settled:
		m.Plus += before(scenarios.Moment{Event: scenarios.Confirmed}) + bank.Delay.For
	case m.Event == scenarios.Expired:
		m.Plus += p.expiry
	case m.Event == scenarios.Corrected && bank.Later != nil:
		m.Plus += before(bank.Later.At)
	case m.Event == scenarios.FirstAttempt && m.N <= len(p.webhooks):
		m.Plus += before(p.webhooks[m.N-1].At)
	case m.Event == scenarios.Returned && p.back != nil:
		m.Plus += before(p.back.At)
	case m.Event == scenarios.Returned:
		m.Plus += before(scenarios.Moment{Event: scenarios.Settled})
	}
	return m.Plus
}

// length is how long the recorded part of a scenario takes: on a running clock the sum of its rounded durations is not that of the recording.
func (r *recording) length(s *scenarios.Scenario) (longest time.Duration) {
	p := planOf(s, time.Duration(r.expiryMinutes())*time.Minute)
	for i, d := range r.deliveries {
		if i >= len(p.webhooks) {
			break
		}
		waits := r.standard.WebhookRetries
		if p.webhooks[i].Retries.Set {
			waits = p.webhooks[i].Retries.Waits
		}
		at := p.at(p.webhooks[i].At, deepest)
		for _, wait := range waits[:min(len(waits), len(d.attempts)-1)] {
			at += wait
		}
		longest = max(longest, at)
	}
	if r.first(scenarios.Corrected) != nil {
		longest = max(longest, p.at(scenarios.Moment{Event: scenarios.Corrected}, deepest))
	}
	if r.first(scenarios.Settled) != nil && !r.lapsed() {
		longest = max(longest, p.at(scenarios.Moment{Event: scenarios.Settled}, deepest))
	}
	return longest
}
