package record

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// bank is what the bank did, nil if it was not asked.
func (r *recording) bank(settings scenarios.Settings) *scenarios.Bank {
	b := &scenarios.Bank{OTP: r.otp(settings), PIN: r.pin(settings), Later: r.later()}
	confirmed, settled := r.first(tap.EventConfirmed), r.first(tap.EventSettled)
	switch {
	case r.lapsed():
		settings["charge_expiry_outcome"] = string(tap.Cancelled)
		b.Delay.Forever = confirmed != nil
	case settled == nil:
		b.Delay.Forever = confirmed != nil
		r.noteUndecided(confirmed)
	case r.decides():
		c := changeOf(settled)
		w := r.wording(c)
		b.Result, b.Code, b.Status, b.Response = w.Result, w.Code, w.Status, w.Response
		if a, err := tap.ParseAmount(c.amount); err == nil && c.amount != "" {
			b.Amount = scenarios.MoneyOf(a)
		}
		if confirmed != nil {
			b.Delay.For = between(confirmed.At, settled.At, 0)
		}
	}
	if reflect.DeepEqual(*b, scenarios.Bank{}) {
		return nil
	}
	return b
}

// noteUndecided notes that the bank had not decided yet.
func (r *recording) noteUndecided(confirmed *control.Entry) {
	if confirmed != nil && r.first(tap.EventExpired, tap.EventBankSilent) == nil {
		r.note("the bank had not decided when it was recorded; the bank of the scenario never decides")
	}
}

// decides reports whether the bank decided the payment that has ended, and not the payer, the page's time limit or too many refused
// entries.
func (r *recording) decides() bool {
	settled := r.first(tap.EventSettled)
	by := r.bySeq[settled.Cause]
	endings := []tap.Event{tap.EventCancelled, tap.EventPageLimitReached, tap.EventOTPRefused, tap.EventSubmitRefused}
	return by == nil || !slices.Contains(endings, by.Event)
}

// wording says an outcome as a scenario does, with no more than it needs.
func (r *recording) wording(c change) (w scenarios.Later) {
	switch bank := r.bankOf(c.status); {
	case bank != nil && slices.Contains(tap.KNETWords(), bank.Message):
		w.Result = scenarios.KNETWord(bank.Message)
		if bank.Message == tap.KNETNotCaptured {
			w.Code = scenarios.BankCode(bank.Code)
		}
	case c.status == tap.Captured:
		w.Result = tap.KNETCaptured
	case c.status == tap.Cancelled:
		w.Result = tap.KNETCanceled
	case c.status == tap.Failed:
		w.Result = tap.KNETNotCaptured
		r.note("no webhook showed the bank's code of the declined payment; the scenario has the default one")
	}
	end := tap.PlainResult(c.status)
	if w.Result == "" || tap.KNETOutcome(string(w.Result), string(w.Code)).Status != c.status {
		w.Status = scenarios.StatusWord(c.status)
	}
	if result, ok := tap.ResultFor(c.code); ok && c.code != end.Code {
		w.Response = scenarios.TapCode(c.code)
		if tap.StatusFor(result) != c.status {
			w.Status = scenarios.StatusWord(c.status)
		}
	}
	without := w
	if without.Result = ""; w.Status != "" && reflect.DeepEqual(without.Outcome(""), w.Outcome("")) {
		return without
	}
	return w
}

// later is the later result of the bank, or nil.
func (r *recording) later() *scenarios.Later {
	corrected := r.all(tap.EventCorrected)
	if len(corrected) == 0 {
		return nil
	}
	if len(corrected) > 1 {
		r.note("the result was corrected %s; a scenario has one later result, the first", times(len(corrected)))
	}
	w := r.wording(changeOf(corrected[0]))
	w.At = r.after(corrected[0].Cause, corrected[0].At, 0)
	return &w
}

// otp is the bank's part of a one-time password. Wrong passwords of a payer who paid in the end become correct ones that the bank refused.
func (r *recording) otp(settings scenarios.Settings) *scenarios.BankOTP {
	if r.first(tap.EventOTPSent) == nil { // by default none is asked for
		return nil
	}
	o := &scenarios.BankOTP{Ask: new(true)}
	refused := r.all(tap.EventOTPRefused)
	if len(refused) == 0 {
		return o
	}
	byBank := allSay(refused, "right,")
	if !r.ended(refused[len(refused)-1]) {
		o.Refuse = scenarios.Refusal(min(len(refused), 20))
		if !byBank {
			r.note("the payer entered a wrong or late one-time password %s; the payer of the scenario enters the right one, which the bank refuses as often", times(len(refused)))
		}
		return o
	}
	if n := len(refused); n != r.standard.OTPTries {
		settings["otp_tries"] = strconv.Itoa(n)
	}
	if byBank || !allSay(refused, "wrong,") && !allSay(refused, "expired,") {
		o.Refuse = scenarios.RefuseAll
	}
	return o
}

// pin is the bank's part of the PIN. Forms that the page refused for another reason are left out.
func (r *recording) pin(settings scenarios.Settings) *scenarios.BankPIN {
	refused := r.refusals("")
	byBank := len(r.refusals(saysBankPIN))
	if others := len(refused) - byBank - len(r.refusals(saysAgain)) - len(r.refusals(saysOtherTab)); others > 0 {
		r.note("the page refused a form that was not filled in correctly %s; the scenario leaves that out", times(others))
	}
	settled := r.first(tap.EventSettled)
	if settled != nil && r.bySeq[settled.Cause] != nil && r.bySeq[settled.Cause].Event == tap.EventSubmitRefused {
		if n := len(refused) - len(r.refusals(saysAgain)) - len(r.refusals(saysOtherTab)); byBank == n && n != r.standard.PINTries {
			settings["pin_tries"] = strconv.Itoa(n)
		}
		return &scenarios.BankPIN{Refuse: scenarios.RefuseAll}
	}
	if byBank > 0 {
		return &scenarios.BankPIN{Refuse: scenarios.Refusal(min(byBank, 20))}
	}
	return nil
}
