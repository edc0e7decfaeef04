package control

import "context"

// History says what history is made up for an account: charges with the outcomes of live data, refunds and customers, until now. The same
// history at the same time of the account's clock is the same each time.
type History struct {
	Charges int    `json:"charges"`        // at least 1
	Days    int    `json:"days,omitempty"` // before now, 1 to 3660; 0: 90
	Seed    uint64 `json:"seed,omitempty"` // of the draws
}

// Seeded is what was made up.
type Seeded struct {
	Charges         int    `json:"charges"`
	CapturedCharges int    `json:"captured_charges"`
	Captured        string `json:"captured"` // KWD, with three decimals
	Refunds         int    `json:"refunds"`
	Refunded        string `json:"refunded"`  // KWD, with three decimals
	Customers       int    `json:"customers"` // created through the API; a captured charge of any other makes one too
}

// Seed makes up a history for the account, which must have no charges. It returns when all of it is there.
func (c *Client) Seed(ctx context.Context, h History) (Seeded, error) {
	return get[Seeded](ctx, c, "POST", "/seed", h)
}
