package tap

import "testing"

// TestMaskBody expects that secret fields and card numbers are masked in each form of a body, and nothing else.
func TestMaskBody(t *testing.T) {
	for body, want := range map[string]string{
		"": "",
		`{"card":{"number":"8888880000000001","exp_month":9,"cvc":"123"}}`:         `{"card":{"number":"************0001","exp_month":9,"cvc":"***"}}`,
		`{"phone":{"country_code":"965","number":"50000000"},"a":1}`:               `{"phone":{"country_code":"965","number":"50000000"},"a":1}`,
		`{"phone": {"number" : 50000000}}`:                                         `{"phone": {"number" : 50000000}}`,
		`{"phone":{"number":"4111111111111112"}}`:                                  `{"phone":{"number":"************1112"}}`,
		`{"number":50000000,"pin":1234,"x":1}`:                                     `{"number":********,"pin":****,"x":1}`,
		`{"CVV2" : "12\"3", "cardPin":"9"}`:                                        `{"CVV2" : "**\"3", "cardPin":"*"}`,
		`{"a":"{\"cvc\":\"123\",\"b\":\"c\"}"}`:                                    `{"a":"{\"cvc\":\"***\",\"b\":\"c\"}"}`,
		`{"otp":"`:                                                                 `{"otp":"`,
		`{"otp":"123`:                                                              `{"otp":"***`,
		`{"order":"5105-1051-0510-5100","at":"1772600767089"}`:                     `{"order":"****-****-****-5100","at":"1772600767089"}`,
		`{"\u0063vc":"123"}`:                                                       `{"cvc":"***"}`,
		`{"a":"\u0645\u0631\u062d\u0628\u0627 \u003cb\u003e"}`:                     `{"a":"\u0645\u0631\u062d\u0628\u0627 \u003cb\u003e"}`,
		`{"description":"spin","pancake":"1","customer":"x","numbers":"1"}`:        `{"description":"spin","pancake":"1","customer":"x","numbers":"1"}`,
		`{"key":"sk_test_abc"}`:                                                    `{"key":"sk_test_***"}`,
		"card[number]=8888880000000001&card[cvc]=123&phone[number]=50000000&a=%7E": "card[number]=************0001&card[cvc]=***&phone[number]=50000000&a=%7E",
		"card%5Bcvc%5D=1+2&b":                                                      "card%5Bcvc%5D=***&b",
		"--x\r\nContent-Disposition: form-data; name=\"cvc\"\r\n\r\n123\r\n--x--":  "--x\r\nContent-Disposition: form-data; name=\"cvc\"\r\n\r\n***\r\n--x--",
		":::": ":::", `":1`: `":1`, `cvc":1`: `cvc":1`,
	} {
		if got := string(MaskBody([]byte(body))); got != want {
			t.Errorf("MaskBody(%s)\n = %s\nwant %s", body, got, want)
		}
	}
}

// TestMaskAnswer expects that what Tap makes up stays, and that a card number in the same place does not.
func TestMaskAnswer(t *testing.T) {
	for body, want := range map[string]string{
		`{"created":1772600767083,"payment":"07042605060308977498","gateway":"202606376237472","receipt":{"id":"207004260506038661"}}`: `{"created":1772600767083,"payment":"07042605060308977498","gateway":"202606376237472","receipt":{"id":"207004260506038661"}}`,
		`{"payment":"4111111111111111","a":"00004111111111111111"}`:                                                                    `{"payment":"************1111","a":"0***************1111"}`,
	} {
		if got := string(MaskAnswer([]byte(body))); got != want {
			t.Errorf("MaskAnswer(%s)\n = %s\nwant %s", body, got, want)
		}
	}
}

// FuzzMaskBody expects that no body makes masking panic, and that masking again changes nothing.
func FuzzMaskBody(f *testing.F) {
	for _, body := range []string{`{"cvc":"1`, `\u00`, `{"a":"\u0034"`, "--\r\nname=\"cvc\"\r\n\r\n", "a=%zz&cvc=1", `":`, "4111\u00a01111 1111%201111"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		once := string(MaskBody([]byte(string(body))))
		if twice := string(MaskBody([]byte(once))); twice != once {
			t.Errorf("masked once %q, twice %q", once, twice)
		}
		MaskAnswer(body)
	})
}
