// Package tap is the wire contract of Tap Payments' v2 API, as far as the KNET flow needs it: the charge object and its
// JSON, the request that creates one, statuses and their table of moves, result and error codes, exact amounts, ids and
// references, the two webhook signatures, the settings that choose between readings of that contract, and the ledger
// that says how sure each reading is.
//
// Everything here is a plain value or a pure function: nothing reads a clock, a file or the network, and chance comes in
// as a *rand.Rand. Start with [ParseChargeRequest], [Charge] and [SignWebhook].
//
// Comments name the fact a thing imitates by the heading of the project's fact sheets, and how sure it is: proven,
// documented, observed, inferred or unknown (see [Mark]).
package tap
