package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestExplainTries explains the genuine webhook again after -try has sent forged ones, and stops when the shop does not answer any more.
func TestExplainTries(t *testing.T) {
	t.Parallel()
	var gone atomic.Bool
	base, charge := refusedWebhook(t, func(w http.ResponseWriter, r *http.Request) {
		if gone.Load() {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusBadRequest)
	})
	if code, out, errs := runFor(t, "", nil, "explain", "-url", base, "-try"); code != 1 || errs != "" || !strings.Contains(out, "known mistakes too: it makes another one") {
		t.Errorf("a shop that refuses everything: exit %d, %s%s", code, out, errs)
	}
	gone.Store(true)
	code, out, errs := runFor(t, "", nil, "explain", "-url", base, "-try", charge)
	if code != 1 || errs != "" || !strings.HasPrefix(out, "whd_1 of ") || !strings.Contains(out, "The shop does not answer any more (cut off)") {
		t.Errorf("a shop that is gone: exit %d, %s%s", code, out, errs)
	}
	if _, out, _ := runFor(t, "", nil, "webhooks", "-url", base, "-refused"); strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, "whd_1 ") {
		t.Errorf("-refused lists what -try has sent:\n%s", out)
	}
	if code, out, _ := runFor(t, "", nil, "webhooks", "-url", base, "whd_2"); code != 0 || !strings.HasPrefix(out, "whd_2 ") || !strings.HasSuffix(out, ", forged (signature)\n") {
		t.Errorf("one webhook: exit %d, %s", code, out)
	}
}

// TestExplainForged says that to refuse a forged webhook is right, and that to take it is not.
func TestExplainForged(t *testing.T) {
	t.Parallel()
	for takes, want := range map[bool]string{false: "forged (wrong-key): to refuse it is right.", true: "forged (wrong-key), and the merchant has acknowledged it: its code must refuse it."} {
		base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0", "-set", "webhook_retries=none")
		t.Cleanup(func() { stop() })
		shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if x, err := tap.Explain(tap.PublishedTestKey, body); err == nil && !takes && r.Header.Get("hashstring") != x.Signatures.HashString {
				w.WriteHeader(http.StatusUnauthorized)
			}
		}))
		t.Cleanup(shop.Close)
		_, out, _ := runFor(t, "", nil, "trigger", "-url", base, "-now", "-post", shop.URL, "forge/wrong-key")
		_, listed, _ := runFor(t, "", nil, "webhooks", "-url", base)
		forged := ""
		for line := range strings.Lines(listed) {
			if strings.Contains(line, ", forged (") {
				forged = strings.Fields(line)[0]
			}
		}
		code, text, errs := runFor(t, "", nil, "explain", "-url", base, forged)
		if (code == 0) == takes || errs != "" || !strings.Contains(text, want) {
			t.Errorf("takes %v: exit %d, the text lacks %q\n%s\n%s%s", takes, code, want, out, text, errs)
		}
	}
}

// TestUnknownIDs says that an account knows nothing of an id.
func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	base, charge := refusedWebhook(t, func(http.ResponseWriter, *http.Request) {})
	unknown := charge[:len(charge)-1] + "x"
	for _, name := range []string{"explain", "webhooks"} {
		code, _, errs := runFor(t, "", nil, name, "-url", base, unknown)
		if code != 1 || !strings.HasPrefix(errs, "tapmock: the account knows nothing of "+unknown+"; ") {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
	code, _, errs := runFor(t, "", nil, "explain", "-url", base, "-key", "sk_test_other")
	if code != 1 || !strings.HasPrefix(errs, "tapmock: the account has no webhook yet; ") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

// TestWrongValues refuses what would have no effect or no payment, before anything is done.
func TestWrongValues(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"-post 127.0.0.1:9000: want an address":     {"trigger", "-post", "127.0.0.1:9000"},
		"-redirect /back: want an address":          {"trigger", "-redirect", "/back"},
		"-url and -replay are of -forward ADDRESS":  {"listen", "-replay", "2"},
		"-url and -replay are of -forward ADDRESS;": {"listen", "-url", "http://127.0.0.1:1"},
	} {
		if code, _, errs := runFor(t, "", nil, args...); code != 2 || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
	dir := filepath.Join(t.TempDir(), "new", "certs")
	if code, out, errs := runFor(t, "", inDir(t), "ca", "-export", dir); code != 0 || !strings.HasPrefix(out, filepath.Join(dir, "ca.pem")+"\n") {
		t.Errorf("into a new directory: exit %d, %s%s", code, out, errs)
	}
}
