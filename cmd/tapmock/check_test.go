package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// checkFor runs tapmock check against a shop, with a mock of its own at a free port and no report.
func checkFor(t *testing.T, s *testShop, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return runFor(t, "", nil, append([]string{"check", "-app", s.url, "-addr", "127.0.0.1:0", "-html", ""}, args...)...)
}

// TestCheckSound finds nothing in a sound shop, and ends with 0.
func TestCheckSound(t *testing.T) {
	t.Parallel()
	code, out, errs := checkFor(t, newTestShop(t), "-only", "outcome/,webhook/twice,forge/replay")
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	for _, want := range []string{"tapmock check of http://127.0.0.1:", "ok ", "  outcome/captured\n", "  webhook/twice\n", "\nSound: 23 chosen stories, nothing found"} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
}

// TestCheckFindings names each mistake once, with the command that plays it alone, and ends with 1. The replay says whether it is mended.
func TestCheckFindings(t *testing.T) {
	t.Parallel()
	s := newTestShop(t, "no amount", "twice")
	code, out, _ := checkFor(t, s, "-only", "outcome/captured-less,api/get-another-amount,webhook/twice,outcome/no-funds")
	if code != 1 || strings.Count(out, "\nignores-amount (must, in 2 stories)") != 1 || strings.Count(out, "\nfulfilled-twice (must, in 1 story)") != 1 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	replays := regexp.MustCompile(`tapmock check .* -replay '?([a-z-]+:[a-z/+ -]+)`).FindAllStringSubmatch(out, -1)
	if len(replays) != 2 {
		t.Fatalf("%d commands to replay in:\n%s", len(replays), out)
	}
	for _, r := range replays {
		if code, out, _ := checkFor(t, s, "-replay", r[1]); code != 1 || !strings.Contains(out, "STILL THERE") {
			t.Errorf("%s: exit code %d\n%s", r[1], code, out)
		}
		if code, out, _ := checkFor(t, newTestShop(t), "-replay", r[1]); code != 0 || !strings.Contains(out, "FIXED") {
			t.Errorf("mended, %s: exit code %d\n%s", r[1], code, out)
		}
	}
	code, out, _ = checkFor(t, newTestShop(t, "no base_url"), "-replay", replays[0][1])
	if code != 3 || !strings.Contains(out, "COULD NOT RUN") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestCheckParallel plays stories side by side, with the same findings; a shop that uses one key for all orders is refused.
func TestCheckParallel(t *testing.T) {
	t.Parallel()
	code, out, _ := checkFor(t, newTestShop(t, "no amount", "twice"), "-parallel", "4", "-only", "webhook/,api/get,outcome/captured")
	names, err := verdict.Select([]string{"webhook/", "api/get", "outcome/captured"}, nil)
	if played := len(regexp.MustCompile(`(?m)^(ok|FAIL|FLAKY) `).FindAllString(out, -1)); err != nil || code != 1 || played != len(names)-2 || !strings.Contains(out, "\nNot ready: 2 mistakes lose goods\n") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	code, out, _ = checkFor(t, newTestShop(t, "one key"), "-parallel", "2", "-only", "webhook/")
	if code != 3 || !strings.Contains(out, "no charge was created in the account of the key") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestCheckPreflight says before any story why a shop cannot be judged, and ends with 3.
func TestCheckPreflight(t *testing.T) {
	t.Parallel()
	for flaw, want := range map[string]string{
		"no base_url":         "the checkout of an ordinary order: HTTP 400 text/plain: no order; wanted an address to pay at",
		"unreachable webhook": "the webhook to http://127.0.0.1:9/webhook: it did not arrive: refused",
		"another page":        "the payment page at http://127.0.0.1:9/pay",
	} {
		code, out, errs := checkFor(t, newTestShop(t, flaw))
		if code != 3 || errs != "" || !strings.Contains(out, "Could not judge: "+want) || strings.Contains(out, "outcome/") {
			t.Errorf("%s: exit code %d\n%s%s", flaw, code, out, errs)
		}
	}
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	code, out, _ := runFor(t, "", nil, "check", "-app", dead.URL, "-addr", "127.0.0.1:0", "-html", "")
	if code != 3 || !strings.Contains(out, "nothing listens there") {
		t.Errorf("exit code %d: %s", code, out)
	}
	blank := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(blank.Close)
	code, out, _ = runFor(t, "", nil, "check", "-app", blank.URL, "-addr", "127.0.0.1:0", "-html", "")
	if code != 3 || !strings.Contains(out, "checkout of order") || !strings.Contains(out, "HTTP 404") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// TestCheckUsage refuses a wrong command line with 2, before anything is started.
func TestCheckUsage(t *testing.T) {
	t.Parallel()
	known := filepath.Join(t.TempDir(), "known.yaml")
	if err := os.WriteFile(known, []byte("known: [{code: ignores-amount}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { busy.Close() })
	for want, args := range map[string][]string{
		"which shop? Give its address":             {"-config", ""},
		"no-such.yaml":                             {"-config", "no-such.yaml"},
		"there is no flag -ap, did you mean -app?": {"-ap", "x"},
		"check takes flags only":                   {"http://127.0.0.1:1"},
		"may be a shop in production":              {"-app", "https://shop.example.com", "-addr", "127.0.0.1:0"},
		"api.tap.company may be":                   {"-app", "https://api.tap.company", "-addr", "127.0.0.1:0"},
		"a secret key is sk_test_":                 {"-app", "http://127.0.0.1:1", "-key", "sk_live_1234"},
		"want must or should":                      {"-app", "http://127.0.0.1:1", "-fail-on", "all"},
		"-url shop: want an address":               {"-app", "http://127.0.0.1:1", "-url", "shop"},
		"want code:story":                          {"-app", "http://127.0.0.1:1", "-replay", "ignores-amount"},
		`there is no finding "ignores-amunt", did you mean ignores-amount`: {"-app", "http://127.0.0.1:1", "-replay", "ignores-amunt:x"},
		"there is no finding \"x\"; tapmock check -explain all":            {"-explain", "x"},
		"entry 1, ignores-amount: write an owner":                          {"-app", "http://127.0.0.1:1", "-baseline", known},
		"cannot listen on " + busy.Addr().String():                         {"-app", "http://127.0.0.1:1", "-addr", busy.Addr().String()},
		`no story's name contains "nothing"`:                               {"-app", "http://127.0.0.1:1", "-addr", "127.0.0.1:0", "-only", "nothing"},
	} {
		code, out, errs := runFor(t, "", nil, append([]string{"check", "-html", ""}, args...)...)
		if code != 2 || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: exit code %d, want %q:\n%s%s", args, code, want, out, errs)
		}
	}
}

// TestCheckLists lists stories and explains findings without a shop.
func TestCheckLists(t *testing.T) {
	t.Parallel()
	if code, out, _ := runFor(t, "", nil, "check", "-list"); code != 0 || strings.Count(out, "\n") < 90 || !strings.Contains(out, "webhook/never + return/never\n") {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out, _ := runFor(t, "", nil, "check", "-explain", "trusts-return"); code != 0 || !strings.HasPrefix(out, "trusts-return (must)\n  problem: ") || !strings.Contains(out, "  remedy:  ") {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out, _ := runFor(t, "", nil, "check", "-explain", "all"); code != 0 || strings.Count(out, "problem: ") != 38 {
		t.Errorf("%d, %d reasons\n%s", code, strings.Count(out, "problem: "), out)
	}
	for _, args := range [][]string{{"check", "-h"}, {"help", "check"}} {
		if code, out, _ := runFor(t, "", nil, args...); code != 0 || !strings.Contains(out, "POST /tapmock/checkout") || !strings.Contains(out, "-baseline file") {
			t.Errorf("%v: %d\n%s", args, code, out)
		}
	}
}
