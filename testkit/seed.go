package testkit

import "github.com/tapmock/tapmock/mockserver/control"

// History says what [Mock.Seed] makes up: charges with the outcomes of live data, refunds and customers, until now. The same history at the same
// time of the clock is the same each time: freeze the clock, see [Mock.Freeze], before a test that looks for the same values.
type History struct {
	Charges int    // at least 1, at most the limit of charges
	Days    int    // before now, 1 to 3660; 0 is 90
	Seed    uint64 // of the draws
}

// Seeded is what [Mock.Seed] has made up.
type Seeded struct {
	Charges         int
	CapturedCharges int
	Captured        string // KWD, with three decimals
	Refunds         int
	Refunded        string // KWD, with three decimals
	Customers       int    // created through the API; a captured charge of any other makes one too
}

// Seed makes up a history for the account, which must have no charges, for tests of lists, reports and reconciliation. No webhook is sent, and
// the journal gets one entry. The payouts of POST /v2/payouts/list follow from it.
func (m *Mock) Seed(h History) Seeded {
	m.tb.Helper()
	done, err := m.control.Seed(m.tb.Context(), control.History(h))
	m.check(err)
	return Seeded(done)
}
