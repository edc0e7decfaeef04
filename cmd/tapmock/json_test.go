package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestExplainJSON explains a refused webhook for a program, with the signature that the shop has computed.
func TestExplainJSON(t *testing.T) {
	t.Parallel()
	base, charge := refusedWebhook(t, twoDecimals)
	var seen struct {
		Webhook    control.Webhook
		Why        string
		Signatures explained
	}
	code, out, errs := runFor(t, "", nil, "explain", "-url", base, charge, "-json")
	if err := json.Unmarshal([]byte(out), &seen); err != nil || code != 1 || errs != "" || seen.Webhook.Object.ID != charge || !strings.HasPrefix(seen.Why, "the merchant's code refuses") || seen.Signatures.Expected != nil {
		t.Fatalf("exit %d, %v, %s%s", code, err, out, errs)
	}
	wrong := wrongSignature([]byte(seen.Webhook.Attempts[0].Body))
	_, out, _ = runFor(t, "", nil, "explain", "-url", base, "-json", "-expect", wrong)
	if err := json.Unmarshal([]byte(out), &seen); err != nil || seen.Signatures.Expected == nil || !strings.Contains(seen.Signatures.Expected.Cause, "12.35") {
		t.Errorf("%v, %s", err, out)
	}
	if code, _, errs := runFor(t, "", nil, "explain", "-url", base, "-json", "-try"); code != 2 || !strings.Contains(errs, "give one of them") {
		t.Errorf("-json -try: exit %d, %s", code, errs)
	}
}

// TestTriggerJSON prints the entries of a payment as lines of JSON, and the charge last.
func TestTriggerJSON(t *testing.T) {
	t.Parallel()
	base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0", "-set", "webhook_retries=none")
	t.Cleanup(func() { stop() })
	bad := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(bad.Close)
	for post, want := range map[string]int{"": 0, bad.URL: 1} {
		code, out, errs := runFor(t, "", nil, "trigger", "-url", base, "-json", "-post", post)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		var events []tap.Event
		for _, line := range lines[:len(lines)-1] {
			var e control.Entry
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Errorf("%v: %s", err, line)
			}
			events = append(events, e.Event)
		}
		var charge control.Charge
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &charge); err != nil || code != want || errs != "" || charge.Status != tap.Captured || !slices.Contains(events, tap.EventSettled) {
			t.Errorf("exit %d, %v, %s%s", code, err, out, errs)
		}
	}
}

// TestSeedJSON prints what was made up.
func TestSeedJSON(t *testing.T) {
	t.Parallel()
	base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0")
	t.Cleanup(func() { stop() })
	var done struct{ Charges int }
	code, out, errs := runFor(t, "", nil, "seed", "-url", base, "-charges", "7", "-json")
	if err := json.Unmarshal([]byte(out), &done); err != nil || code != 0 || errs != "" || done.Charges != 7 {
		t.Errorf("exit %d, %v, %s%s", code, err, out, errs)
	}
}
