package tap

import "slices"

// Mark says how sure a behaviour is.
type Mark string

// The marks, from the surest on. Proven and documented bind; for every other one the mock plays a default.
const (
	Proven       Mark = "proven"     // recorded bytes, or recomputed from them
	Documented   Mark = "documented" // in the documentation, SDKs or plugins of Tap, KNET or a bank
	Observed     Mark = "observed"   // in other people's code, tests and posts
	Inferred     Mark = "inferred"   // concluded from evidence
	NothingFound Mark = "unknown"    // nothing was found
)

// Marks lists the marks from the surest on.
func Marks() []Mark { return []Mark{Proven, Documented, Observed, Inferred, NothingFound} }

// LedgerEntry is one behaviour of the mock that imitates Tap or KNET, and how sure it is.
type LedgerEntry struct {
	Behaviour string
	Mark      Mark
	Source    string // heading of the fact sheet: "Tap API 5.2" or "KNET page 12"
	Setting   string // the setting that leads to the alternative, or ""
}

// Ledger lists every behaviour that is built on a fact or stands in for a missing one.
func Ledger() []LedgerEntry { return slices.Clone(ledger) }
