// Package scenarios reads and checks the stories that a mock plays: YAML in, [Trace] values out.
//
// A [DefaultScenario] is what a file says of one story: which charges follow it ([Match]), what the payer does ([Payer]), what the
// bank answers ([Bank]), what the merchant is told and when ([Callback]), and what goes wrong at the API ([Fault]). It sets only
// what it changes, so that scenarios combine: "outcome/no-funds + webhook/twice" names two at once, and a clash is an error.
//
// A [Set] holds scenarios by name, on top of another set: the library that comes with the program ([Builtin]), the files
// of a server, those of an account. [Set.Resolve] makes the [Trace] of a name or a combination; [Set.Match] finds the one
// that a charge follows. Reading is strict: every mistake of a file is told at once, each with its place and what was
// probably meant, see [Mistakes].
//
// A Scenario may as well be built in Go: [DefaultScenario.YAML] writes it, and reading that gives it back unchanged.
// scenarios/README.md explains the format to people who write files.
package scenarios
