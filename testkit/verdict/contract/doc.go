// Package contract reaches a merchant's shop that is written in any language, so that package verdict can judge it. The shop keeps a
// contract of two calls, in a test build only:
//
//	POST /tapmock/checkout   {"order": "check-1", "amount": "12.345", "currency": "KWD", "first_name": "Test", "email": "test@example.com"}
//	                         → {"pay_url": "http://…"}     it has created the charge; "" if nothing is left to pay
//	GET  /tapmock/order?id=check-1
//	                         → {"order": "check-1", "state": "paid", "amount": "12.345", "fulfilled": 1, "refunded": "0.000"}
//
// state is paid, unpaid or refunded, fulfilled how often the goods were handed over or the account was credited, refunded what the payer
// has back. Further calls are optional, and a call that the shop answers with 404, 405 or 501 is taken for missing: POST /tapmock/reconcile
// runs the job that asks Tap for open orders; POST /tapmock/refund {"order", "amount"} gives money back; POST /tapmock/authorize (as
// checkout), /tapmock/capture {"order", "amount"} and /tapmock/void {"order"} are for shops that hold money first.
//
// A shop that has such pages already needs no new ones: a [Config], read from check.yaml by [Parse], says for each call which request or
// command makes it, and where in the answer each value stands.
//
//	shop, err := contract.New(contract.Default("http://127.0.0.1:8000"))
//	result, err := verdict.Check(ctx, verdict.Config{Mock: client, Key: key, Merchant: shop, Preflight: true})
//
// An answer that is none, or not the one wanted, is a [verdict.BrokenError]: a sentence with the step, what came and what was wanted.
package contract
