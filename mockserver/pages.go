package mockserver

import (
	"cmp"
	"context"
	"errors"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// payments are the payments of the gateway, for the pages.
type payments struct{ gateway *gateway.Gateway }

func (p payments) Open(ctx context.Context, token string) (fakepage.Payment, error) {
	return p.show(ctx, token, (*gateway.Payer).Open)
}

// show returns the payment of a token, after the payer's action get, which is Open or View.
func (p payments) show(ctx context.Context, token string, get func(*gateway.Payer) (gateway.Charge, error)) (fakepage.Payment, error) {
	payer, err := p.gateway.Payer(token)
	if err != nil {
		return fakepage.Payment{}, pageError(err)
	}
	payer.Calm(ctx)
	c, err := get(payer)
	if err != nil {
		return fakepage.Payment{}, pageError(err)
	}
	places, _ := tap.Decimals(c.Request.Currency)
	now, frozen := payer.Clock()
	var otp *fakepage.OTP
	if c.Page.Stage == gateway.StageConfirm && c.Page.OTP.Sent > 0 {
		otp = &fakepage.OTP{Code: c.OTPCode(), Left: c.OTPLeft(now), MayResend: c.Page.OTP.Sent <= c.Settings.OTPResends,
			TriesLeft: c.Settings.OTPTries - c.Page.OTP.Tries}
	}
	return fakepage.Payment{
		OTP: otp, View: c.Page.Views, PINTriesLeft: c.Settings.PINTries - c.Page.WrongPINs, KFAST: c.UsesKFAST(), Saved: savedCards(payer),
		Screen: fakepage.Screen(c.Page.Stage), Amount: c.Request.Amount.Text(places), Currency: c.Request.Currency,
		Merchant: c.Settings.PageMerchant, Website: c.Settings.PageWebsite, PaymentID: c.Page.PaymentID,
		Card: c.Page.Card, Expiry: c.Page.Expiry, Year: c.Created.Year(), ReturnStatus: c.Settings.ReturnStatus,
		Captured: c.Settings.BankCapturedExpiries, Look: lookOf(&c), Left: c.PageLeft(now), Running: !frozen,
	}, nil
}

// lookOf is the look of the page of a charge.
func lookOf(c *gateway.Charge) fakepage.Look {
	s := c.Settings
	lang := s.PageLanguage
	if lang == "auto" {
		lang = cmp.Or(c.Request.Language, "en")
	}
	return fakepage.Look{Lang: lang, OneBox: s.PageGeneration == "onebox", Banks2022: s.PageBankOrder == "2022", ShortValues: s.PageBankValues == "3-part",
		FirstYear: s.PageFirstYear, PrefixDelay: s.PagePrefixDelay, ArabicBank: s.PageArabicTestBank, Accessible: s.PageAccessible,
		Panel: s.PageOutcomePanel}
}

func savedCards(payer *gateway.Payer) []fakepage.SavedCard {
	var all []fakepage.SavedCard
	for _, s := range payer.SavedCards() {
		all = append(all, fakepage.SavedCard{Masked: s.Card.Masked(), Expiry: s.Expiry.String()})
	}
	return all
}

// act performs an action of the payer of a token. It returns the address to which the browser is redirected, or "".
func (p payments) act(ctx context.Context, token string, action func(*gateway.Payer) (string, error)) (string, error) {
	payer, err := p.gateway.Payer(token)
	if err != nil {
		return "", pageError(err)
	}
	payer.Calm(ctx)
	back, err := action(payer)
	return back, pageError(err)
}

func (p payments) ChooseKNET(ctx context.Context, token string) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.ChooseKNET(ctx) })
}

func (p payments) Submit(ctx context.Context, token string, card tap.TestCard, expiry tap.CardExpiry, consent bool) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.Submit(ctx, card, expiry, consent) })
}

func (p payments) SubmitSaved(ctx context.Context, token string, n int) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.SubmitSaved(ctx, n) })
}

func (p payments) DeleteSaved(ctx context.Context, token string, n int) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.DeleteSaved(ctx, n) })
}

func (p payments) RefuseSubmit(ctx context.Context, token, message string, wrongPIN bool) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.RefuseSubmit(ctx, message, wrongPIN) })
}

func (p payments) Latest(token string, view int) bool {
	payer, err := p.gateway.Payer(token)
	return err != nil || payer.Latest(view)
}

func (p payments) View(ctx context.Context, token string) (fakepage.Payment, error) {
	return p.show(ctx, token, (*gateway.Payer).View)
}

func (p payments) End(ctx context.Context, token, outcome string) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.End(ctx, outcome) })
}

func (p payments) Onward(ctx context.Context, token string) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.Onward(ctx) })
}

func (p payments) Back(ctx context.Context, token string) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.Back(ctx) })
}

func (p payments) Confirm(ctx context.Context, token, otp string) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.Confirm(ctx, otp) })
}

func (p payments) Resend(ctx context.Context, token string) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.ResendOTP(ctx) })
}

func (p payments) Cancel(ctx context.Context, token string) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.Cancel(ctx) })
}

func (p payments) NoticeLimit(ctx context.Context, token string) (string, error) {
	return p.act(ctx, token, func(payer *gateway.Payer) (string, error) { return payer.NoticeLimit(ctx) })
}

// pageError converts the gateway's errors to those of the pages.
func pageError(err error) error {
	if ended, ok := errors.AsType[*gateway.EndedError](err); ok {
		c := ended.Charge
		return &fakepage.EndedError{Status: c.Status, Result: c.Result, ReturnURL: c.ReturnURL(), Lang: lookOf(&c).Lang}
	}
	if wait, ok := errors.AsType[*gateway.WaitError](err); ok {
		return &fakepage.WaitError{Lang: lookOf(&wait.Charge).Lang}
	}
	if errors.Is(err, gateway.ErrWrongPIN) {
		return fakepage.ErrWrongPIN
	}
	if wrong, ok := errors.AsType[*gateway.OTPError](err); ok {
		return &fakepage.OTPError{Reason: wrong.Reason}
	}
	if errors.Is(err, gateway.ErrTabClosed) {
		return fakepage.ErrTabClosed
	}
	if errors.Is(err, gateway.ErrNoOutcome) {
		return fakepage.ErrNoOutcome
	}
	if errors.Is(err, gateway.ErrKFASTRefused) {
		return fakepage.ErrKFASTRefused
	}
	if errors.Is(err, gateway.ErrNoSavedCard) {
		return fakepage.ErrNoSavedCard
	}
	if errors.Is(err, gateway.ErrNoPage) {
		return fakepage.ErrNoPage
	}
	return err
}
