package gateway

import (
	"context"
	"sync"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

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
	return nil, payment.ErrNoOutcome
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
	return p.act(ctx, func(t *tx, c *Payment) error {
		t.endWith(c, script, name)
		return nil
	})
}

// endWith ends the payment with an outcome of the panel.
func (t *tx) endWith(c *Payment, script *scenarios.Script, name string) {
	if !c.Settings.PageOutcomePanel || c.Request.Currency != "KWD" {
		return
	}
	c.Source = tap.SourceKNET
	cause := t.note(c.Name(), 0, tap.EventOutcomeChosen, name)
	t.letGo(c.Script)
	c.Script = scenarios.Over(c.Script, script)
	t.hold(c.Script) // what it adds is small; beyond the limit it does not count
	c.calls = nil    // counted from 1 again under the new script
	t.finish(c, c.Decision(c.bank()), tap.EventSettled, cause)
}

// close settles the charge and does not send the payer back.
func (p *Payer) close(script *scenarios.Script) (err error) {
	p.account.update(func(t *tx) {
		var c *Payment
		if c, err = p.open(t); err == nil {
			t.endWith(c, script, "closed")
			err = payment.ErrTabClosed
		}
	})
	return err
}
