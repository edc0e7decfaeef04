package gateway

import (
	"strings"
	"testing"
)

// TestAttempt writes the results of attempts, and says which acknowledge a webhook.
func TestAttempt(t *testing.T) {
	for _, test := range []struct {
		attempt Attempt
		want    string
		ok      bool
	}{
		{Attempt{Status: 199}, "HTTP 199", false},
		{Attempt{Status: 200}, "HTTP 200", true},
		{Attempt{Status: 299}, "HTTP 299", true},
		{Attempt{Status: 300}, "HTTP 300 (redirects are not followed)", false},
		{Attempt{Status: 399}, "HTTP 399 (redirects are not followed)", false},
		{Attempt{Status: 404}, "HTTP 404", false},
		{Attempt{Failure: "timeout"}, "timeout", false},
		{Attempt{Failure: "refused", Remedy: "start the shop"}, "refused (start the shop)", false},
		{Attempt{Status: 302, Failure: "redirect loop", Remedy: "use a browser"}, "redirect loop (use a browser)", false},
	} {
		if got := test.attempt.String(); got != test.want || test.attempt.OK() != test.ok {
			t.Errorf("%+v: %q, ok %t", test.attempt, got, test.attempt.OK())
		}
	}
}

// TestExcerpt keeps the beginning of a body, as valid text.
func TestExcerpt(t *testing.T) {
	for body, want := range map[string]string{
		"": "", "ok": "ok", "a\xffb": "a?b", strings.Repeat("a", 512): strings.Repeat("a", 512), strings.Repeat("a", 513): strings.Repeat("a", 512),
	} {
		if got := Excerpt([]byte(body)); got != want {
			t.Errorf("of %d bytes %q are kept", len(body), got)
		}
	}
}

// TestDescribeURL leaves out what may be secret.
func TestDescribeURL(t *testing.T) {
	for address, want := range map[string]string{
		"https://shop.example/hook":                "https://shop.example/hook",
		"https://shop.example":                     "https://shop.example",
		"https://shop.example/":                    "https://shop.example/",
		"https://user:pw@shop.example/hook?k=1#f":  "https://shop.example/hook",
		"https://user@pw@shop.example/a@b":         "https://shop.example/a@b",
		"shop.example/hook?secret=1":               "shop.example/hook",
		"myapp:paid#secret":                        "myapp:paid",
		"https://shop.example/?next=https://b.c/d": "https://shop.example/",
	} {
		if got := describeURL(address); got != want {
			t.Errorf("%s is described as %s, want %s", address, got, want)
		}
	}
}
