// Package testkit puts tapmock into a Go test: a mock that runs inside it, a payer who needs no browser, a clock that the test
// moves, and a merchant who writes down what he gets.
//
//	func TestCheckout(t *testing.T) {
//		mock := testkit.Start(t)
//		shop := NewShop(mock.APIURL(), mock.Key)   // the code under test
//		payURL := shop.Checkout("order-1", "12.345")
//		landed := mock.Pay(payURL)                 // the payer pays, and his browser is back at the shop
//		…
//	}
//
// [Start] gives a mock with an account of its own, so that t.Parallel is free; [Mock.Account] opens another account on the same
// server, and [Attach] works on a mock that runs elsewhere, such as in a container: all speak the same control API. What the next
// charge goes through is said with [Mock.Next], by the names of scenarios such as "outcome/no-funds + webhook/twice".
//
// For the merchant's side there is a [Receiver] to begin with, and [VerifyWebhook] and [SignWebhook] to test a handler alone. [CheckMerchant] plays
// the library of stories against a shop, through a small adapter, and says with codes what is wrong with it and what a sound one does.
//
// Nothing in the kit sleeps: Await… waits for what happens, and [Mock.Advance] moves the account's clock and returns when every
// delivery that fell due has been answered. When a test fails, the stories of its charges are in its log.
package testkit
