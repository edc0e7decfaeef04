package tap

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// TestChargeJSON compares an object with every field with the JSON of encoding/json: the same keys, order and values.
func TestChargeJSON(t *testing.T) {
	merchant := "599424"
	c := Charge{
		ID: "chg_1", Object: "charge", CustomerInitiated: true, APIVersion: "V2", Method: MethodCreate, Status: Captured, Amount: "1.000",
		Currency: "KWD", ThreeDSecure: true, CardThreeDSecure: true, SaveCard: true, MerchantID: &merchant, Product: "GOSELL", StatementDescriptor: "s",
		Order: &OrderRef{ID: "ord_1"}, Description: "d \" \\ \n\r\t\x01 ü", Metadata: `{"a":"b"}`,
		Transaction: Transaction{AuthorizationID: "B1", Timezone: "UTC+03:00", Created: "1", URL: "u", Expiry: Expiry{30, "MINUTE"}, Asynchronous: true, Amount: "1.000", Currency: "KWD", Date: &TransactionDate{7}},
		Reference:   Reference{"t", "p", "tx", "o", "g", "a", "i", "tr"}, Response: Result{"000", "Captured"}, Gateway: &Gateway{Result{"00", "CAPTURED"}},
		Receipt: Receipt{"r", true, true}, Customer: ChargeCustomer{"cus_1", "f", "m", "l", "e", &Phone{"965", "5"}}, Merchant: Merchant{"KW", "KWD", "1"},
		Source:   Source{"source", "CARD_NOT_PRESENT", "DEBIT", "INTERNET", "src_kw.knet", true, "KNET"},
		Redirect: Redirect{DeliverySuccess, "r"}, Post: &Post{2, DeliveryError, "p"},
		Activities: []Activity{{"activity_1", "activity", 1, Initiated, "KWD", "1.000", "charge - created", "chg_1"}}, AutoReversed: true,
	}
	want, err := json.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(c.JSON(StyleNewest)); got != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var back Charge
	if err := json.Unmarshal(c.JSON(StyleNewest), &back); err != nil || back.Description != c.Description {
		t.Errorf("read back: %v, %q", err, back.Description)
	}
	if old := c.JSON(Style2022); !json.Valid(old) || strings.Contains(string(old), "txn_id") || strings.Contains(string(old), "on_file") {
		t.Errorf("2022: %s", old)
	}
	if empty := (&Charge{Amount: "0", Transaction: Transaction{Amount: "0"}}).JSON(StyleNewest); !json.Valid(empty) {
		t.Errorf("an empty charge: %s", empty)
	}
}

func TestStringsAreValidJSON(t *testing.T) {
	for _, s := range []string{"", "plain", `"\`, "\x00\x1f\x7f", "<>&\u2028\u2029", "\xff\xfe half \xe2\x82", "日本 😀"} {
		var back string
		if err := json.Unmarshal(appendString(nil, s), &back); err != nil || back != strings.ToValidUTF8(s, "\ufffd") && !strings.Contains(s, "\xff") && !strings.Contains(s, "\xe2\x82") {
			t.Errorf("%q becomes %s, read back %q, %v", s, appendString(nil, s), back, err)
		}
	}
}

// TestOrderOfChecks corrects one mistake of a request after the other. The error is always that of the first check that fails.
func TestOrderOfChecks(t *testing.T) {
	s := DefaultSettings()
	for _, c := range []struct{ body, code string }{
		{`{"save_card":true}`, "1117"},
		{`{"save_card":true,"amount":1}`, "1118"},
		{`{"save_card":true,"amount":1,"currency":"KWD"}`, "1124"},
		{`{"save_card":true,"amount":1,"currency":"KWD","source":{"id":"src_kw.knet"}}`, "1110"},
		{`{"save_card":true,"amount":1,"currency":"KWD","source":{"id":"src_kw.knet"},"redirect":{"url":"http://a.b"},"statement_descriptor":"` + strings.Repeat("x", 60) + `"}`, "1129"},
		{`{"save_card":true,"amount":1,"currency":"KWD","source":{"id":"src_kw.knet"},"redirect":{"url":"http://a.b"},"statement_descriptor":"` + strings.Repeat("x", 60) + `","customer":{"id":"cus_1"}}`, "1120"},
		{`{"save_card":true,"amount":1,"currency":"KWD","source":{"id":"src_kw.knet"},"redirect":{"url":"http://a.b"},"customer":{"id":"cus_1"}}`, "1108"},
	} {
		_, _, err := ParsePaymentRequest(KindCharge, []byte(c.body), &s)
		if e, ok := errors.AsType[*Error](err); !ok || e.Code != c.code {
			t.Errorf("%s: %v, want %s", c.body, err, c.code)
		}
	}
}

func TestReturnURL(t *testing.T) {
	for redirect, want := range map[string]string{
		"https://a.b":              "https://a.b?tap_id=chg_1&data=X",
		"https://a.b/?x=1&":        "https://a.b/?x=1&tap_id=chg_1&data=X",
		"//a.b/c":                  "http://a.b/c?tap_id=chg_1&data=X",
		"localhost:80/x":           "http://localhost:80/x?tap_id=chg_1&data=X",
		"shop.example:8080":        "http://shop.example:8080?tap_id=chg_1&data=X",
		"app:paid":                 "app:paid?tap_id=chg_1&data=X",
		"https://a.b/#f?not=query": "https://a.b/?tap_id=chg_1&data=X#f?not=query",
	} {
		if err := checkRedirect(redirect); err != nil {
			t.Errorf("%s is refused: %v", redirect, err)
		}
		if got := ReturnURL(redirect, "chg_1", "data=X"); got != want {
			t.Errorf("%s leads to %s, want %s", redirect, got, want)
		}
	}
}

func TestTestCards(t *testing.T) {
	for _, number := range []string{"8888880000000001", "888888 0000 0000 01"} {
		if card, err := ParseTestCard(number); err != nil || card.Masked() != "888888******0001" {
			t.Errorf("%s: %s, %v", number, card.Masked(), err)
		}
	}
	for _, number := range []string{"", "88888800000000011", "4111111111111111", "888888000000000x", "8888890000000001"} {
		if _, err := ParseTestCard(number); !errors.Is(err, ErrNotTestCard) || number != "" && strings.Contains(err.Error(), number+" ") {
			t.Errorf("%s: %v", number, err)
		}
	}
	for text, want := range map[string]CardExpiry{"09/30": {9, 2030}, "12/2031": {12, 2031}} {
		if got, err := ParseCardExpiry(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "9/30", "13/30", "00/30", "09/3", "09/0030", "0930", "09/xx"} {
		if got, err := ParseCardExpiry(text); err == nil {
			t.Errorf("%s: %v", text, got)
		}
	}
}
