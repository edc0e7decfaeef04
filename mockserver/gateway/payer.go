package gateway

import (
	"context"
	"slices"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Payer acts on the page of one charge. Every action can find that the payment has ended ([*payment.EndedError]), that the payer must wait
// ([*payment.WaitError]), or that the page's time limit has passed, which ends the payment with the result 304 and sends the payer back
// (KNET page 6, inferred).
type Payer struct {
	account       *Account
	lane, ordinal uint64 // of the charge
}

// Payer returns the payer of the page link with this token. The error is [payment.ErrNoPage].
func (g *Gateway) Payer(token string) (*Payer, error) {
	p, ok := g.pages.find(token)
	if !ok {
		return nil, payment.ErrNoPage
	}
	return &p, nil
}

// find returns the payer's charge, or nil if the account has it no longer.
func (p *Payer) find(t *tx) *Payment { return t.payments.still(p.lane, p.ordinal) }

// open returns the charge of a payment that is still open.
func (p *Payer) open(t *tx) (*Payment, error) {
	c := p.find(t)
	switch {
	case c == nil:
		return nil, payment.ErrNoPage
	case c.Over():
		return nil, &payment.EndedError{Payment: c.Payment}
	case c.Deciding:
		return nil, &payment.WaitError{Payment: c.Payment}
	}
	return c, nil
}

// Calm is [Account.Calm] of the payer's account.
func (p *Payer) Calm(ctx context.Context) { p.account.Calm(ctx) }

// View is Open for a browser that requests the page; this view is then the latest one (see [Payer.Latest]).
func (p *Payer) View() (payment.Session, error) { return p.show(1) }

// Open shows the page. The page's time limit counts from the first time.
func (p *Payer) Open() (payment.Session, error) { return p.show(0) }

func (p *Payer) show(views int) (shown payment.Session, err error) {
	p.account.update(func(t *tx) {
		var c *Payment
		if c, err = p.open(t); err == nil {
			t.view(c, views)
			shown = payment.Session{Payment: c.Payment, Now: t.now(), Frozen: t.timeline.Clock.Frozen}
			if c.UsesKFAST() {
				shown.Saved = slices.Clone(t.saved[c.Request.Customer.ID])
			}
		}
	})
	return shown, err
}

// view shows the page.
func (t *tx) view(c *Payment, views int) {
	c.Page.Views += views
	t.emit(c, c.OpenPage(t.now(), nil), 0)
}

// Latest reports whether a form comes from the latest view of the page. An earlier view is in another tab, which KNET refuses as
// IPAY0100040 (KNET page 6, documented).
func (p *Payer) Latest(view int) (latest bool) {
	p.account.update(func(t *tx) {
		c, err := p.open(t)
		latest = err != nil || view == c.Page.Views // after an error the action of the form returns it
	})
	return latest
}

// move is an action of a payer at the page of an open payment.
type move func(t *tx, c *Payment) error

// act runs one action of the payer, unless the page's time limit has passed. It returns the address to which the payer is sent
// back, or "" if the payer stays on the page. If the payment has ended on the page, as after a double click, every action returns
// the same address, however late; the charge is paid only once.
func (p *Payer) act(ctx context.Context, action move) (back string, err error) {
	var epoch uint64
	var leaves bool
	p.account.update(func(t *tx) {
		var c *Payment
		if c, err = p.open(t); err != nil {
			leaves = p.isDone(t)
		} else {
			err = t.act(c, action)
			leaves = c.Over() || c.Deciding
			c.EndedOnPage = c.EndedOnPage || leaves
		}
		if leaves {
			epoch = t.epoch
			t.timeline.Keep(p.lane) // until the payer is sent back
		}
	})
	if !leaves {
		return "", err
	}
	refused := err
	if back, err = p.sendBack(ctx, epoch); back == "" && err == nil {
		err = refused
	}
	return back, err
}

// act runs an action of the payer. If the page's time limit has passed it ends the payment instead.
func (t *tx) act(c *Payment, action move) error {
	if !c.PastLimit(t.now()) {
		return action(t, c)
	}
	facts, next := c.ReachLimit(nil)
	t.follow(c, facts, next)
	return nil
}

// follow writes the facts of a payer's move, and does what must happen next.
func (t *tx) follow(c *Payment, facts []payment.Fact, next payment.Next) {
	cause := t.emit(c, facts, 0)
	switch {
	case next.AskBank:
		t.decide(c, cause)
	case next.Ends:
		t.finish(c, next.Outcome, tap.EventSettled, cause)
	}
}

// isDone reports whether a person has nothing left to do at the page: they have ended the payment, or the bank decides.
func (p *Payer) isDone(t *tx) bool {
	c := p.find(t)
	return c != nil && (c.Deciding && !c.Over() || c.Over() && c.EndedOnPage && !c.automatic)
}

// Onward is for a payer who requests the page after they have done their part. It returns the address to which they are sent
// back, or a [*payment.WaitError]. In other cases the error says that the payment has ended; "" without an error means that the payment
// is open.
func (p *Payer) Onward(ctx context.Context) (back string, err error) {
	var epoch uint64
	var leaves bool
	p.account.update(func(t *tx) {
		_, err = p.open(t)
		switch c := p.find(t); {
		case err == nil || c == nil:
		case c.mustWait():
			err = &payment.WaitError{Payment: c.Payment}
		case p.isDone(t) && c.Redirect == payment.Pending: // else they have been sent back, and have loaded the page again
			leaves, epoch = true, t.epoch
			t.timeline.Keep(p.lane)
		}
	})
	if !leaves {
		return "", err
	}
	return p.sendBack(ctx, epoch)
}

// mustWait reports whether the payer has done their part and must wait for the return; a request for the page says so at once.
func (c *Payment) mustWait() bool {
	return c.EndedOnPage && !c.automatic && !c.returnAllowed && c.Redirect == payment.Pending
}

// ChooseKNET chooses KNET and opens its page.
func (p *Payer) ChooseKNET(ctx context.Context) (string, error) { return p.act(ctx, chooseKNET) }

func chooseKNET(t *tx, c *Payment) error {
	t.emit(c, c.ChooseKNET(t.now(), nil), 0)
	return nil
}

// Submit submits the card and shows the confirm screen; if it is called again, the later card counts. PINs are never kept. With consent
// the card is saved for KFAST after a right one-time password. The error can be [payment.ErrKFASTRefused], and if the scenario says so
// [payment.ErrWrongPIN].
func (p *Payer) Submit(ctx context.Context, card tap.TestCard, expiry tap.CardExpiry, consent bool) (string, error) {
	return p.act(ctx, func(t *tx, c *Payment) error { return t.submit(c, card, expiry, consent) })
}

func (t *tx) submit(c *Payment, card tap.TestCard, expiry tap.CardExpiry, consent bool) error {
	facts, next, err := c.Submit(payment.Submission{Card: card, Expiry: expiry, Consent: consent, MaySave: t.maySave(c)}, c.bank(), t.now(), nil)
	t.follow(c, facts, next)
	return err
}

// RefuseSubmit records that the page refused a form, for the reason in message, and shows the entry screen. A wrong PIN counts
// for the setting pin_tries; after the last try the bank refuses the payment (authRespCode 75, observed).
func (p *Payer) RefuseSubmit(ctx context.Context, message string, wrongPIN bool) (string, error) {
	return p.act(ctx, func(t *tx, c *Payment) error {
		if wrongPIN {
			facts, next := c.RefusePIN(message, nil)
			t.follow(c, facts, next)
		} else {
			t.emit(c, c.RefuseSubmit(message, nil), 0)
		}
		return nil
	})
}

// Back returns from the confirm screen to the entry screen.
func (p *Payer) Back(ctx context.Context) (string, error) {
	return p.act(ctx, func(t *tx, c *Payment) error {
		t.emit(c, c.GoBack(nil), 0)
		return nil
	})
}

// Cancel ends the payment as cancelled by the payer.
func (p *Payer) Cancel(ctx context.Context) (string, error) { return p.act(ctx, cancel) }

func cancel(t *tx, c *Payment) error {
	facts, next := c.Cancel(nil)
	t.follow(c, facts, next)
	return nil
}

// Confirm asks the bank for its decision, which settles the charge, and sends the payer back. If a one-time password is required
// and otp is not right, the error is an [*payment.OTPError] and the payer stays on the page, unless that was the last try.
func (p *Payer) Confirm(ctx context.Context, otp string) (string, error) {
	return p.act(ctx, func(t *tx, c *Payment) error { return t.confirm(c, otp) })
}

func (t *tx) confirm(c *Payment, otp string) error {
	facts, next, err := c.Confirm(otp, c.bank(), t.now(), nil)
	t.follow(c, facts, next)
	return err
}

// ResendOTP sends another one-time password, if the settings allow one more.
func (p *Payer) ResendOTP(ctx context.Context) (string, error) {
	return p.act(ctx, func(t *tx, c *Payment) error {
		t.emit(c, c.ResendOTP(t.now(), nil), 0)
		return nil
	})
}

// NoticeLimit ends the payment and sends the payer back if the page's time limit has passed; otherwise it does nothing. The page
// calls it when its countdown has ended.
func (p *Payer) NoticeLimit(ctx context.Context) (string, error) {
	return p.act(ctx, func(*tx, *Payment) error { return nil })
}

// SubmitSaved submits the customer's n-th saved card, from 0, and shows the confirm screen. The error can be [payment.ErrNoSavedCard].
func (p *Payer) SubmitSaved(ctx context.Context, n int) (string, error) {
	return p.act(ctx, func(t *tx, c *Payment) error {
		cards := t.saved[c.Request.Customer.ID]
		if !c.UsesKFAST() || n < 0 || n >= len(cards) {
			return payment.ErrNoSavedCard
		}
		return t.submit(c, cards[n].Card, cards[n].Expiry, false)
	})
}

// DeleteSaved deletes the customer's n-th saved card, from 0.
func (p *Payer) DeleteSaved(ctx context.Context, n int) (string, error) {
	return p.act(ctx, func(t *tx, c *Payment) error {
		t.deleteSaved(c, n)
		return nil
	})
}
