package gateway

import (
	"context"
	"errors"
	"sync"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// ErrTabClosed is returned by [Payer.End] for the outcome closed: the payer paid, closed the tab, and is never sent back.
var ErrTabClosed = errors.New("the payer has closed the tab")

// ErrNoOutcome is returned for an unknown outcome.
var ErrNoOutcome = errors.New("there is no such outcome")

// panelParts are parts of outcomes that the library does not have.
var panelParts = sync.OnceValues(func() (*scenarios.Set, error) {
	return scenarios.Parse(scenarios.Builtin(), "the outcome panel", []byte(`
scenarios:
  - name: panel/captured-later
    description: The payment is captured a minute after the bank declined it, with a webhook for each of the two results.
    bank: {later: {at: settled + 1m, result: CAPTURED}}
    callbacks: [webhook: {at: settled}, webhook: {at: corrected}]
`))
})

// outcomes are the outcomes that a person can choose on the page instead of paying, each a combination of scenarios of the library
// and panelParts.
var outcomes = []struct{ name, scenario string }{
	{"captured", "outcome/captured"},
	{"no-funds", "outcome/no-funds"},
	{"wrong-pin", "outcome/wrong-pin"},
	{"host-timeout", "outcome/host-timeout"},
	{"cancelled", "outcome/cancelled"},
	{"expired", "outcome/page-expired"},
	{"closed", "outcome/captured + return/never"},
	{"webhook-never", "outcome/captured + webhook/never"},
	{"webhook-twice", "outcome/captured + webhook/twice"},
	{"webhook-late", "outcome/captured + webhook/late"},
	{"captured-later", "outcome/no-funds + panel/captured-later"},
}

func outcomeScript(name string) (*scenarios.Script, error) {
	parts, err := panelParts()
	if err != nil {
		return nil, err
	}
	for _, o := range outcomes {
		if o.name == name {
			return parts.Resolve(o.scenario)
		}
	}
	return nil, ErrNoOutcome
}

// End ends the payment at once with one of the outcomes, regardless of the entered card, and sends the payer back, except after
// "closed". The outcome overrides the charge's scenario. The setting page_outcome_panel decides whether the page offers this.
func (p *Payer) End(ctx context.Context, name string) (string, error) {
	script, err := outcomeScript(name)
	if err != nil {
		return "", err
	}
	if name == "closed" {
		return "", p.close(script)
	}
	return p.act(ctx, func(a *Account, c *Charge) { a.endLocked(c, script, name) })
}

func (a *Account) endLocked(c *Charge, script *scenarios.Script, name string) {
	if !c.Settings.PageOutcomePanel || c.Request.Currency != "KWD" {
		return
	}
	c.Source = tap.SourceKNET
	cause := a.record(Entry{Event: tap.EventOutcomeChosen, Object: c.object(), Detail: name})
	before := c.progress
	a.letGoLocked(c.Script)
	c.setScript(scenarios.Over(c.Script, script), "")
	a.holdLocked(c.Script) // what it adds is small; beyond the limit it does not count
	if before != nil {
		before.calls = nil // counted from 1 again under the new script
		c.progress = before
	}
	a.settleLocked(c, c.decision(), cause)
}

// close settles the charge and does not send the payer back.
func (p *Payer) close(script *scenarios.Script) error {
	c, err := p.lock()
	if err != nil {
		return err
	}
	defer p.account.unlock()
	p.account.endLocked(c, script, "closed")
	return ErrTabClosed
}
