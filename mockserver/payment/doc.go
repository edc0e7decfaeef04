// Package payment holds the payment objects of a merchant account: plain values, and the moves that change them. A move is a func of a
// value. It knows no lock, clock, HTTP or scenario, gets the time and what the bank says as arguments, and either returns the facts that
// happened or an error. What follows from a fact (a webhook, a return, a later result) is decided by the caller, package gateway.
//
// [Payment.Apply] is the only place where the status of a charge changes, [Refund.Finish] that of a refund; invoice.go has the moves of an invoice.
// Each change adds a version, from which [Payment.Version], [Refund.Version] and [Invoice.Version] make the object again as it was. [Customer] and
// [Token] have no moves. [NewPayouts] computes payouts from what charges and refunds have moved.
package payment
