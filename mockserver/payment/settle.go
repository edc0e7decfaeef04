package payment

import (
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Bank is what the bank does with a payment, as its scenario says at the time of a move. The zero value leaves all to the card.
type Bank struct {
	Decision   tap.Outcome
	Decides    bool       // Decision holds; otherwise the card's expiry decides
	Sure       bool       // the scenario sets Tap's status itself, so that it is not assumed
	Captures   tap.Amount // the amount that it captures
	Differs    bool       // Captures holds; otherwise it captures the requested amount
	AsksOTP    *bool      // whether it asks for a one-time password; nil: the settings say
	RefusesOTP bool       // also the right one
	RefusesPIN bool
}

// End is what ends a payment.
type End struct {
	tap.Outcome
	Event tap.Event // settled, expired or corrected; the last allows the moves that only a later result can make
	At    time.Time
	IDs   tap.IDs // of the account
}

// Decision is the bank's decision: the one of the scenario, or else, unless it captures an authorization, the card's expiry decides, as in KNET's test environment (KNET page
// 12, documented).
func (c *Payment) Decision(bank Bank) tap.Outcome {
	switch {
	case bank.Decides:
		return bank.Decision
	case c.Request.IsCapture(): // no card is entered
		return tap.KNETOutcome(tap.KNETCaptured, "")
	}
	if slices.Contains(c.Settings.BankCapturedExpiries, c.Page.Expiry) {
		return tap.KNETOutcome(tap.KNETCaptured, "")
	}
	return tap.KNETOutcome(tap.KNETNotCaptured, c.Settings.BankDeclineCode)
}

// AssumeDecision adds that Tap's status for the bank's decision is inferred, unless the scenario sets it.
func (c *Payment) AssumeDecision(end tap.Outcome, bank Bank, facts []Fact) []Fact {
	if bank.Sure {
		return facts
	}
	return c.assumeEnd(end, facts)
}

// Finish gives the payment its result, and draws the references that exist only now. The error is that of [Payment.Apply]; then nothing
// changes.
func (c *Payment) Finish(end End, bank Bank, facts []Fact) ([]Fact, error) {
	if c.Kind() == tap.KindAuthorization {
		end.Outcome = end.Authorized()
	}
	to := c.State
	to.Status, to.Result, to.Bank = end.Status, end.Result, end.Bank
	to.auto = autoAfter(to.Status)
	if bank.Differs && isPaid(to.Status) {
		places, _ := tap.Decimals(c.Request.Currency)
		to.Amount = bank.Captures.Rounded(places)
	}
	to.At, to.Activity = end.At, c.activity(end.IDs, end.At, c.moves())
	late := end.Event == tap.EventCorrected
	if err := c.Apply(to, late); err != nil {
		return facts, err
	}
	c.Deciding = false
	c.drawReferences(end)
	facts = append(facts, Fact{event: end.Event.Number(), version: int16(c.Latest())})
	if c.Amount != c.Request.Amount {
		facts = c.Assume(AssumesAmount, facts)
	}
	return facts, nil
}

func (c *Payment) drawReferences(end End) {
	draw := c.Rand()
	refs := c.refer(end.IDs, draw, end.At)
	if refs.Gateway = "00"; end.Bank != nil {
		refs.Gateway = tap.GatewayReference(end.At, draw)
	}
	if isPaid(end.Status) {
		refs.Acquirer = tap.AcquirerReference(end.At, draw)
		refs.Authorization = tap.AuthorizationID(draw)
	}
	c.drawn = &refs
}

// isPaid reports whether the bank gave or holds the money.
func isPaid(s tap.Status) bool { return s == tap.Captured || s == tap.Authorized }

// ExpiryOutcome is how an unpaid charge ends at its expiry (Tap API 11, inferred).
func (c *Payment) ExpiryOutcome() (tap.Outcome, tap.Event) {
	if c.Settings.ChargeExpiryOutcome == string(tap.Cancelled) {
		return tap.OutcomePageExpired(), tap.EventSettled
	}
	return tap.Outcome{Status: tap.Abandoned, Result: tap.PlainResult(tap.Abandoned)}, tap.EventExpired
}
