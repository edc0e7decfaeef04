package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// KFAST saves a payer's cards at KNET, under the merchant's customer id, so that the next payment requires the PIN only. It must
// be enabled for the merchant and does not exist in KNET's test environment (KNET page 14, documented).

// SavedCard is a card saved for KFAST.
type SavedCard struct {
	Card   tap.TestCard
	Expiry tap.CardExpiry
}

// Errors of KFAST on the page.
var (
	ErrKFASTRefused = errors.New("the customer has the maximum number of cards saved for KFAST")
	ErrNoSavedCard  = errors.New("the customer has no such saved card")
)

// UsesKFAST reports whether the page offers KFAST: it is enabled and the charge names a customer.
func (c *Charge) UsesKFAST() bool { return c.Settings.KFAST && c.Request.Customer.ID != "" }

// SavedCards lists the saved cards with which the charge's customer can pay.
func (p *Payer) SavedCards() []SavedCard {
	a := p.account
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.charges[p.charge]
	if !ok || !c.UsesKFAST() {
		return nil
	}
	return slices.Clone(a.saved[c.Request.Customer.ID])
}

// maySaveCardLocked reports whether the customer may save one more card.
func (a *Account) maySaveCardLocked(c *Charge) bool {
	id := c.Request.Customer.ID
	_, known := a.saved[id]
	return len(a.saved[id]) < c.Settings.KFASTMaxCards && (known || len(a.saved) < a.gw.limits.Charges)
}

// saveCardLocked saves the charge's card for the customer, once.
func (a *Account) saveCardLocked(c *Charge) {
	id, card := c.Request.Customer.ID, SavedCard{c.Page.Card, c.Page.Expiry}
	if c.Page.Consent && a.maySaveCardLocked(c) && !slices.Contains(a.saved[id], card) {
		a.saved[id] = append(a.saved[id], card)
		a.record(Entry{Event: tap.EventCardSaved, Object: c.object(), Detail: "for KFAST, customer " + tap.Mask(id)})
	}
}

// SubmitSaved submits the customer's n-th saved card, from 0, and shows the confirm screen. The error can be [ErrNoSavedCard], and if
// the scenario says so [ErrWrongPIN], as for [Payer.Submit].
func (p *Payer) SubmitSaved(ctx context.Context, n int) (string, error) {
	var refused error
	back, err := p.act(ctx, func(a *Account, c *Charge) { refused = a.submitSavedLocked(c, n) })
	if back != "" {
		return back, err
	}
	return back, cmp.Or(err, refused)
}

func (a *Account) submitSavedLocked(c *Charge, n int) error {
	cards := a.saved[c.Request.Customer.ID]
	if !c.UsesKFAST() || n < 0 || n >= len(cards) {
		return ErrNoSavedCard
	}
	if err := a.checkPINLocked(c); err != nil {
		return err
	}
	a.acceptCardLocked(c, cards[n].Card, cards[n].Expiry, false)
	return nil
}

// DeleteSaved deletes the customer's n-th saved card, from 0.
func (p *Payer) DeleteSaved(ctx context.Context, n int) (string, error) {
	return p.act(ctx, func(a *Account, c *Charge) {
		id := c.Request.Customer.ID
		if cards := a.saved[id]; c.UsesKFAST() && n >= 0 && n < len(cards) {
			a.saved[id] = slices.Delete(cards, n, n+1)
			a.record(Entry{Event: tap.EventCardDeleted, Object: c.object(), Detail: fmt.Sprintf("%d saved cards left", len(a.saved[id]))})
		}
	})
}
