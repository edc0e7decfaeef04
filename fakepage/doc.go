// Package fakepage is what the payer sees: the choice of a payment method, the simulated KNET page with its entry and
// confirm screens, the page of a payment that is over, and the start page of the mock. It imitates the ids, names, titles
// and steps of KNET's page (sheet KNET page, 4 to 8, observed), never its looks: every screen bears a band that says
// SIMULATION in English and Arabic, and only test cards that begin with 888888 are taken.
//
// [Pages] has a handler for each address; what it needs of the gateway is the small interface [Payments]. The forms are
// plain HTML forms and work without JavaScript.
package fakepage
