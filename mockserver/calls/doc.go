// Package calls keeps the latest calls of an account's merchant as they were on the wire: request line, header, body, and the answer. It is
// evidence for a person who looks for a mistake, not state: nothing of the mock depends on it.
//
// A merchant's call must not wait for its evidence. So a call is collected in a [Draft], a buffer from a pool that only the call uses, and
// [Draft.Keep] copies it into the [Log] of the account at its end, under a lock that is held for no more than the copy. Each account has a
// log beside its state, with a lock of its own: the account's lock guards what a call can change, and a call is kept only after it has
// changed it. The log reuses the memory of the calls that it drops.
//
// Nothing secret gets into a log: a draft masks bodies, headers and paths before they are kept, see [tap.MaskBody]. It never reads the
// values of Authorization and of cookies.
package calls
