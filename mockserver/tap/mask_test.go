package tap

import (
	"strings"
	"testing"
)

// TestMask expects that only possible card numbers and keys are masked.
func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		"order 4111 1111 1111 1111 paid":      "order **** **** **** 1111 paid",
		"order 4111-1111-1111-1111":           "order ****-****-****-1111",
		"order 4111111111111112":              "order 4111111111111112",
		"8888880000000001":                    "8888880000000001",
		"1 4111111111111111":                  "1 ************1111",
		"order 7-4111-1111-1111-1111":         "order 7-****-****-****-1111",
		"4111.1111.1111.1111":                 "****.****.****.1111",
		"phone 50000000":                      "phone 50000000",
		"chg_TS07A0320241133g5RO1906000":      "chg_TS07A0320241133g5RO1906000",
		"https://a.b/4111111111111111?x ":     "https://a.b/************1111?x ",
		"a=4111%201111+1111%201111":           "a=****%20****+****%201111",
		"q=%224111111111111111%22":            "q=%22************1111%22",
		"{\"a\":\"\\u00a04111111111111111\"}": "{\"a\":\"\\u00a*************1111\"}",
		"4111\u00a01111\u00a01111\u00a01111":  "****\u00a0****\u00a0****\u00a01111",
		"2026-01-02 4111111111111111":         "2026-01-02 ************1111",
		"8888880000000016":                    "8888880000000016",
		"888888 0000000016":                   "888888 0000000016",
		"/v2/charges/sk_live_Ab1_2":           "/v2/charges/sk_live_***",
		"pk_live_a sk_test_b":                 "pk_live_*** sk_test_***",
		"sk_live_1,sk_live_22,pk_test_":       "sk_live_***,sk_live_***,pk_test_",
		"any sk_test_… or sk_test_ key":       "any sk_test_… or sk_test_ key",
		"task_life 1411":                      "task_life 1411",
	} {
		if got := Mask(text); got != want {
			t.Errorf("Mask(%q) = %q, want %q", text, got, want)
		}
	}
	if got := Mask("00004111111111111111"); strings.Contains(got, "411111") || len(got) != 20 {
		t.Errorf("a card number at the end of a longer number is not masked: %s", got)
	}
}

// TestMaskAllocations expects that text without a number or key costs no allocation, because every create call masks its order.
func TestMaskAllocations(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Mask("order-2026-11-26/118274, 12.345 KWD from src_kw.knet") }); n != 0 {
		t.Errorf("Mask has %v allocations, want none", n)
	}
}

// TestMaskClip expects that a number or key at the cut is masked as a whole, and that a long text is cut.
func TestMaskClip(t *testing.T) {
	for text, want := range map[string]string{
		"short":                      "short",
		"0123456 4111111111111111":   "0123456 **…",
		"ab sk_live_0123456789":      "ab sk_live…",
		strings.Repeat("é", 1<<20):   "ééééé…",
		"a" + strings.Repeat("é", 9): "aéééé…",
	} {
		if got := MaskClip(text, 10); got != want {
			t.Errorf("MaskClip(%.40q) = %q, want %q", text, got, want)
		}
	}
}

// TestMaskedRequest expects that every text of the merchant is masked in a copy, and that a request without numbers is not copied.
func TestMaskedRequest(t *testing.T) {
	req := &PaymentRequest{Description: "plain"}
	if req.Masked() != req {
		t.Error("a request without numbers was copied")
	}
	for _, text := range req.texts() {
		*text = "4111111111111111"
	}
	for _, text := range req.Masked().texts() {
		if *text != "************1111" {
			t.Errorf("a text of the masked request is %q", *text)
		}
	}
	if req.Description != "4111111111111111" {
		t.Error("the request itself was changed")
	}
}
