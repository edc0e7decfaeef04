package gateway

import (
	"cmp"
	"errors"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// The deeds of an automatic payer, one effect each.
const (
	actOpen    = "open"
	actSubmit  = "submit"
	actConfirm = "confirm"
	actCancel  = "cancel"
)

// act is one deed of an automatic payer: what a person would do at the page, without the page.
func (a *Account) act(e *Effect) {
	defer func() {
		a.mu.Lock()
		defer a.unlock()
		a.restLocked(a.charges[e.Charge])
	}()
	p := &Payer{account: a, charge: e.Charge}
	c, err := p.lock()
	if err != nil {
		a.turnedAway(e, err)
		return
	}
	c.automatic = true
	payer := e.script.Payer
	a.unlock()
	switch e.Act {
	case actOpen:
		a.actOpen(e, p, payer)
	case actSubmit:
		a.actSubmit(e, p, payer)
	case actConfirm:
		a.actConfirm(e, p, payer)
	case actCancel:
		p.do(func(a *Account, c *Charge) { a.cancelLocked(c) })
	}
}

func (a *Account) noteRefused(charge, detail string) {
	a.mu.Lock()
	defer a.unlock()
	a.record(Entry{Event: tap.EventSubmitRefused, Object: chargeObject(charge), Detail: detail})
}

// turnedAway notes that there was nothing to do for the payer any more.
func (a *Account) turnedAway(e *Effect, err error) {
	a.mu.Lock()
	defer a.unlock()
	a.record(Entry{Event: tap.EventSubmitRefused, Object: chargeObject(e.Charge), Cause: e.Cause, Detail: "the payer came to " + e.Act + ": " + err.Error()})
}

// nextAct puts the payer's next deed on the timeline.
func (a *Account) nextAct(e *Effect, action string, in time.Duration) {
	a.mu.Lock()
	defer a.unlock()
	if c := a.charges[e.Charge]; c.over() || c.deciding {
		return
	}
	a.addLocked(a.charges[e.Charge], &Effect{Kind: Act, script: e.script, Charge: e.Charge, Due: a.nowLocked().Add(in), Act: action, Cause: e.Cause})
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
	p.do(func(a *Account, c *Charge) { // a page of src_all or src_card leads to the choice first
		if c.Page.Stage == StageChoice && c.Request.Currency == "KWD" {
			a.chooseLocked(p, c)
		}
	})
	switch {
	case payer.Cancel == scenarios.Entry:
		a.nextAct(e, actCancel, time.Duration(payer.Duration))
	case payer.Abandon != scenarios.Entry:
		a.nextAct(e, actSubmit, time.Duration(payer.Duration))
	}
}

// actSubmit hands in the card. From an older tab that is refused, and he goes on in the latest.
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
		a.nextAct(e, actSubmit, 0)
	case payer.Cancel == scenarios.Confirm:
		a.nextAct(e, actCancel, 0)
	case payer.Abandon != scenarios.Confirm:
		a.nextAct(e, actConfirm, 0)
	}
}

// expiryOf is the expiry that the payer enters: his own, or one that is captured.
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

// actConfirm presses Confirm, as often as the payer does. With a wrong one-time password he tries again.
func (a *Account) actConfirm(e *Effect, p *Payer, payer *scenarios.Payer) {
	c, err := p.lock()
	if err != nil {
		a.turnedAway(e, err)
		return
	}
	if c.Page.Stage != StageConfirm { // the setting page_confirm_screen is never, and all is over
		a.unlock()
		return
	}
	otp, late := c.OTPCode(), c.Settings.OTPLifetime
	word := payer.Pay.OTP
	asked := c.Page.OTP.Sent > 0
	fresh := c.OTPLeft(a.nowLocked()) > 0
	a.unlock()
	if asked && word == scenarios.ExpiredOTP && fresh {
		a.nextAct(e, actConfirm, late)
		return
	}
	if asked && word == scenarios.WrongOTP {
		otp = wrongOTP(otp)
	}
	if a.press(p, otp, max(1, payer.Pay.Clicks)) {
		a.nextAct(e, actConfirm, 0)
	}
}

// wrongOTP is a one-time password that is not the right one.
func wrongOTP(right string) string {
	if right == "000000" {
		return "111111"
	}
	return "000000"
}

// press confirms so many times at the same instant, and reports whether the one-time password was refused and the payer may
// try again.
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
				a.noteRefused(p.charge, "Confirm was pressed once more; nothing is paid twice")
			}
		})
	}
	all.Wait()
	return again
}
