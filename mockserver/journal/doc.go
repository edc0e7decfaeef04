// Package journal keeps what happened to an account: facts in order, each with the entry that caused it, within a bound of bytes. What was
// dropped to stay within the bound is counted, and a question about it is an error, never an empty answer.
//
// A [Journal] is plain data. It does not read what a fact says; text is made from it when a caller asks.
package journal
