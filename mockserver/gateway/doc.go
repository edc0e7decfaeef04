// Package gateway is the simulated payment gateway: accounts, charges, the payer's page, what will happen next (the
// timeline), and the record of what happened (the journal). It knows no router and no YAML; sending a webhook is a func
// of its [Config].
//
// A [Gateway] holds one [Account] for each secret key, and no account can see or feel another. A charge changes in one
// place, [Charge.Apply]; what is to happen later is data on its account's timeline, an [Effect]; every instant that a
// merchant can see is read from the account's clock; and every draw comes from the seed, the key and the ordinal of the
// charge, so that the same calls give the same bodies.
package gateway
