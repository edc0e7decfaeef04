// Package gateway is the simulated payment gateway: accounts, charges, the payer's page, what will happen (the timeline), and the
// record of what has happened (the journal). It knows no router and no YAML; a func of its [Config] sends the webhooks.
//
// A [Gateway] holds one [Account] for each secret key; accounts do not affect each other. A charge changes in one place,
// [Charge.Apply]. What happens later is data on the account's timeline, an [Effect]. Every time that a merchant can see comes
// from the account's clock. Every draw comes from the seed, the key and the ordinal of the charge, so that the same calls give
// the same bodies.
package gateway
