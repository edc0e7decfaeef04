// Package record makes of a payment that was played in a mock what plays it again: the YAML of a scenario, and a Go test with package
// testkit. The payment may have been driven by hand, in a browser, by a scenario or by a test; what is needed is only what the control API
// says about its charge.
//
//	trace, err := client.Trace(ctx, id)       // client is a control.Client
//	…
//	webhooks, err := client.Webhooks(ctx, id)
//	…
//	yaml, notes := record.Scenario(&trace, webhooks)
//
// [Scenario] reads from the journal what the payer did, what the bank decided and when, a later result, the webhooks with their delays, copies,
// forgeries, replays, retries and repeated sending, the payer's returns, and the faults of API calls. Times are those of the account's clock;
// what waited at a gate becomes a delay. [GoTest] puts that scenario into a test that creates the same charge and checks its end.
//
// The journal does not have everything. What a scenario cannot say, or what the journal does not have, is in the notes, one sentence each.
// Faults of create calls that created no charge belong to no charge and are in no trace: a caller that has them can put their entries before
// those of the trace.
package record
