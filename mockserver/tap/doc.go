// Package tap is the wire contract of Tap Payments' v2 API, as far as the KNET flow needs it: the objects and their JSON, the
// requests, statuses and their table of moves, result and error codes, exact amounts, ids and references, the two webhook
// signatures, the events of the journal, the settings for behaviour that is not certain, and the ledger, which says how certain
// each behaviour is.
//
// Everything here is a plain value or a pure function. Nothing reads a clock, a file or the network, and random values come from a
// *rand.Rand argument. Start with [ParsePaymentRequest], [Charge] and [SignWebhook].
//
// Comments name the source of each fact, a heading of the project's fact sheets such as Tap API 5.2 or KNET page 12, and how
// certain it is: proven, documented, observed, inferred or unknown (see [Mark]).
package tap
