package gateway

import (
	"cmp"
	"errors"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// The steps of an automatic payer, by their events. Each is one effect.
const (
	actionOpen    = string(tap.EventPageOpened)
	actionSubmit  = string(tap.EventSubmitted)
	actionConfirm = string(tap.EventConfirmed)
	actionCancel  = string(tap.EventCancelled)
)

// act performs one step of an automatic payer (open, submit, confirm or cancel) without rendering the page.
func (a *Account) act(e *Effect) {
	defer func() {
		a.mu.Lock()
		defer a.unlock()
		a.endPendingLocked(a.charges[e.Charge])
	}()
	p := &Payer{account: a, charge: e.Charge}
	c, err := p.lock()
	if err != nil {
		a.stepRefused(e, err)
		return
	}
	c.automatic = true
	payer := e.script.Payer
	a.unlock()
	switch e.Action {
	case actionOpen:
		a.actOpen(e, p, payer)
	case actionSubmit:
		a.actSubmit(e, p, payer)
	case actionConfirm:
		a.actConfirm(e, p, payer)
	case actionCancel:
		p.do(func(a *Account, c *Charge) { a.cancelLocked(c) })
	}
}

func (a *Account) noteRefused(charge, detail string) {
	a.mu.Lock()
	defer a.unlock()
	a.record(Entry{Event: tap.EventSubmitRefused, Object: chargeObject(charge), Detail: detail})
}

// stepRefused records that the payer's step was not possible any more.
func (a *Account) stepRefused(e *Effect, err error) {
	a.mu.Lock()
	defer a.unlock()
	a.record(Entry{Event: tap.EventPageRefused, Object: chargeObject(e.Charge), Cause: e.Cause, Detail: e.Action + " was not possible: " + err.Error()})
}

// scheduleStep puts the payer's next step on the timeline.
func (a *Account) scheduleStep(e *Effect, action string, in time.Duration) {
	a.mu.Lock()
	defer a.unlock()
	if c := a.charges[e.Charge]; c.over() || c.deciding {
		return
	}
	a.addLocked(a.charges[e.Charge], &Effect{Kind: PayerStep, script: e.script, Charge: e.Charge, Due: a.nowLocked().Add(in), Action: action, Cause: e.Cause})
}

func (a *Account) actOpen(e *Effect, p *Payer, payer *scenarios.Payer) {
	if payer.Abandon == scenarios.Unopened {
		return
	}
	tabs := 1
	if payer.Pay != nil {
		tabs = max(1, payer.Pay.Tabs)
	}
	for range tabs {
		if _, err := p.View(); err != nil {
			return
		}
	}
	p.do(func(a *Account, c *Charge) { // a page of src_all or src_card shows the choice first
		if c.Page.Stage == StageChoice && c.Request.Currency == "KWD" {
			a.chooseLocked(p, c)
		}
	})
	switch {
	case payer.Cancel == scenarios.Entry:
		a.scheduleStep(e, actionCancel, time.Duration(payer.Duration))
	case payer.Abandon != scenarios.Entry:
		a.scheduleStep(e, actionSubmit, time.Duration(payer.Duration))
	}
}

// actSubmit submits the card. A form from an older tab is refused; the payer continues in the latest one.
func (a *Account) actSubmit(e *Effect, p *Payer, payer *scenarios.Payer) {
	pay := payer.Pay
	if pay == nil {
		pay = &scenarios.Pay{}
	}
	for tab := 1; tab < pay.Tabs; tab++ {
		if !p.Latest(tab) {
			a.noteRefused(e.Charge, "the page is open in another tab, IPAY0100040")
		}
	}
	card, _ := tap.ParseTestCard(cmp.Or(string(pay.Card), "8888880000000001"))
	var wrong error
	p.do(func(a *Account, c *Charge) { wrong = a.submitLocked(c, card, expiryOf(c, pay), false) })
	switch {
	case errors.Is(wrong, ErrWrongPIN):
		a.scheduleStep(e, actionSubmit, 0)
	case payer.Cancel == scenarios.Confirm:
		a.scheduleStep(e, actionCancel, 0)
	case payer.Abandon != scenarios.Confirm:
		a.scheduleStep(e, actionConfirm, 0)
	}
}

// expiryOf is the expiry that the payer enters: the one of the scenario, or else one with which payments are captured.
func expiryOf(c *Charge, pay *scenarios.Pay) tap.CardExpiry {
	if pay.Expiry != "" {
		expiry, _ := tap.ParseCardExpiry(string(pay.Expiry))
		return expiry
	}
	if len(c.Settings.BankCapturedExpiries) > 0 {
		return c.Settings.BankCapturedExpiries[0]
	}
	return tap.CardExpiry{Month: 9, Year: 2030}
}

// actConfirm presses Confirm as often as the scenario says. After a wrong one-time password the payer tries again.
func (a *Account) actConfirm(e *Effect, p *Payer, payer *scenarios.Payer) {
	c, err := p.lock()
	if err != nil {
		a.stepRefused(e, err)
		return
	}
	if c.Page.Stage != StageConfirm { // the setting page_confirm_screen is never: nothing is left to confirm
		a.unlock()
		return
	}
	otp, late := c.OTPCode(), c.Settings.OTPLifetime
	word := payer.Pay.OTP
	asked := c.Page.OTP.Sent > 0
	fresh := c.OTPLeft(a.nowLocked()) > 0
	a.unlock()
	if asked && word == scenarios.ExpiredOTP && fresh {
		a.scheduleStep(e, actionConfirm, late)
		return
	}
	if asked && word == scenarios.WrongOTP {
		otp = wrongOTP(otp)
	}
	if a.press(p, otp, max(1, payer.Pay.Clicks)) {
		a.scheduleStep(e, actionConfirm, 0)
	}
}

// wrongOTP returns a one-time password that differs from the right one.
func wrongOTP(right string) string {
	if right == "000000" {
		return "111111"
	}
	return "000000"
}

// press confirms several times at the same instant. It reports whether the one-time password was refused and the payer may try
// again.
func (a *Account) press(p *Payer, otp string, clicks int) (again bool) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for range clicks {
		all.Go(func() {
			done := p.do(func(a *Account, c *Charge) {
				wrong := a.confirmLocked(c, otp)
				mu.Lock()
				again = again || wrong != nil && !c.over()
				mu.Unlock()
			})
			if !done {
				a.noteRefused(p.charge, "Confirm was pressed again; the charge is paid only once")
			}
		})
	}
	all.Wait()
	return again
}
