package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
)

// TestSeedCommand makes up a history for an account of a running mock, once, and for another account the same.
func TestSeedCommand(t *testing.T) {
	address, _, stop := serving(t, nil, "-addr", "127.0.0.1:0", "-limit", "charges=50")
	defer stop()
	code, out, errs := runFor(t, "", nil, "seed", "-charges", "50", "-days", "9", "-seed", "7", "-url", address)
	if code != 0 || !regexp.MustCompile(`^50 charges over 9 days, seed 7, in \d+\.\d s: \d+ captured, [\d.]+ KWD; \d+ refunds, [\d.]+ KWD; \d+ customers\n$`).MatchString(out) {
		t.Errorf("%d %q %q", code, out, errs)
	}
	for want, args := range map[string][]string{
		"reset it first":                  {"-url", address, "-charges", "5"},
		"do not fit the limit charges=50": {"-url", address, "-charges", "51", "-key", "sk_test_b"},
		"connection refused":              {"-url", "http://127.0.0.1:1"},
		"want an address such as":         {"-url", "127.0.0.1:8080"},
		"must be at least 1":              {"-charges", "0"},
		"seed takes flags only":           {"now"},
		"did you mean -days?":             {"-day", "3"},
		"tapmock refuses live keys":       {"-url", address, "-key", "sk_live_b"},
	} {
		if code, _, errs := runFor(t, "", nil, append([]string{"seed"}, args...)...); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%q: %d %q", args, code, errs)
		}
	}
	env := map[string]string{"TAPMOCK_URL": address, "TAPMOCK_KEY": "sk_test_c"}
	if code, out, errs := runFor(t, "", env, "seed", "-charges", "5"); code != 0 || !strings.HasPrefix(out, "5 charges over 90 days, seed 0") {
		t.Errorf("by the environment: %d %q %q", code, out, errs)
	}
	if list, err := control.New(address, "sk_test_c").Charges(t.Context(), ""); err != nil || len(list) != 5 {
		t.Errorf("%d charges, %v", len(list), err)
	}
	if code, out, _ := runFor(t, "", nil, "seed", "-h"); code != 0 || !strings.Contains(out, "-charges number") {
		t.Errorf("help: %d %q", code, out)
	}
}

// TestBar draws the progress of a history.
func TestBar(t *testing.T) {
	for done, want := range map[int]string{0: "[" + strings.Repeat(" ", 40) + "] 0 of 200 charges", 100: "[" + strings.Repeat("=", 20) + strings.Repeat(" ", 20) + "] 100 of 200 charges",
		300: "[" + strings.Repeat("=", 40) + "] 300 of 200 charges"} {
		if got := bar(done, 200); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	var out bytes.Buffer
	if stop := showProgress(t.Context(), &out, nil, 1); isTerminal(&out) || out.Len() > 0 {
		t.Error("a buffer is a terminal")
	} else {
		stop()
	}
}
