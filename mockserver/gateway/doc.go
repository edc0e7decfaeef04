// Package gateway is the simulated payment gateway: accounts, their scenarios, and what is sent to merchants. It knows no router and no
// YAML; funcs of its [Config] send the webhooks.
//
// A [Gateway] holds one [Account] for each secret key; accounts do not affect each other. All that an account is, is one value (state.go);
// what runs it stands beside (account.go). Every change goes through one method (door.go). A move of an object is made by package payment
// and returns facts; what follows from a fact is in react.go: it reaches a moment (reach.go), at which the script has a webhook, the payer's
// return or a later result of the bank. These are effects on a timeline of package timeline, run by run.go; gates.go releases those that
// wait. deliver.go sends webhooks, resend.go sends one again, retry.go decides whether another attempt comes, return.go sends the payer
// back, payer.go and autopayer.go act on the page, bank.go decides how a payment ends, choose.go chooses scenarios. check.go lends the
// account to a check and takes it back.
//
// object.go says what an object with a script must be able to do: payment.go and create.go (charges and authorizations), authorization.go,
// capture.go, void.go and auto.go (what only an authorization has), refund.go, invoice.go. What a webhook of them showed at a version is in
// paymentevidence.go and refundevidence.go. Customers and tokens follow no scenario: they are records (records.go, customer.go, token.go).
// payout.go computes payouts; seed.go makes up a history, which history.go draws. evictpayment.go, evictaccount.go, held.go, memory.go and
// places.go keep everything within its bounds.
//
// Every time that a merchant can see comes from the account's clock. Every draw comes from the seed, the key and the ordinal of the charge,
// so that the same calls give the same bodies.
package gateway
