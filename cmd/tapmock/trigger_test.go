package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestTrigger makes a payment that follows a scenario, and prints its trace.
func TestTrigger(t *testing.T) {
	t.Parallel()
	base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0", "-set", "webhook_retries=none")
	t.Cleanup(func() { stop() })
	var hooks atomic.Int32
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hooks.Add(1); r.URL.Path == "/bad" {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	t.Cleanup(shop.Close)
	code, out, errs := runFor(t, "", nil, "trigger", "-url", base, "-post", shop.URL+"/hook", "-order", "o-1", "-now", "webhook/next-day")
	for _, want := range []string{", order o-1, 12.345 KWD, scenario webhook/next-day + payer/pays\n", "  created  ", "  settled          INITIATED → CAPTURED", "  webhook          attempt 1, to " + shop.URL + "/hook: HTTP 200", "+26h", "\nCAPTURED, 000 Captured; post SUCCESS"} {
		if code != 0 || errs != "" || !strings.Contains(out, want) {
			t.Errorf("exit code %d, the text lacks %q:\n%s%s", code, want, out, errs)
		}
	}
	if n := hooks.Load(); n != 1 {
		t.Errorf("%d webhooks", n)
	}
	code, out, _ = runFor(t, "", nil, "trigger", "-url", base, "-post", shop.URL+"/bad", "-now", "outcome/no-funds")
	if code != 1 || !strings.Contains(out, "HTTP 403") || !strings.Contains(out, "tapmock explain chg_") || !strings.Contains(out, "\nFAILED") {
		t.Errorf("a refused webhook: exit code %d\n%s", code, out)
	}
	if code, out, errs := runFor(t, "", nil, "trigger", "-url", base); code != 0 || strings.Contains(out, "  webhook  ") || !strings.Contains(out, "/healthz?tap_id=") {
		t.Errorf("without -post: exit code %d\n%s%s", code, out, errs)
	}
	if a := accountOf(t, base); a.Frozen {
		t.Error("the clock does not run again")
	}
}

// TestTriggerUsage refuses what cannot be triggered.
func TestTriggerUsage(t *testing.T) {
	t.Parallel()
	base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0")
	t.Cleanup(func() { stop() })
	for want, args := range map[string][]string{
		"there is no scenario": {"-url", base, "webhook/twise"},
		"-amount: ":            {"-url", base, "-amount", "ten"},
		"takes one scenario":   {"-url", base, "webhook/twice", "webhook/late"},
		"no mock answers at":   {"-url", "http://127.0.0.1:1"},
	} {
		if code, out, errs := runFor(t, "", nil, append([]string{"trigger"}, args...)...); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
	if code, out, _ := runFor(t, "", nil, "trigger", "-h"); code != 0 || !strings.Contains(out, "Examples:\n  tapmock trigger") {
		t.Errorf("%d %s", code, out)
	}
}
