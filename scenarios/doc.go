// Package scenarios reads and checks scenarios: YAML in, [Script] values out.
//
// A [Scenario] says what happens to one payment: which charges follow it ([Match]), what the payer does ([Payer]), what the bank
// decides ([Bank]), which webhooks and returns the merchant gets and when ([Callback]), and which faults are injected ([Fault]). It
// sets only what it changes, so that scenarios combine: "outcome/no-funds + webhook/twice" names two; a conflict is an error.
//
// A [Set] holds scenarios by name, on top of another set: the built-in library ([Builtin]), the files of a server, those of an
// account. [Set.Resolve] makes the [Script] of a name or a combination; [Set.Match] finds the one that a charge follows. Reading is
// strict: all mistakes of a file are reported together, each with its place and a suggestion, see [Mistakes].
//
// A Scenario can also be built in Go: [Scenario.YAML] writes it, and reading that returns it unchanged. scenarios/README.md is the
// manual of the format.
package scenarios
