// Package testkit puts tapmock into a Go test: a mock of Tap's API inside the test process, a payer that needs no browser, a clock
// that the test moves, and a receiver for webhooks and returns.
//
//	func TestCheckout(t *testing.T) {
//		mock := testkit.Start(t)
//		shop := NewShop(mock.APIURL(), mock.Key)   // the code under test
//		payURL := shop.Checkout("order-1", "12.345")
//		landed := mock.Pay(payURL)                 // the payer pays and returns to the shop
//		…
//	}
//
// An account is all that belongs to one secret key: charges, authorizations, refunds, invoices, customers, scenarios, settings, clock and journal. [Start] opens one for the test, so
// that tests can run in parallel. [Mock.NewAccount] opens another on the same server, and [Attach] uses a mock that runs elsewhere, such
// as in a container. [Mock.Next] chooses what happens to the next charge, by the names of scenarios such as
// "outcome/no-funds + webhook/twice"; tapmock scenarios list prints them all. One for refunds, such as "refund/declined", is for the next
// refund; [Mock.Refunds] lists what the code under test has given back, and [Mock.AwaitRefund] waits for it. Likewise
// "authorization/declined" is for the next authorization, with [Mock.Authorizations] and [Mock.AwaitAuthorization], and
// "invoice/webhook-twice" for the next invoice: [Mock.OpenInvoice] presses the button of its page, [Mock.AwaitInvoice] waits for its payment.
// [Mock.Customers] lists customers with their saved cards. [Mock.Seed] fills an empty account with a history, for lists and reports.
//
// A [Receiver] is the merchant of a test that has none. [VerifyWebhook] and [SignWebhook] test a webhook handler without a mock.
// [CheckMerchant] plays the library of scenarios against a merchant's system, through a small adapter, and reports each mistake with a
// code and a remedy.
//
// The kit does not sleep: the Await methods wait for events, and end the test early if an event cannot come any more. [Mock.Advance]
// moves the account's clock and returns when every delivery that became due has ended. The log of a test that fails has the traces of
// its charges.
package testkit
