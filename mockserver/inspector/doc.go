// Package inspector serves the home page of the mock and the pages behind it, for a person with a browser: the payments of an account as they
// happen, the trace of each payment, why a webhook was refused, and buttons that drive a payment by hand.
//
// The pages are rendered by the server and work without JavaScript; with it they follow what happens. Everything that a page shows and does goes
// through the control API, by a client inside the process, so that each button is one call that a test can make too, and the page names it.
// Only the list of payments has a way of its own, because it must be fast in an account with many payments: [Mock].Payments.
//
// [New] makes the pages of a [Mock]. Their handlers are mounted by package mockserver, at / and below /ui/. Each address is the whole state of a
// page, so that it can be passed on. Addresses on a page are relative, so that they also work behind a proxy that adds a prefix.
package inspector
