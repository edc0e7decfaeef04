// Package verdict plays stories against a merchant's system and says what is wrong with its integration. It knows no testing package:
// testkit.CheckMerchant is one front end, a command for shops in other languages another.
//
// A story is one scenario of the library played against the merchant: an order is checked out, a payer pays or does not, the clock
// moves on by three days, and the state of the order is compared with the state of its charges. What does not fit is a [Finding],
// one for each cause: its code, what it costs, in how many stories it showed, and the shortest of them as a trace. Each story with a
// finding is played a second time; what does not show again is reported as flaky.
//
//	result, err := verdict.Check(ctx, verdict.Config{Mock: client, Merchant: shop})
//	fmt.Println(result)
//
// Check needs an account of its own: it freezes and moves the clock and chooses the scenarios.
package verdict
