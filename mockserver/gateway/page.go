package gateway

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Stage is the screen that the payer sees.
type Stage string

// The stages of a page. The page of a src_all or src_card charge begins with the choice.
const (
	StageNew     Stage = ""
	StageChoice  Stage = "choice"
	StageEntry   Stage = "entry"
	StageConfirm Stage = "confirm"
)

// Page is the state of the payer's page. It never contains the PIN or the OTP.
type Page struct {
	Stage     Stage
	Opened    time.Time // when KNET's page was opened, on the account's clock
	PaymentID string    // KNET's
	Card      tap.TestCard
	Expiry    tap.CardExpiry
	OTP       OTP
	Consent   bool // the payer wants the card saved for KFAST
	WrongPINs int
	Views     int // how often the page was shown; only the latest view may submit its form
}

// ErrNoPage says that a token does not belong to a page, or not any more.
var ErrNoPage = errors.New("there is no such payment page")

// EndedError says that the payment of a page has ended.
type EndedError struct{ Charge Charge }

// Error names the status.
func (e *EndedError) Error() string { return "the payment has ended: " + string(e.Charge.Status) }

// Payer acts on the page of one charge. Every action can find that the payment has ended ([*EndedError]), or that the page's time
// limit has passed, which ends the payment with the result 304 and sends the payer back (KNET page 6, inferred).
type Payer struct {
	account *Account
	charge  string
}

// Payer returns the payer of the page link with this token. The error is [ErrNoPage].
func (g *Gateway) Payer(token string) (*Payer, error) {
	e, ok := g.pages.find(token)
	if !ok {
		return nil, ErrNoPage
	}
	return &Payer{e.account, e.charge}, nil
}

// Clock is [Account.Clock] of the payer's account.
func (p *Payer) Clock() (now time.Time, frozen bool) { return p.account.Clock() }

// Calm is [Account.Calm] of the payer's account.
func (p *Payer) Calm(ctx context.Context) { p.account.Calm(ctx) }

// View is Open for a browser that requests the page; this view is then the latest one (see [Payer.Latest]).
func (p *Payer) View() (Charge, error) {
	c, err := p.lock()
	if err != nil {
		return Charge{}, err
	}
	c.Page.Views++
	p.account.unlock()
	return p.Open()
}

// Latest reports whether a form comes from the latest view of the page. An earlier view is in another tab, which KNET refuses as
// IPAY0100040 (KNET page 6, documented).
func (p *Payer) Latest(view int) bool {
	c, err := p.lock()
	if err != nil {
		return true // the action of the form returns the error
	}
	defer p.account.unlock()
	return view == c.Page.Views
}

// Open shows the page. The page's time limit counts from the first time.
func (p *Payer) Open() (Charge, error) {
	c, err := p.lock()
	if err != nil {
		return Charge{}, err
	}
	defer p.account.unlock()
	if c.Page.Stage == StageNew {
		opened := p.account.record(Entry{Event: tap.EventPageOpened, Object: c.object()})
		c.Page.Stage = StageChoice
		p.account.reachLocked(c, scenarios.PageOpened, 0, opened)
		if c.Source == tap.SourceKNET {
			p.enterKNET(c)
		}
	}
	return *c, nil
}

// enterKNET opens KNET's page.
func (p *Payer) enterKNET(c *Charge) {
	now := p.account.nowLocked()
	c.Page = Page{Stage: StageEntry, Opened: now, PaymentID: tap.PaymentID(now, c.draw), Views: c.Page.Views}
}

// lock returns the charge with its account locked, or an error if the payment has ended.
func (p *Payer) lock() (*Charge, error) {
	p.account.mu.Lock()
	c, ok := p.account.charges[p.charge]
	switch {
	case !ok:
		p.account.mu.Unlock()
		return nil, ErrNoPage
	case c.over():
		ended := &EndedError{*c}
		p.account.mu.Unlock()
		return nil, ended
	case c.deciding:
		wait := &WaitError{*c}
		p.account.mu.Unlock()
		return nil, wait
	}
	return c, nil
}

// do runs one action, unless the page's time limit has passed. It reports whether the payment was still open.
func (p *Payer) do(action func(*Account, *Charge)) bool {
	c, err := p.lock()
	if err == nil {
		p.runLocked(c, action)
		p.account.unlock()
	}
	return err == nil
}

// runLocked runs an action of the payer. If the page's time limit has passed it ends the payment instead.
func (p *Payer) runLocked(c *Charge, action func(*Account, *Charge)) {
	a := p.account
	if !c.Page.pastLimit(a.nowLocked(), c.Settings.PageLimit) {
		action(a, c)
		return
	}
	cause := a.record(Entry{Event: tap.EventPageLimitReached, Object: c.object(), Detail: "after " + c.Settings.PageLimit.String() + " on the page"})
	a.assumeLocked(c, assumesPageLimit, cause)
	a.assumeLocked(c, assumesPageTimeout, cause)
	a.settleLocked(c, tap.OutcomePageExpired(), cause)
}

// act runs one action of the payer, unless the page's time limit has passed. It returns the address to which the payer is sent
// back, or "" if the payer stays on the page. If the payment has ended on the page, as after a double click, every action returns
// the same address, however late; the charge is paid only once.
func (p *Payer) act(ctx context.Context, action func(*Account, *Charge)) (string, error) {
	c, err := p.lock()
	if err != nil {
		if ended, over := errors.AsType[*EndedError](err); over && !ended.byPerson() {
			return "", err
		}
		return p.sendBackAgain(ctx)
	}
	a := p.account
	p.runLocked(c, action)
	if !c.over() && !c.deciding {
		a.unlock()
		return "", nil
	}
	c.endedOnPage = true
	c.pending++ // the payer: the charge is kept until they are sent back
	a.unlock()
	return p.sendBack(ctx, c)
}

// Onward is for a payer who requests the page after they have done their part. It returns the address to which they are sent
// back, or a [*WaitError]. In other cases the error says that the payment has ended; "" without an error means that the payment
// is open.
func (p *Payer) Onward(ctx context.Context) (string, error) {
	_, err := p.lock()
	if err == nil {
		p.account.unlock()
		return "", nil
	}
	if p.mustWait() {
		return "", &WaitError{p.snapshot()}
	}
	if ended, over := errors.AsType[*EndedError](err); over && !(ended.byPerson() && ended.Charge.Redirect == tap.DeliveryPending) {
		return "", err // they have been sent back, and have loaded the page again
	}
	return p.sendBackAgain(ctx)
}

// mustWait reports whether the payer has done their part and must wait for the return; a request for the page says so at once.
func (p *Payer) mustWait() bool {
	p.account.mu.Lock()
	defer p.account.mu.Unlock()
	c, ok := p.account.charges[p.charge]
	return ok && c.endedOnPage && !c.automatic && !c.returnAllowed && c.Redirect == tap.DeliveryPending
}

func (p *Payer) snapshot() Charge {
	p.account.mu.Lock()
	defer p.account.mu.Unlock()
	if c, ok := p.account.charges[p.charge]; ok {
		return *c
	}
	return Charge{Settings: p.account.settings, Request: &tap.ChargeRequest{}, Script: scenarios.Plain()}
}

// byPerson reports whether a person has ended the payment on the page.
func (e *EndedError) byPerson() bool { return e.Charge.endedOnPage && !e.Charge.automatic }

// sendBackAgain sends back a payer who has nothing left to do at the page, because of another of their requests.
func (p *Payer) sendBackAgain(ctx context.Context) (string, error) {
	p.account.mu.Lock()
	c, ok := p.account.charges[p.charge]
	if !ok {
		p.account.mu.Unlock()
		return "", ErrNoPage
	}
	c.pending++
	p.account.mu.Unlock()
	return p.sendBack(ctx, c)
}

// ChooseKNET chooses KNET and opens its page.
func (p *Payer) ChooseKNET(ctx context.Context) (string, error) {
	return p.act(ctx, func(a *Account, c *Charge) {
		if c.Page.Stage == StageChoice && c.Request.Currency == "KWD" {
			a.chooseLocked(p, c)
		}
	})
}

func (a *Account) chooseLocked(p *Payer, c *Charge) {
	a.record(Entry{Event: tap.EventMethodChosen, Object: c.object()})
	c.Source = tap.SourceKNET
	p.enterKNET(c)
}

// ErrWrongPIN says that the bank refused the PIN; the payer may try again.
var ErrWrongPIN = errors.New("the PIN is wrong")

// Submit submits the card and shows the confirm screen; if it is called again, the later card counts. It takes no PIN: every PIN
// of 4 digits is right (KNET page 1, documented), and PINs are never kept. With consent the card is saved for KFAST after a right
// one-time password. The error can be [ErrKFASTRefused], and if the scenario says so [ErrWrongPIN].
func (p *Payer) Submit(ctx context.Context, card tap.TestCard, expiry tap.CardExpiry, consent bool) (string, error) {
	var refused error
	back, err := p.act(ctx, func(a *Account, c *Charge) { refused = a.submitLocked(c, card, expiry, consent) })
	if back != "" {
		return back, err
	}
	return back, cmp.Or(err, refused)
}

func (a *Account) submitLocked(c *Charge, card tap.TestCard, expiry tap.CardExpiry, consent bool) error {
	consent = consent && c.UsesKFAST()
	if consent && !a.maySaveCardLocked(c) {
		a.record(Entry{Event: tap.EventSubmitRefused, Object: c.object(), Detail: ErrKFASTRefused.Error()})
		return ErrKFASTRefused
	}
	if err := a.checkPINLocked(c); err != nil {
		return err
	}
	a.acceptCardLocked(c, card, expiry, consent)
	return nil
}

// checkPINLocked refuses the PIN if the scenario says so, regardless of what was typed.
func (a *Account) checkPINLocked(c *Charge) error {
	if pin := c.Script.Bank.PIN; pin == nil || !pin.Refuse.Refuses(c.Page.WrongPINs) {
		return nil
	}
	cause := a.record(Entry{Event: tap.EventSubmitRefused, Object: c.object(), Detail: "the bank refused the PIN"})
	a.wrongPINLocked(c, cause)
	return ErrWrongPIN
}

// wrongPINLocked counts a wrong PIN; after the last try the bank refuses the payment (authRespCode 75, observed).
func (a *Account) wrongPINLocked(c *Charge, cause uint64) {
	c.Page.WrongPINs++
	if c.Page.WrongPINs >= c.Settings.PINTries {
		a.assumeLocked(c, assumesPINTries, cause)
		a.settleLocked(c, tap.KNETOutcome(tap.KNETNotCaptured, "75"), cause)
	} else if c.Page.Stage == StageConfirm {
		c.Page.Stage = StageEntry
	}
}

// acceptCardLocked stores a card and shows the confirm screen, and sends a one-time password if one is required.
func (a *Account) acceptCardLocked(c *Charge, card tap.TestCard, expiry tap.CardExpiry, consent bool) {
	if c.Page.Stage != StageEntry && c.Page.Stage != StageConfirm {
		return
	}
	submitted := a.record(Entry{Event: tap.EventSubmitted, Object: c.object(), Detail: "fields: bank, prefix, number, expiry, PIN"})
	c.Page.Stage, c.Page.Card, c.Page.Expiry, c.Page.Consent = StageConfirm, card, expiry, consent
	a.reachLocked(c, scenarios.Submitted, 0, submitted)
	switch {
	case c.NeedsOTP() && c.Page.OTP.Sent == 0:
		a.sendOTPLocked(c)
	case c.Settings.PageConfirmScreen == "never" && c.Page.OTP.Sent == 0:
		a.decideLocked(c, submitted)
	}
}

// RefuseSubmit records that the page refused a form, for the reason in message, and shows the entry screen. A wrong PIN counts
// for the setting pin_tries; after the last try the bank refuses the payment (authRespCode 75, observed).
func (p *Payer) RefuseSubmit(ctx context.Context, message string, wrongPIN bool) (string, error) {
	return p.act(ctx, func(a *Account, c *Charge) {
		cause := a.record(Entry{Event: tap.EventSubmitRefused, Object: c.object(), Detail: message})
		if wrongPIN {
			a.wrongPINLocked(c, cause)
		} else if c.Page.Stage == StageConfirm {
			c.Page.Stage = StageEntry
		}
	})
}

// Back returns from the confirm screen to the entry screen.
func (p *Payer) Back(ctx context.Context) (string, error) {
	return p.act(ctx, func(a *Account, c *Charge) {
		if c.Page.Stage == StageConfirm {
			a.record(Entry{Event: tap.EventPageBack, Object: c.object()})
			c.Page.Stage = StageEntry
		}
	})
}

// Cancel ends the payment as cancelled by the payer.
func (p *Payer) Cancel(ctx context.Context) (string, error) {
	return p.act(ctx, func(a *Account, c *Charge) { a.cancelLocked(c) })
}

func (a *Account) cancelLocked(c *Charge) {
	cause := a.record(Entry{Event: tap.EventCancelled, Object: c.object()})
	end := tap.KNETOutcome(tap.KNETCanceled, "")
	a.assumeEndLocked(c, end, cause)
	a.settleLocked(c, end, cause)
}

// Confirm asks the bank for its decision, which settles the charge, and sends the payer back. If a one-time password is required
// and otp is not right, the error is an [*OTPError] and the payer stays on the page, unless that was the last try.
func (p *Payer) Confirm(ctx context.Context, otp string) (string, error) {
	var wrong error
	back, err := p.act(ctx, func(a *Account, c *Charge) { wrong = a.confirmLocked(c, otp) })
	if back == "" && err == nil {
		err = wrong
	}
	return back, err
}

// confirmLocked asks the bank for its decision, unless the one-time password is not right.
func (a *Account) confirmLocked(c *Charge, otp string) error {
	if c.Page.Stage != StageConfirm {
		return nil
	}
	if wrong := a.checkOTPLocked(c, otp); wrong != nil {
		return wrong
	}
	cause := a.record(Entry{Event: tap.EventConfirmed, Object: c.object()})
	a.saveCardLocked(c)
	a.reachLocked(c, scenarios.Confirmed, 0, cause)
	a.decideLocked(c, cause)
	return nil
}

// ResendOTP sends another one-time password, if the settings allow one more.
func (p *Payer) ResendOTP(ctx context.Context) (string, error) {
	return p.act(ctx, func(a *Account, c *Charge) {
		if o := c.Page.OTP; c.Page.Stage == StageConfirm && o.Sent > 0 && o.Sent <= c.Settings.OTPResends {
			a.sendOTPLocked(c)
		}
	})
}
