package tap

import "slices"

// Mark says how certain a behaviour is.
type Mark string

// The marks, the most certain first. The mock must do what is proven or documented. For the others it has a default.
const (
	Proven       Mark = "proven"     // recorded bytes, or computed from them
	Documented   Mark = "documented" // in the documentation, SDKs or plugins of Tap, KNET or a bank
	Observed     Mark = "observed"   // in code, tests and posts of users
	Inferred     Mark = "inferred"   // concluded from evidence
	NothingFound Mark = "unknown"    // nothing was found
)

// FactsGathered is the day on which the newest facts behind the ledger were gathered, as year-month-day.
const FactsGathered = "2026-11-24"

// Marks lists the marks, the most certain first.
func Marks() []Mark { return []Mark{Proven, Documented, Observed, Inferred, NothingFound} }

// LedgerEntry is one behaviour of the mock that imitates Tap or KNET, and how certain it is.
type LedgerEntry struct {
	Behaviour string `json:"behaviour"`
	Mark      Mark   `json:"mark"`
	Source    string `json:"source"`            // heading of the fact sheet: "Tap API 5.2", "Rest of v2 16" or "KNET page 12"
	Setting   string `json:"setting,omitempty"` // the setting that selects the alternative, or ""
}

// Ledger lists every behaviour that imitates Tap or KNET, from a known fact or in place of an unknown one.
func Ledger() []LedgerEntry { return slices.Clone(ledger) }
