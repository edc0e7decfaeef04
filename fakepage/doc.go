// Package fakepage is the pages that the payer sees: the choice of a payment method, the simulated KNET page with its entry and confirm
// screens, the notice for a payment that has ended, and the start page of the mock. It imitates the ids, names, titles and steps of
// KNET's page (KNET page 4 to 8, observed), but not its appearance. Every screen has a band that says SIMULATION in English and
// Arabic, and the page accepts only test cards that begin with 888888.
//
// [Pages] has a handler for each address. It calls the gateway through the interface [Payments]. The forms are plain HTML forms and
// work without JavaScript.
package fakepage
