package gateway

import (
	"cmp"
	"errors"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// The steps of an automatic payer, by their events. Each is one effect.
const (
	stepOpen    = string(tap.EventPageOpened)
	stepSubmit  = string(tap.EventSubmitted)
	stepConfirm = string(tap.EventConfirmed)
	stepCancel  = string(tap.EventCancelled)
)

// act performs one step of an automatic payer (open, submit, confirm or cancel) without rendering the page.
func (a *Account) act(e effect) lastly {
	if e.Args.payer == stepConfirm {
		return a.stepConfirm(e)
	}
	return ofPayment(func(t *tx, c *Payment) {
		if !t.canAct(c, e) {
			return
		}
		switch e.Args.payer {
		case stepOpen:
			t.stepOpen(c, e)
		case stepSubmit:
			t.stepSubmit(c, e)
		case stepCancel:
			t.act(c, cancel)
		}
	})
}

// canAct reports whether the payment is still open, and notes that an automatic payer acts. If it is not open, the step is journalled as
// refused.
func (t *tx) canAct(c *Payment, e effect) bool {
	p := Payer{t.a, c.number, c.Ordinal}
	_, err := p.open(t)
	if err != nil {
		t.note(c.Name(), e.Args.cause, tap.EventPageRefused, e.Args.payer+" was not possible: "+err.Error())
	}
	c.automatic = c.automatic || err == nil
	return err == nil
}

// nextStep puts the payer's next step on the timeline.
func (t *tx) nextStep(c *Payment, e effect, step string, in time.Duration) {
	if !c.Over() && !c.Deciding {
		t.schedule(c, effect{Due: t.in(in), Args: action{kind: PayerStep, script: e.Args.script, payer: step, cause: e.Args.cause}})
	}
}

func (t *tx) stepOpen(c *Payment, e effect) {
	payer := e.Args.script.Payer
	if payer.Abandon == scenarios.Unopened {
		return
	}
	tabs := 1
	if payer.Pay != nil {
		tabs = max(1, payer.Pay.Tabs)
	}
	for range tabs {
		t.view(c, 1)
	}
	t.act(c, chooseKNET) // a page of src_all or src_card shows the choice first
	switch {
	case payer.Cancel == scenarios.Entry:
		t.nextStep(c, e, stepCancel, time.Duration(payer.Duration))
	case payer.Abandon != scenarios.Entry:
		t.nextStep(c, e, stepSubmit, time.Duration(payer.Duration))
	}
}

// stepSubmit submits the card. A form from an older tab is refused; the payer continues in the latest one.
func (t *tx) stepSubmit(c *Payment, e effect) {
	payer, pay := e.Args.script.Payer, e.Args.script.Payer.Pay
	if pay == nil {
		pay = &scenarios.Pay{}
	}
	for tab := 1; tab < pay.Tabs; tab++ {
		if tab != c.Page.Views {
			t.note(c.Name(), 0, tap.EventSubmitRefused, "the page is open in another tab, IPAY0100040")
		}
	}
	card, _ := tap.ParseTestCard(cmp.Or(string(pay.Card), tap.TestCardNumber))
	wrong := t.act(c, func(t *tx, c *Payment) error { return t.submit(c, card, expiryOf(c, pay), false) })
	switch {
	case errors.Is(wrong, payment.ErrWrongPIN):
		t.nextStep(c, e, stepSubmit, 0)
	case payer.Cancel == scenarios.Confirm:
		t.nextStep(c, e, stepCancel, 0)
	case payer.Abandon != scenarios.Confirm:
		t.nextStep(c, e, stepConfirm, 0)
	}
}

// expiryOf is the expiry that the payer enters: the one of the scenario, or else one with which payments are captured.
func expiryOf(c *Payment, pay *scenarios.Pay) tap.CardExpiry {
	if pay.Expiry != "" {
		expiry, _ := tap.ParseCardExpiry(string(pay.Expiry))
		return expiry
	}
	if len(c.Settings.BankCapturedExpiries) > 0 {
		return c.Settings.BankCapturedExpiries[0]
	}
	return tap.CardExpiry{Month: 9, Year: 2030}
}

// stepConfirm presses Confirm as often as the scenario says, at the same instant. After a wrong one-time password the payer tries again.
func (a *Account) stepConfirm(e effect) lastly {
	var otp string
	clicks := 0
	a.onPayment(e, func(t *tx, c *Payment) {
		if !t.canAct(c, e) || c.Page.Stage != payment.StageConfirm { // under page_confirm_screen=never nothing is left to confirm
			return
		}
		pay := e.Args.script.Payer.Pay
		if c.Page.OTP.Sent > 0 && pay.OTP == scenarios.ExpiredOTP && c.OTPLeft(t.now()) > 0 {
			t.nextStep(c, e, stepConfirm, c.Settings.OTPLifetime)
			return
		}
		otp, clicks = c.OTPCode(), max(1, pay.Clicks)
		if c.Page.OTP.Sent > 0 && pay.OTP == scenarios.WrongOTP {
			otp = wrongOTP(otp)
		}
	})
	if clicks == 0 || !a.press(e, otp, clicks) {
		return nil
	}
	return ofPayment(func(t *tx, c *Payment) { t.nextStep(c, e, stepConfirm, 0) })
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
func (a *Account) press(e effect, otp string, clicks int) (again bool) {
	var all sync.WaitGroup
	for range clicks {
		all.Go(func() {
			a.onPayment(e, func(t *tx, c *Payment) {
				if c.Over() || c.Deciding {
					t.note(c.Name(), 0, tap.EventSubmitRefused, "Confirm was pressed again; the charge is paid only once")
					return
				}
				wrong := t.act(c, func(t *tx, c *Payment) error { return t.confirm(c, otp) })
				again = again || wrong != nil && !c.Over()
			})
		})
	}
	all.Wait()
	return again
}
