package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// refusedWebhook pays a charge over 12.345 KWD, whose webhook the handler answers, and returns the mock's address and the charge's id.
func refusedWebhook(t *testing.T, handler http.HandlerFunc) (base, charge string) {
	t.Helper()
	base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0", "-set", "payer=auto;webhook_retries=none")
	t.Cleanup(func() { stop() })
	shop := httptest.NewServer(handler)
	t.Cleanup(shop.Close)
	body := `{"amount": 12.345, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "T", "email": "t@example.com"}, "reference": {"order": "o-1"},
		"redirect": {"url": "` + shop.URL + `/return"}, "post": {"url": "` + shop.URL + `/hook"}}`
	req, err := http.NewRequest(http.MethodPost, base+"/v2/charges", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+tap.PublishedTestKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var made struct{ ID string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || made.ID == "" {
		t.Fatalf("%s: %v", res.Status, err)
	}
	client := control.New(base, tap.PublishedTestKey)
	defer client.CloseIdle()
	if j, err := client.Journal(t.Context(), control.JournalQuery{Event: tap.EventWebhook, Wait: 20 * time.Second}); err != nil || len(j.Entries) != 1 {
		t.Fatalf("%v %v", j, err)
	}
	return base, made.ID
}

// twoDecimals is a shop whose code computes the signature over an amount with two decimals.
func twoDecimals(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/hook" && r.Header.Get("hashstring") != wrongSignature(body) {
		http.Error(w, "bad signature", http.StatusUnauthorized)
	}
}

// wrongSignature is the one that the shop computes.
func wrongSignature(body []byte) string {
	x, err := tap.Explain(tap.PublishedTestKey, body)
	if err != nil {
		return ""
	}
	return tap.HMAC(tap.PublishedTestKey, []byte(strings.Replace(x.Input, "x_amount12.345", "x_amount12.35", 1)))
}

// TestExplain leads from a webhook that was refused to the cause in one command.
func TestExplain(t *testing.T) {
	t.Parallel()
	base, charge := refusedWebhook(t, twoDecimals)
	code, out, errs := runFor(t, "", nil, "explain", "-url", base)
	for _, want := range []string{"whd_1 of " + charge + ", to http://", "attempt 1", "HTTP 401", `"bad signature"`, "x_amount               12.345", "\nWhy: the merchant's code refuses the signature", "tapmock explain -try whd_1"} {
		if code != 1 || errs != "" || !strings.Contains(out, want) {
			t.Errorf("exit code %d, the text lacks %q:\n%s%s", code, want, out, errs)
		}
	}
	_, list, _ := runFor(t, "", nil, "webhooks", "-url", base, "-json")
	var w control.Webhook
	if err := json.Unmarshal([]byte(list), &w); err != nil {
		t.Fatal(err)
	}
	code, out, _ = runFor(t, "", nil, "explain", "-url", base, "-expect", wrongSignature([]byte(w.Attempts[0].Body)), charge)
	if code != 1 || !strings.Contains(out, "It results from one difference:") || !strings.Contains(out, "12.35") {
		t.Errorf("-expect: exit code %d\n%s", code, out)
	}
	code, out, _ = runFor(t, "", nil, "explain", "-url", base, "-try", "whd_1")
	if code != 1 || !strings.Contains(out, "The shop accepts the webhook with the signature of this mistake") || !strings.Contains(out, "12.35") {
		t.Errorf("-try: exit code %d\n%s", code, out)
	}
}

// TestExplainOthers explains webhooks that were not refused for a signature.
func TestExplainOthers(t *testing.T) {
	t.Parallel()
	for want, handler := range map[string]http.HandlerFunc{
		"The merchant has acknowledged this webhook.": func(http.ResponseWriter, *http.Request) {},
		"Why: the framework wants a CSRF token":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(419) },
		"Why: the merchant redirects, and a webhook":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) },
		"Why: the merchant's code failed":             func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"Why: HTTP 410 is not 2xx":                    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) },
	} {
		base, charge := refusedWebhook(t, handler)
		code, out, errs := runFor(t, "", map[string]string{"TAPMOCK_URL": base}, "explain", charge)
		if acknowledged := strings.HasPrefix(want, "The"); !strings.Contains(out, want) || (code == 0) != acknowledged {
			t.Errorf("exit code %d, the text lacks %q:\n%s%s", code, want, out, errs)
		}
		if code, _, errs := runFor(t, "", nil, "explain", "-url", base, "chg_none"); code != 1 || !strings.Contains(errs, "chg_none") {
			t.Errorf("an unknown charge: %d %s", code, errs)
		}
	}
}

// TestWebhooksCommand lists the deliveries.
func TestWebhooksCommand(t *testing.T) {
	t.Parallel()
	base, charge := refusedWebhook(t, twoDecimals)
	code, out, errs := runFor(t, "", nil, "webhooks", "-url", base, charge)
	if code != 0 || errs != "" || !strings.HasPrefix(out, "whd_1 ") || !strings.Contains(out, charge+"  HTTP 401  1 attempt to http://127.0.0.1:") || !strings.HasSuffix(out, "/hook\n") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if _, out, _ := runFor(t, "", nil, "webhooks", "-url", base, "-refused"); !strings.HasPrefix(out, "whd_1 ") {
		t.Errorf("-refused: %s", out)
	}
	if code, out, errs := runFor(t, "", nil, "webhooks", "-url", base, "-key", "sk_test_another"); code != 0 || out != "" || errs != "there are no webhooks\n" {
		t.Errorf("%d %s%s", code, out, errs)
	}
	for _, name := range []string{"webhooks", "explain", "tail"} {
		if code, _, errs := runFor(t, "", nil, name, "-url", "http://127.0.0.1:1"); code != 1 || !strings.Contains(errs, "no mock answers at http://127.0.0.1:1: ") {
			t.Errorf("%s without a mock: %d %s", name, code, errs)
		}
		if code, _, errs := runFor(t, "", nil, name, "a", "b"); code != 2 || !strings.Contains(errs, "takes one id, not 2") {
			t.Errorf("%s with two ids: %d %s", name, code, errs)
		}
		if code, out, _ := runFor(t, "", nil, name, "-h"); code != 0 || !strings.Contains(out, "Examples:\n  tapmock "+name) {
			t.Errorf("%s -h: %d %s", name, code, out)
		}
	}
}

// TestTail follows the journal, also over a reset, until it is interrupted.
func TestTail(t *testing.T) {
	t.Parallel()
	base, charge := refusedWebhook(t, twoDecimals)
	out, errs := &lines{sent: make(chan string, 1000)}, &lines{sent: make(chan string, 1000)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, streams{strings.NewReader(""), out, errs, false}, []string{"tail", "-url", base, "-all", "-json"}, func(string) string { return "" })
	}()
	for {
		var e control.Entry
		if err := json.Unmarshal([]byte(<-out.sent), &e); err != nil {
			t.Fatal(err)
		}
		if e.Event == tap.EventWebhook {
			break
		}
	}
	client := control.New(base, tap.PublishedTestKey)
	defer client.CloseIdle()
	if _, err := client.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if line := <-errs.sent; line != "— the account was reset —\n" {
		t.Errorf("after the reset: %s", line)
	}
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("exit code %d", code)
	}
	var text bytes.Buffer
	if code := run(t.Context(), streams{strings.NewReader(""), &text, io.Discard, false}, []string{"tail", "-url", base, "-event", "webhok"}, func(string) string { return "" }); code != 2 {
		t.Errorf("an unknown event: exit code %d", code)
	}
	_ = charge
}

// accountOf is the account of the published key.
func accountOf(t *testing.T, base string) control.Account {
	t.Helper()
	client := control.New(base, tap.PublishedTestKey)
	defer client.CloseIdle()
	a, err := client.Account(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a
}
