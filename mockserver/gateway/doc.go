// Package gateway is the simulated payment gateway: accounts, their scenarios, and what is sent to merchants. It knows no router and no
// YAML; funcs of its [Config] send the webhooks.
//
// A [Gateway] holds one [Account] for each secret key; accounts do not affect each other. All that an account is, is one value (state.go);
// what runs it stands beside (account.go). Every change goes through one door (door.go). A move of an object is made by package payment and
// returns facts; what follows from a fact is in react.go, and the steps of a script that begin with it are scheduled by reach.go. They are
// effects (effect.go) on a timeline of package timeline, run by run.go and, when a call moves the clock, by advance.go; gates.go releases
// those that wait.
//
// webhook.go runs the webhook steps of a script and retry.go decides whether another attempt comes; sent.go keeps what was sent, delivery.go
// finds it again, and resend.go sends it again. return.go sends the payer back. Webhooks and returns are calls to the merchant: merchantcall.go
// makes them, attempt.go has their results, and relay.go leaves them to a process beside the merchant. payer.go and autopayer.go act on the
// page, and bank.go decides how a payment ends.
//
// A create call chooses its scenario (choose.go, from the sets of scenarios.go and the queue of queue.go), is begun (begun.go) and then creates
// its object (create.go), unless idempotency.go finds the answer to an earlier call. faults.go and chaos.go inject faults into calls, answer.go
// delays their answers.
//
// object.go says what an object with a script must be able to do, progress.go what is remembered of the script: payment.go (charges and
// authorizations), authorization.go, capture.go, void.go and auto.go (what only an authorization has), refund.go, invoice.go. update.go has the
// updates that the API asks for. evidence.go says how the bytes of a webhook are made again: paymentevidence.go and refundevidence.go have what
// it showed, forgery.go and wrongvalue.go what a scenario makes wrong in it. Customers and tokens follow no scenario: they are records
// (records.go, customer.go, token.go). list.go lists payments with listindex.go; payout.go computes payouts; seed.go makes up a history, which
// history.go draws. journal.go has the entries, question.go asks for them, trace.go has those of one object.
//
// check.go lends the account to a check and takes it back.
// evictpayment.go, evictaccount.go, held.go, memory.go and places.go keep everything within its bounds.
//
// Every time that a merchant can see comes from the account's clock. Every draw comes from the seed, the key and the ordinal of the charge,
// so that the same calls give the same bodies.
package gateway
