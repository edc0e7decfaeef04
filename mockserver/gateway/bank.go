package gateway

import (
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// bank is what the script says of the bank at this moment.
func (c *Payment) bank() payment.Bank {
	script := c.Script.Bank
	b := payment.Bank{Sure: script.Status != "" || script.Response != ""}
	b.Decision, b.Decides = script.Outcome(c.Settings.BankDeclineCode)
	if b.Captures, b.Differs = script.Amount.Amount(); c.Request.IsCapture() {
		b.Differs = false // it takes what was asked for, so that no more is captured than authorized
	}
	if otp := script.OTP; otp != nil {
		b.AsksOTP, b.RefusesOTP = otp.Ask, otp.Refuse.Refuses(c.Page.OTP.Tries)
	}
	if pin := script.PIN; pin != nil {
		b.RefusesPIN = pin.Refuse.Refuses(c.Page.WrongPINs)
	}
	return b
}

// decide asks the bank for its decision, which comes at once, later, at a gate, or never.
func (t *tx) decide(c *Payment, cause uint64) {
	bank := c.Script.Bank
	switch {
	case bank.Delay.Forever:
		c.Deciding = true
		t.note(c.Name(), cause, tap.EventBankSilent, "the bank does not decide")
	case bank.Delay.For > 0 || bank.Gate != "":
		c.Deciding = true
		t.schedule(c, effect{Due: t.in(bank.Delay.For), Gate: string(bank.Gate), Args: action{kind: Settle, cause: cause}})
	default:
		t.concludeByBank(c, cause)
	}
}

// concludeByBank ends the payment with the bank's decision. Tap's status for a refusal is an assumption, unless the scenario sets it.
func (t *tx) concludeByBank(c *Payment, cause uint64) {
	bank := c.bank()
	end := c.Decision(bank)
	if a := t.authorizationOf(c); a != nil && a.Status != tap.Authorized { // it ended while the bank decided
		end, bank.Sure = tap.KNETOutcome(tap.KNETNotCaptured, c.Settings.BankDeclineCode), true
	}
	t.emit(c, c.AssumeDecision(end, bank, nil), cause)
	t.finish(c, end, tap.EventSettled, cause)
}

// finish gives the payment a result. A move that is not legal any more is journalled; then it reports false.
func (t *tx) finish(c *Payment, end tap.Outcome, event tap.Event, cause uint64) bool {
	facts, err := c.Finish(payment.End{Outcome: end, Event: event, At: t.now(), IDs: t.a.ids}, c.bankOf(event), nil)
	if err != nil {
		t.note(c.Name(), cause, tap.EventChangeRefused, err.Error())
		return false
	}
	t.emit(c, facts, cause)
	return true
}

// bankOf is what the bank captures with the first result. A later result and an expiry change no amount.
func (c *Payment) bankOf(event tap.Event) payment.Bank {
	if event != tap.EventSettled {
		return payment.Bank{}
	}
	return c.bank()
}

// bankDecides runs the bank's delayed decision.
func (t *tx) bankDecides(c *Payment, e effect) {
	c.Deciding = false
	t.concludeByBank(c, e.Args.cause)
}

// correct applies the bank's later result.
func (t *tx) correct(c *Payment, e effect) {
	end := e.Args.script.Bank.Later.Outcome(c.Settings.BankDeclineCode)
	if a := t.authorizationOf(c); a != nil && end.Status == tap.Captured && !t.canStillCapture(a, c) {
		t.note(c.Name(), e.Args.cause, tap.EventChangeRefused, "it cannot become CAPTURED: too little of its authorization is left")
		return
	}
	t.finish(c, end, tap.EventCorrected, e.Args.cause)
}

// expire is Tap's expiry of an unpaid charge (Tap API 11, inferred).
func (t *tx) expire(c *Payment, e effect) {
	c.deadline, c.Deciding = timeline.Ref{}, false
	t.emit(c, c.Assume(payment.AssumesExpiry, nil), e.Args.cause)
	c.Abandoned = !c.EndedOnPage // no payer waits at the page for the return
	end, event := c.ExpiryOutcome()
	if t.finish(c, end, event, e.Args.cause) && event == tap.EventExpired {
		c.Abandoned = true
	}
	t.reach(c, moment{event: scenarios.Expired}, c.settledBy)
}
