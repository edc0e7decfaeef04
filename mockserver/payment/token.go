package payment

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Token stands for a test card for five minutes and for one use (Rest of v2 7, documented).
type Token struct {
	ID       string
	Created  time.Time
	Request  tap.TokenRequest
	Used     bool
	Settings *tap.Settings // in force when it was created; never changed
	Issuer   string        // id of its bank
	CardID   string
}

// Name names the token as an object.
func (k *Token) Name() tap.Object { return tap.Object{Kind: tap.KindToken, ID: k.ID} }

// Over reports whether the time of the token is over.
func (k *Token) Over(now time.Time) bool { return !now.Before(k.Created.Add(tap.TokenLife)) }

// Object returns Tap's object: in the newest style with the keys of 2025.
func (k *Token) Object() *tap.TokenObject {
	o := &tap.TokenObject{ID: k.ID, Created: k.Created.UnixMilli(), Object: "token", Type: "CARD", Used: k.Used, Card: tap.NewCardObject(k.CardID, k.Request.Card, k.Request.Expiry)}
	o.Card.Name, o.Card.Issuer = k.Request.Name, &tap.BankRef{Bank: tap.TestBank, Country: "KW", ID: k.Issuer}
	if k.Request.Address != "" {
		o.Card.Address = tap.Raw(k.Request.Address)
	}
	if k.Request.SavedCard != "" {
		o.Type, o.Card.Customer = "SAVED_CARD", k.Request.CustomerID
	}
	if k.Settings.ChargeStyle == tap.StyleNewest {
		o.Status, o.Purpose, o.Merchant, o.ClientIP = "ACTIVE", "CHARGE", &tap.TokenMerchant{ID: k.Settings.MerchantID}, k.Request.ClientIP
	}
	return o
}

// Object returns a saved card of a customer as the cards API shows it.
func (c SavedCard) Object(customer string) tap.CardObject {
	o := tap.NewCardObject(c.ID(customer), c.Card, c.Expiry)
	o.Created, o.LiveMode, o.Customer = c.Saved.UnixMilli(), new(false), customer
	return o
}

// ID is the id of the saved card of a customer.
func (c SavedCard) ID(customer string) string {
	_, last := c.Card.Ends()
	return tap.CardID("card", customer+last+c.Expiry.String(), c.Saved)
}
