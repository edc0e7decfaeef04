// Package shop is a small example shop inside the mock. A person who has only a browser makes a whole test payment with it: an order, KNET's
// page, and a return page that lists what the shop has verified. It behaves like a merchant: it creates the charge through Tap's API, checks
// the signature of each webhook, and asks for the charge when the payer is back. The form also offers five known mistakes of shops, so that
// the effect of each can be seen.
//
// [Shop] is an [http.Handler] for the pages below [Path]; [Shop.Webhook] receives the webhooks. The server decides how the shop reaches
// the API and whose account a visitor uses, see [Config]. Every page has the band that says SIMULATION, and works without JavaScript.
package shop
