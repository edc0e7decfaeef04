package gateway

import (
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// decideLocked asks the bank for its decision, which comes at once, later, at a gate, or never.
func (a *Account) decideLocked(c *Charge, cause uint64) {
	bank := c.Script.Bank
	switch {
	case bank.Delay.Forever:
		c.deciding = true
		a.record(Entry{Event: tap.EventBankSilent, Object: c.object(), Cause: cause, Detail: "the bank does not decide"})
	case bank.Delay.For > 0 || bank.Gate != "":
		c.deciding = true
		a.addLocked(c, &Effect{Kind: Settle, Charge: c.ID, Due: a.nowLocked().Add(bank.Delay.For), Gate: bank.Gate, Cause: cause})
	default:
		a.concludeLocked(c, cause)
	}
}

// concludeLocked ends the payment with the bank's decision. Tap's status for a refusal is an assumption, unless the scenario sets
// it.
func (a *Account) concludeLocked(c *Charge, cause uint64) {
	end := c.decision()
	if bank := c.Script.Bank; bank.Status == "" && bank.Response == "" {
		a.assumeEndLocked(c, end, cause)
	}
	a.settleLocked(c, end, cause)
}

// assumeEndLocked records that Tap's status for a KNET result is inferred, except for CAPTURED.
func (a *Account) assumeEndLocked(c *Charge, end tap.Outcome, cause uint64) {
	switch {
	case end.Status == tap.Captured:
	case end.Bank == nil:
		a.assumeLocked(c, assumesCanceled, cause)
	case end.Bank.Message == tap.KNETHostTimeout:
		a.assumeLocked(c, assumesHostTimeout, cause)
	case end.Bank.Message == tap.KNETDeniedByRisk:
		a.assumeLocked(c, assumesRisk, cause)
	default:
		a.assumeLocked(c, assumesNotCaptured, cause)
	}
}

// decision is the bank's decision: the one of the scenario, or else the card's expiry decides, as in KNET's test environment
// (KNET page 12, documented).
func (c *Charge) decision() tap.Outcome {
	if o, decided := c.Script.Bank.Outcome(c.Settings.BankDeclineCode); decided {
		return o
	}
	if slices.Contains(c.Settings.BankCapturedExpiries, c.Page.Expiry) {
		return tap.KNETOutcome(tap.KNETCaptured, "")
	}
	return tap.KNETOutcome(tap.KNETNotCaptured, c.Settings.BankDeclineCode)
}

// bankDecided runs the bank's delayed decision.
func (a *Account) bankDecided(e *Effect) {
	a.mu.Lock()
	defer a.unlock()
	c := a.charges[e.Charge]
	defer a.endPendingLocked(c)
	c.deciding = false
	a.concludeLocked(c, e.Cause)
}

// settleLocked gives the payment its result: it moves the charge, draws the references that exist only now, and schedules the
// callbacks. A move that is not legal any more is journalled.
func (a *Account) settleLocked(c *Charge, end tap.Outcome, cause uint64) {
	if !a.moveLocked(c, end, tap.EventSettled, cause) {
		return
	}
	c.deciding = false
	a.reachLocked(c, scenarios.Settled, 0, c.settledBy)
	a.listIfIdleLocked(c)
}

// moveLocked applies an outcome to the charge and reports whether that was legal. The event says why: settled, expired, or
// corrected, which allows the moves that only a later result can make.
func (a *Account) moveLocked(c *Charge, end tap.Outcome, event tap.Event, cause uint64) bool {
	now, from := a.nowLocked(), c.Status
	before := *c
	if err := c.Apply(Change{To: end.Status, At: now, Activity: a.activity(c, now)}, end.Result, event == tap.EventCorrected); err != nil {
		a.record(Entry{Event: tap.EventChangeRefused, Object: c.object(), Cause: cause, Detail: err.Error()})
		return false
	}
	if c.progress != nil {
		c.progress.before = &before
	}
	c.refer(a.ids, c.draw, now)
	c.Bank = end.Bank
	if c.Gateway = "00"; end.Bank != nil {
		c.Gateway = tap.GatewayReference(now, c.draw)
	}
	if end.Status == tap.Captured {
		c.Acquirer = tap.AcquirerReference(now, c.draw)
		c.Authorization = tap.AuthorizationID(c.draw)
	}
	if c.expiry != nil {
		a.dropLocked(c, c.expiry)
		c.expiry = nil
	}
	detail := fmt.Sprintf("%s → %s, %s %s", from, c.Status, c.Result.Code, c.Result.Message)
	if event == tap.EventSettled && c.captureAmount() {
		detail += ", " + money(c.Amount, c.Request.Currency) + " of " + money(c.Request.Amount, c.Request.Currency)
	}
	c.settledBy = a.record(Entry{Event: event, Object: c.object(), Cause: cause, Detail: detail})
	if c.Amount != c.Request.Amount {
		a.assumeLocked(c, assumesAmount, c.settledBy)
	}
	return true
}

// captureAmount sets the amount that the bank captures, rounded to the decimals of the currency. It reports whether that is another
// one than the requested.
func (c *Charge) captureAmount() bool {
	amount, set := c.Script.Bank.Amount.Amount()
	if !set || c.Status != tap.Captured {
		return false
	}
	places, _ := tap.Decimals(c.Request.Currency)
	c.Amount = amount.Rounded(places)
	return c.Amount != c.Request.Amount
}

// correct applies the bank's later result.
func (a *Account) correct(e *Effect) {
	a.mu.Lock()
	defer a.unlock()
	c := a.charges[e.Charge]
	defer a.endPendingLocked(c)
	if a.moveLocked(c, e.script.Bank.Later.Outcome(c.Settings.BankDeclineCode), tap.EventCorrected, e.Cause) {
		a.reachLocked(c, scenarios.Corrected, 0, c.settledBy)
	}
}

// expire is Tap's expiry of an unpaid charge (Tap API 11, inferred).
func (a *Account) expire(e *Effect) {
	a.mu.Lock()
	defer a.unlock()
	c := a.charges[e.Charge]
	defer a.endPendingLocked(c)
	c.expiry, c.deciding = nil, false
	a.assumeLocked(c, assumesExpiry, e.Cause)
	c.abandoned = !c.endedOnPage // no payer waits at the page for the return
	if c.Settings.ChargeExpiryOutcome == string(tap.Cancelled) {
		a.settleLocked(c, tap.OutcomePageExpired(), e.Cause)
	} else if a.moveLocked(c, tap.Outcome{Status: tap.Abandoned, Result: tap.PlainResult(tap.Abandoned)}, tap.EventExpired, e.Cause) {
		c.abandoned = true
	}
	a.reachLocked(c, scenarios.Expired, 0, c.settledBy)
	a.listIfIdleLocked(c)
}
