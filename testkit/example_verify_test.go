package testkit_test

import (
	"fmt"
	"net/http"

	"github.com/tapmock/tapmock/testkit"
)

// A shop computes hashstring over the amount with two decimals; KWD has three.
func ExampleVerifyWebhook() {
	body := []byte(`{"id": "chg_TS01A2920240000a1B2c3d4e5", "object": "charge", "amount": 12.3, "currency": "KWD", "status": "CAPTURED",
		"reference": {"gateway": "123", "payment": "456"}, "transaction": {"created": "1700000000000"}}`)
	header := http.Header{}
	header.Set("hashstring", "70d3bd3dfe4b40b3816ce1f30f14ad5b93c9fe50da1a3671f81eb1799f903c3a")
	fmt.Println(testkit.VerifyWebhook("sk_test_shop", header, body))
	fmt.Println(testkit.VerifyWebhook("sk_test_shop", testkit.SignWebhook("sk_test_shop", body), body))
	// Output:
	// header hashstring is wrong: x_amount: amount with two decimals, 12.30
	// 	received: 70d3bd3dfe4b40b3816ce1f30f14ad5b93c9fe50da1a3671f81eb1799f903c3a
	// 	expected: f043041ce9258bacfcc73887a27ef152a004b100db17e8402ac34c35910e1162
	// 	which is the HMAC-SHA256, in lower-case hex with the secret key, of: x_idchg_TS01A2920240000a1B2c3d4e5x_amount12.300x_currencyKWDx_gateway_reference123x_payment_reference456x_statusCAPTUREDx_created1700000000000
	// <nil>
}
