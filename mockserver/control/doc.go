// Package control is the control API of a running mock: its wire types and a Go client.
//
// A test, or a person with curl, controls the clock, scenarios, settings and gates of an account and reads what happened:
//
//	c := control.New("http://127.0.0.1:8080", "sk_test_shop")
//	c.Freeze(ctx, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
//	c.Next(ctx, "outcome/no-funds + webhook/twice")
//	…                                     // the shop creates a charge, the payer pays
//	c.Advance(ctx, 72*time.Hour)          // returns when every delivery of these three days has ended
//
// Every call is about the account of its secret key. Tests with different keys do not affect each other. [Operations] lists all
// calls; mockserver/openapi.json describes them for other languages.
package control
