// Package control is the control API of a running mock: its wire types and a Go client.
//
// A test, or a person with curl, holds an account's clock, scenarios, settings and gates with it, and reads what happened:
//
//	c := control.New("http://127.0.0.1:8080", "sk_test_shop")
//	c.Freeze(ctx, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
//	c.Next(ctx, "outcome/no-funds + webhook/twice")
//	…                                     // the shop creates a charge, somebody pays
//	c.Advance(ctx, 72*time.Hour)          // returns when every delivery of three days has been answered
//
// Every call is about the account of its secret key, so that tests with keys of their own never meet. [Operations] lists all
// calls; mockserver/openapi.json says the same for other languages.
package control
