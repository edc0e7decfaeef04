package gateway

import (
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TokenError says why a token cannot be used or does not exist.
type TokenError struct {
	Used bool // it was used before
	Over bool // its five minutes are over
}

// Error says which of the reasons it is.
func (e *TokenError) Error() string {
	switch {
	case e.Used:
		return "source.id: the token was used before; each token can be used once"
	case e.Over:
		return "source.id: the token is older than five minutes"
	}
	return "this key's account has no such token"
}

// CreateToken makes a token of a test card or of a saved card. If the account has as many records as charges are allowed, its oldest token goes.
// Errors: [*NoCardError], [*ExpiredCardError], [*FullError].
func (a *Account) CreateToken(req tap.TokenRequest) (made payment.Token, err error) {
	err = a.change(func(t *tx) error {
		if req.SavedCard != "" {
			card, err := t.savedCard(req.CustomerID, req.SavedCard)
			if err != nil {
				return err
			}
			req.Card, req.Expiry = card.Card, card.Expiry
		}
		now := t.now()
		if year, month, _ := now.Date(); req.Expiry.Year < year || req.Expiry.Year == year && req.Expiry.Month < int(month) {
			return tap.CardExpired()
		}
		if err := t.roomForRecord(t.dropToken); err != nil {
			return err
		}
		made = t.newToken(req)
		t.tokens.put(made.ID, made)
		t.note(made.Name(), 0, tap.EventCreated, req.Card.Masked())
		return nil
	})
	return made, err
}

func (t *tx) newToken(req tap.TokenRequest) payment.Token {
	ordinal := &t.ordinals[tap.KindToken.Number()]
	*ordinal++
	text, now := fmt.Sprintf("%d/%d", t.a.seed, *ordinal), t.now()
	card := req.SavedCard
	if card == "" {
		card = tap.CardID("card", text, now)
	}
	return payment.Token{ID: tap.CardID("tok", text, now), Created: now, Request: req, Settings: t.state.settings, CardID: card,
		Issuer: t.a.ids.ID("bnk", t.state.settings.ChargeStyle, now, *ordinal)}
}

func (t *tx) dropToken() bool { return t.tokens.oldest() != "" }

// Token returns a token of the account. The error is a [*TokenError].
func (a *Account) Token(id string) (k payment.Token, err error) {
	a.update(func(t *tx) {
		var ok bool
		if k, ok = t.tokens.get(id); !ok {
			err = &TokenError{}
		}
	})
	return k, err
}

// UseToken uses a token as the source of a request: it can be used once, for five minutes. The error is a [*TokenError].
func (a *Account) UseToken(id string) error {
	return a.change(func(t *tx) error {
		k, ok := t.tokens.get(id)
		switch {
		case !ok:
			return &TokenError{}
		case k.Used:
			return &TokenError{Used: true}
		case k.Over(t.now()):
			return &TokenError{Over: true}
		}
		k.Used = true
		t.tokens.put(id, k)
		t.note(k.Name(), 0, tap.EventUsed, "")
		return nil
	})
}

// NoCardError says that a customer has not saved a card with this id.
type NoCardError struct{ Hidden bool } // cards saved for KFAST are not shown

// Error says what to do.
func (e *NoCardError) Error() string {
	if e.Hidden {
		return "cards saved for KFAST stay at KNET and are never shown here; to show them, contrary to what is documented, set kfast_cards_listed"
	}
	return "the customer has not saved such a card; a payer saves one on KNET's page of a charge with customer.id, under the setting kfast"
}

// shownCards are the saved cards of a customer that the cards API shows: none, unless the setting kfast_cards_listed says so.
func (t *tx) shownCards(customer string) []payment.SavedCard {
	if !t.state.settings.KFASTCardsListed {
		return nil
	}
	return t.saved[customer]
}

// Cards returns the saved cards of a customer that the cards API shows.
func (a *Account) Cards(customer string) (cards []payment.SavedCard) {
	a.update(func(t *tx) { cards = slices.Clone(t.shownCards(customer)) })
	return cards
}

func (t *tx) savedCard(customer, id string) (payment.SavedCard, error) {
	for _, c := range t.shownCards(customer) {
		if c.ID(customer) == id {
			return c, nil
		}
	}
	return payment.SavedCard{}, &NoCardError{Hidden: len(t.saved[customer]) > 0 && !t.state.settings.KFASTCardsListed}
}

// Card returns a saved card of a customer. The error is a [*NoCardError].
func (a *Account) Card(customer, id string) (c payment.SavedCard, err error) {
	a.update(func(t *tx) { c, err = t.savedCard(customer, id) })
	return c, err
}

// DeleteCard deletes a saved card of a customer. The error is a [*NoCardError].
func (a *Account) DeleteCard(customer, id string) error {
	return a.change(func(t *tx) error {
		c, err := t.savedCard(customer, id)
		if err != nil {
			return err
		}
		t.saved[customer] = slices.DeleteFunc(t.saved[customer], c.Is)
		t.note(tap.Object{Kind: tap.KindCustomer, ID: customer}, 0, tap.EventCardDeleted, fmt.Sprintf("%d saved cards left", len(t.saved[customer])))
		return nil
	})
}
