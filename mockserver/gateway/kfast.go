package gateway

import (
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// SavedCards are the cards that a customer has saved for KFAST, the oldest first.
func (a *Account) SavedCards(customer string) (cards []payment.SavedCard) {
	a.update(func(t *tx) { cards = slices.Clone(t.saved[customer]) })
	return cards
}

// maySave reports whether the charge's customer may save one more card.
func (t *tx) maySave(c *Payment) bool {
	id := c.Request.Customer.ID
	_, known := t.saved[id]
	return len(t.saved[id]) < c.Settings.KFASTMaxCards && (known || len(t.saved) < t.a.gw.limits.Charges)
}

// saveCard saves the charge's card for the customer, once.
func (t *tx) saveCard(c *Payment) {
	id, card := c.Request.Customer.ID, payment.SavedCard{Card: c.Page.Card, Expiry: c.Page.Expiry, Saved: t.now()}
	if c.Page.Consent && t.maySave(c) && !slices.ContainsFunc(t.saved[id], card.Is) {
		t.saved[id] = append(t.saved[id], card)
		t.note(c.Name(), 0, tap.EventCardSaved, "for KFAST, customer "+tap.Mask(id))
	}
}

// deleteSaved deletes the customer's n-th saved card, from 0, if there is one.
func (t *tx) deleteSaved(c *Payment, n int) {
	id := c.Request.Customer.ID
	if cards := t.saved[id]; c.UsesKFAST() && n >= 0 && n < len(cards) {
		t.saved[id] = slices.Delete(cards, n, n+1)
		t.note(c.Name(), 0, tap.EventCardDeleted, fmt.Sprintf("%d saved cards left", len(t.saved[id])))
	}
}
