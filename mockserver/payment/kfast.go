package payment

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// KFAST saves a payer's cards at KNET, under the merchant's customer id, so that the next payment requires the PIN only. It must
// be enabled for the merchant and does not exist in KNET's test environment (KNET page 14, documented).

// SavedCard is a card saved for KFAST.
type SavedCard struct {
	Card   tap.TestCard
	Expiry tap.CardExpiry
	Saved  time.Time
}

// Is reports whether it is the same card.
func (c SavedCard) Is(other SavedCard) bool { return c.Card == other.Card && c.Expiry == other.Expiry }

// UsesKFAST reports whether the page offers KFAST: it is enabled and the charge names a customer.
func (c *Payment) UsesKFAST() bool { return c.Settings.KFAST && c.Request.Customer.ID != "" }
