package tap_test

import (
	"fmt"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// A webhook handler checks the header hashstring by building the same string from the body it received.
func ExampleExplain() {
	body := []byte(`{"id":"chg_TS07A0320241133g5RO1906000","object":"charge","status":"CAPTURED","amount":0.5,"currency":"KWD",` +
		`"transaction":{"created":"1718796783000"},"reference":{"gateway":"202417112345678","payment":"03192411330600012345"}}`)
	x, err := tap.Explain(tap.PublishedTestKey, body)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range x.Parts {
		fmt.Println(p.Label, p.Value)
	}
	fmt.Println(x.Signatures.HashString)
	// Output:
	// x_id chg_TS07A0320241133g5RO1906000
	// x_amount 0.500
	// x_currency KWD
	// x_gateway_reference 202417112345678
	// x_payment_reference 03192411330600012345
	// x_status CAPTURED
	// x_created 1718796783000
	// d161c2fccfa391a9bcefcd533b6b16760de970763ecd384a68bc114104293631
}

func ExampleSettings_Set() {
	s := tap.DefaultSettings()
	fmt.Println(s.Set("page_limt", "2m"))
	fmt.Println(s.Set("page_limit", "2m"), s.PageLimit)
	// Output:
	// there is no setting "page_limt", did you mean "page_limit"?
	// <nil> 2m0s
}
