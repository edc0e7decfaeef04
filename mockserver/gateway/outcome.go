package gateway

import (
	"context"
	"errors"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// ErrTabClosed is what [Payer.End] returns when the payer is to be imagined as gone: paid, and never sent back.
var ErrTabClosed = errors.New("the payer has closed the tab")

// ErrNoOutcome is returned for an outcome that there is not.
var ErrNoOutcome = errors.New("there is no such outcome")

// outcomes are the endings that a person may choose on the page instead of paying: scenarios of the library.
var outcomes = []struct{ name, scenario string }{
	{"captured", "outcome/captured"},
	{"no-funds", "outcome/no-funds"},
	{"wrong-pin", "outcome/wrong-pin"},
	{"host-timeout", "outcome/host-timeout"},
	{"closed", "outcome/captured + return/never"},
	{"webhook-twice", "outcome/captured + webhook/twice"},
	{"webhook-late", "outcome/captured + webhook/late"},
}

func outcomeScript(name string) (*scenarios.Script, error) {
	for _, o := range outcomes {
		if o.name == name {
			return scenarios.Builtin().Resolve(o.scenario)
		}
	}
	return nil, ErrNoOutcome
}

// End ends the payment at once with one of the outcomes, whatever card was entered, and sends the payer back, except
// after "closed". The outcome is laid over the charge's scenario. The settings decide whether the page offers this.
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
	c.begin(scenarios.Over(c.Script, script), "")
	if before != nil {
		before.calls = nil // they are counted anew under the story that it is now
		c.progress = before
	}
	a.settleLocked(c, c.decision(), cause)
}

// close settles the charge and leaves the payer where he is.
func (p *Payer) close(script *scenarios.Script) error {
	c, err := p.lock()
	if err != nil {
		return err
	}
	defer p.account.unlock()
	p.account.endLocked(c, script, "closed")
	return ErrTabClosed
}
