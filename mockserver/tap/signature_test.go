package tap

import (
	"crypto/sha256"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// vector returns the recorded webhook with its two signatures.
func vector(t testing.TB) (key, input, hashString, hash string, body []byte) {
	t.Helper()
	text, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		SecretKey  string `json:"secret_key"`
		HashString struct {
			Input string `json:"to_be_hashed"`
			Value string `json:"value"`
		} `json:"hashstring"`
		Hash struct {
			Value string `json:"value"`
			File  string `json:"body_file"`
		} `json:"hash"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if body, err = os.ReadFile("testdata/" + v.Hash.File); err != nil || len(body) != 2915 {
		t.Fatalf("the recorded body: %d bytes, %v", len(body), err)
	}
	return v.SecretKey, v.HashString.Input, v.HashString.Value, v.Hash.Value, body
}

func TestRecordedSignatures(t *testing.T) {
	key, input, hashString, hash, body := vector(t)
	x, err := Explain(key, body)
	if err != nil {
		t.Fatal(err)
	}
	if x.Input != input || x.Signatures != (Signatures{hashString, hash}) {
		t.Errorf("string %s\nsignatures %+v", x.Input, x.Signatures)
	}
	if key != PublishedTestKey {
		t.Errorf("the published key is %s", PublishedTestKey)
	}
	for _, c := range []struct{ expect, equals string }{{hashString, "hashstring"}, {hash, "hash"}} {
		if equals, cause := x.Diagnose(c.expect); equals != c.equals || cause != "" {
			t.Errorf("%s equals %q, %q", c.expect, equals, cause)
		}
	}
}

// TestDiagnoses makes each known mistake of merchants and checks that Diagnose finds it.
func TestDiagnoses(t *testing.T) {
	key, input, hashString, hash, body := vector(t)
	x, err := Explain(key, body)
	if err != nil {
		t.Fatal(err)
	}
	with := func(old, new string) string {
		if !strings.Contains(input, old) {
			t.Fatalf("%s is not in the hashed string", old)
		}
		return HMAC(key, []byte(strings.Replace(input, old, new, 1)))
	}
	swapped := slices.Clone(x.Parts)
	swapped[1], swapped[5] = swapped[5], swapped[1]
	for _, c := range []struct{ expect, cause string }{
		{with("x_amount1.00", "x_amount1"), "x_amount: amount with no decimals"},
		{with("x_amount1.00", "x_amount1.000"), "x_amount: amount with three decimals"},
		{with("x_amount1.00", "x_amount1.0000"), "x_amount: amount with four decimals"},
		{with("x_amount1.00", "x_amount1.000000"), "x_amount: amount with six decimals"},
		{with("x_amount1.00", "x_amount0.318"), "transaction.amount instead of amount"},
		{with("USD", "KWD"), "x_currency: transaction.currency"},
		{with("x_gateway_reference123456789", "x_gateway_referenceord_0001"), "x_gateway_reference: reference.order"},
		{with("x_gateway_reference123456789", "x_gateway_reference"), "x_gateway_reference: its value was left out"},
		{with("x_created1662042581741", "x_created1662042581"), "seconds instead of milliseconds"},
		{with("x_created1662042581741", "x_created"), "x_created: "},
		{with("CAPTURED", "INITIATED"), "x_status"},
		{HMAC(key, []byte(HashInput(swapped))), "another order: x_id x_status x_currency x_gateway_reference x_payment_reference x_amount x_created"},
		{HMAC(key+"\n", []byte(input)), "the key: with a line end"},
		{HMAC("", body), "the key: empty (of hash)"},
		{HMAC(`"`+key+`"`, []byte(input)), "the key: in quotes"},
		{with("x_created1662042581741", ""), "x_created: the whole part was left out"},
		{with("x_amount1.00", "x_amount1000"), "x_amount: amount in the smallest unit"},
		{hexOf(sha256.Sum256([]byte(input))), "plain SHA-256 of the string"},
		{"sha256=" + hash, "it is the right hash with the prefix sha256="},
		{strings.ToUpper(hashString), "upper-case hex"},
		{strings.ToUpper(hash), "upper-case hex"},
		{HMAC(key, []byte(strings.ReplaceAll(string(body), "\r\n", "\n"))), "the body: "},
	} {
		if equals, cause := x.Diagnose(c.expect); equals != "" || !strings.Contains(cause, c.cause) {
			t.Errorf("diagnosis %q %q, want %q", equals, cause, c.cause)
		}
	}
	if equals, cause := x.Diagnose(strings.Repeat("0", 64)); equals != "" || cause != "" {
		t.Errorf("an unrelated signature: %q %q, want no cause", equals, cause)
	}
}

// TestDiagnosesOfAmountsAndBodies makes the mistakes that need an amount with three decimals, or a compact body.
func TestDiagnosesOfAmountsAndBodies(t *testing.T) {
	const key = "sk_test_x"
	body := `{"id":"chg_1","object":"charge","status":"CAPTURED","amount":12.345,"currency":"KWD","transaction":{"created":"17000"},"post":{"url":"http://a.b/c"}}`
	x, err := Explain(key, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	amount := func(text string) string {
		return HMAC(key, []byte(strings.Replace(x.Input, "x_amount12.345", "x_amount"+text, 1)))
	}
	for _, c := range []struct{ expect, cause string }{
		{amount("12.35"), "x_amount: amount rounded to two decimals"},
		{amount("12.34"), "x_amount: amount with two decimals"},
		{amount("12345"), "x_amount: amount in the smallest unit"},
		{HMAC(key, []byte(strings.ReplaceAll(body, "/", `\/`))), "as PHP does"},
		{HMAC(key, []byte(strings.NewReplacer(`":`, `": `, `,"`, `, "`).Replace(body))), "as Python does"},
	} {
		if _, cause := x.Diagnose(c.expect); !strings.Contains(cause, c.cause) {
			t.Errorf("diagnosis %q, want %q", cause, c.cause)
		}
	}
	if LooksLikeSignature("zzz") || !LooksLikeSignature(x.Signatures.Hash) {
		t.Error("LooksLikeSignature: want false for zzz and true for a signature")
	}
}

// TestDiagnosesOfEmptyParts makes the mistakes with parts that have no value, alone and several at once.
func TestDiagnosesOfEmptyParts(t *testing.T) {
	const key = "sk_test_x"
	const both, gateway = "x_gateway_referencex_payment_reference", "x_gateway_reference"
	for _, c := range []struct{ reference, right, wrong, cause string }{
		{`{}`, both, "", "x_gateway_reference and x_payment_reference: left out, because the body has no value; a part without a value is its label alone"},
		{`{}`, both, "x_gateway_referencenullx_payment_referencenull", "x_gateway_reference and x_payment_reference: null instead of nothing; "},
		{`{}`, both, "x_gateway_referencex_payment_referenceundefined", "x_payment_reference: undefined instead of nothing; "},
		{`{"payment":"9"}`, gateway, "", "x_gateway_reference: left out, because the body has no value; "},
		{`{"payment":"9","gateway":null}`, gateway, gateway + "None", "x_gateway_reference: None instead of nothing; "},
		{`{"payment":"9","gateway":""}`, gateway, gateway + "undefined", "x_gateway_reference: undefined instead of nothing; "},
	} {
		x, err := Explain(key, []byte(`{"id":"chg_1","object":"charge","status":"CANCELLED","amount":1,"currency":"KWD","transaction":{"created":"17"},"reference":`+c.reference+`}`))
		if err != nil || !strings.Contains(x.Input, c.right) {
			t.Fatalf("%v: %v has no %s", err, x, c.right)
		}
		checkMistakes(t, x)
		if equals, cause := x.Diagnose(HMAC(key, []byte(strings.Replace(x.Input, c.right, c.wrong, 1)))); equals != "" || !strings.HasPrefix(cause, c.cause) {
			t.Errorf("%s, %s: the diagnosis is %q, %q, want %q", c.reference, c.wrong, equals, cause, c.cause)
		}
		if _, cause := x.Diagnose(HMAC(key, nil)); !strings.HasPrefix(cause, "nothing was hashed") {
			t.Errorf("the empty text: the diagnosis is %q", cause)
		}
	}
}

func TestExplainOtherObjects(t *testing.T) {
	for body, want := range map[string]string{
		`{"object":"refund","id":"re_1","amount":0.5,"currency":"KWD","status":"REFUNDED","created":"17","reference":{"payment":"9"}}`:    "x_idre_1x_amount0.500x_currencyKWDx_gateway_referencex_payment_reference9x_statusREFUNDEDx_created17",
		`{"object":"invoice","id":"in_1","amount":5,"currency":"USD","status":"PAID","created":17,"updated":18}`:                          "x_idin_1x_amount5.00x_currencyUSDx_updated18x_statusPAIDx_created17",
		`{"object":"authorize","id":"auth_1","amount":1,"currency":"KWD","status":"AUTHORIZED","transaction":{"created":"17"}}`:           "x_idauth_1x_amount1.000x_currencyKWDx_gateway_referencex_payment_referencex_statusAUTHORIZEDx_created17",
		`{"id":"chg_1","amount":1e0,"currency":"JPY","status":"CAPTURED","transaction":{"created":17},"reference":{"gateway":{"a":"b"}}}`: "x_idchg_1x_amount1.00x_currencyJPYx_gateway_referencex_payment_referencex_statusCAPTUREDx_created17",
	} {
		x, err := Explain("k", []byte(body))
		if err != nil || x.Input != want {
			t.Errorf("%s: %v, %v", body, x, err)
		}
	}
	for _, body := range []string{"", "[]", "{}", `{"id":1,"amount":"x","currency":"KWD"}`, `{"id":"a","amount":1,"currency":"KWD"} x`} {
		if _, err := Explain("k", []byte(body)); err == nil {
			t.Errorf("%q: want an error", body)
		}
	}
}

func FuzzSignatureInput(f *testing.F) {
	_, _, _, _, body := vector(f)
	f.Add(string(body), "1.00")
	f.Add(`{"object":"invoice","id":"1","amount":5,"currency":"USD"}`, "x")
	f.Fuzz(func(t *testing.T, body, expect string) {
		x, err := Explain("key", []byte(body))
		if err != nil {
			return
		}
		if x.Signatures.Hash != HMAC("key", []byte(body)) || x.Signatures.HashString != HMAC("key", []byte(HashInput(x.Parts))) {
			t.Fatal("the signatures do not sign the body and the parts")
		}
		for _, p := range x.Parts {
			if !strings.Contains(x.Input, p.Label+p.Value) {
				t.Fatalf("%s does not contain %s", x.Input, p.Label)
			}
		}
		checkMistakes(t, x)
	})
}
