package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// ErrTabClosed is what [Payer.End] returns when the payer is to be imagined as gone: paid, and never sent back.
var ErrTabClosed = errors.New("the payer has closed the tab")

// ErrNoOutcome is returned for an outcome that there is not.
var ErrNoOutcome = errors.New("there is no such outcome")

// lateWebhook is how long a webhook is late that is told to be, on the account's clock.
const lateWebhook = time.Minute

// Outcomes are the names of the endings that a person may choose on the page instead of paying.
func Outcomes() []string {
	return []string{"captured", "no-funds", "wrong-pin", "host-timeout", "closed", "webhook-twice", "webhook-late"}
}

func outcome(name string) (ending, error) {
	end := captured()
	switch name {
	case "captured", "closed":
	case "no-funds":
		end = notCaptured("51")
	case "wrong-pin":
		end = notCaptured("55")
	case "host-timeout":
		end = ending{to: tap.Failed, result: tap.PlainResult(tap.Failed), bank: &tap.Result{Message: "HOST TIMEOUT"}}
	case "webhook-twice":
		end.copies = 1
	case "webhook-late":
		end.late = lateWebhook
	default:
		return ending{}, ErrNoOutcome
	}
	return end, nil
}

// End ends the payment at once with an outcome of [Outcomes], whatever card was entered, and sends the payer back, except
// after "closed". The settings decide whether the page offers this.
func (p *Payer) End(ctx context.Context, name string) (string, error) {
	end, err := outcome(name)
	if err != nil {
		return "", err
	}
	if name == "closed" {
		return "", p.close(end)
	}
	return p.act(ctx, func(a *Account, c *Charge) { a.endLocked(c, end, name) })
}

func (a *Account) endLocked(c *Charge, end ending, name string) {
	if !c.Settings.OutcomePanel || c.Request.Currency != "KWD" {
		return
	}
	c.Source = tap.SourceKNET
	cause := a.record(Entry{Event: PageOutcome, Charge: c.ID, Detail: name})
	a.settleLocked(c, end, cause)
}

// close settles the charge and leaves the payer where he is.
func (p *Payer) close(end ending) error {
	c, err := p.lock()
	if err != nil {
		return err
	}
	defer p.account.unlock()
	p.account.endLocked(c, end, "closed")
	return ErrTabClosed
}
