package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// readReport reads a report that a check has written as JSON.
func readReport(t *testing.T, file string) (r struct {
	Verdict  string
	Headline string
	Findings []struct{ Code, Replay string }
	Stories  []struct{ Name string }
}) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCheckFiles writes the report in each form, and prints the path of the page last.
func TestCheckFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	s := newTestShop(t, "no amount")
	code, out, _ := runFor(t, "", map[string]string{"GITHUB_ACTIONS": "true"}, "check", "-app", s.url, "-addr", "127.0.0.1:0", "-only", "outcome/captured,outcome/captured-less",
		"-html", at("r.html"), "-json", at("r.json"), "-junit", at("r.xml"))
	if code != 1 || !strings.HasSuffix(out, "\n"+at("r.html")+"\n") || strings.Count(out, "\n::error ") != 1 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	r := readReport(t, at("r.json"))
	if r.Verdict != "not-ready" || len(r.Stories) != 2 || len(r.Findings) != 1 || r.Findings[0].Replay != fmt.Sprintf("tapmock check -app %s -addr 127.0.0.1:0 -replay ignores-amount:outcome/captured-less", s.url) {
		t.Errorf("%+v", r)
	}
	var suite struct {
		XMLName xml.Name
		Cases   []struct{} `xml:"testsuite>testcase"`
	}
	text, err := os.ReadFile(at("r.xml"))
	if err == nil {
		err = xml.Unmarshal(text, &suite)
	}
	if err != nil || len(suite.Cases) != 2 {
		t.Errorf("JUnit: %v, %d cases\n%s", err, len(suite.Cases), text)
	}
	page, err := os.ReadFile(at("r.html"))
	if err != nil || !bytes.Contains(page, []byte("ignores-amount")) || len(page) > 150_000 {
		t.Errorf("HTML: %v, %d bytes", err, len(page))
	}
	if left, _ := filepath.Glob(at(".tapmock*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// TestCheckUnwritable says that a report could not be written, and is not green.
func TestCheckUnwritable(t *testing.T) {
	t.Parallel()
	code, _, errs := checkFor(t, newTestShop(t), "-only", "outcome/captured", "-json", filepath.Join(t.TempDir(), "none", "r.json"))
	if code != 3 || !strings.Contains(errs, "the report cannot be written: ") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// TestCheckBaseline does not fail for a finding that its owner has taken on, until the date has passed.
func TestCheckBaseline(t *testing.T) {
	t.Parallel()
	s := newTestShop(t, "no amount")
	for until, want := range map[string]struct {
		code int
		says string
	}{
		"2999-12-31": {0, "known     ignores-amount, payments team, until 2999-12-31"},
		"2020-01-01": {1, "the baseline's entry has expired: ignores-amount, payments team, until 2020-01-01"},
	} {
		known := filepath.Join(t.TempDir(), "known.yaml")
		if err := os.WriteFile(known, []byte("known: [{code: ignores-amount, owner: payments team, until: "+until+"}]"), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, _ := checkFor(t, s, "-only", "outcome/captured-less", "-baseline", known)
		if code != want.code || !strings.Contains(out, want.says) {
			t.Errorf("%s: exit code %d\n%s", until, code, out)
		}
	}
}

// TestCheckFlaky ends with 4 if a second run does not repeat what the first has found.
func TestCheckFlaky(t *testing.T) {
	t.Parallel()
	s := newTestShop(t)
	target, _ := url.Parse(s.url)
	proxy, asked := httputil.NewSingleHostReverseProxy(target), atomic.Int32{}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tapmock/order" && asked.Add(1) == 3 { // the first ones are of the probe and the preflight
			fmt.Fprint(w, `{"state": "paid", "fulfilled": 1}`)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	code, out, _ := runFor(t, "", nil, "check", "-app", front.URL, "-addr", "127.0.0.1:0", "-html", "", "-only", "outcome/no-funds")
	if code != 4 || !strings.Contains(out, "paid-without-capture (flaky, in 1 story)") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestCheckInterrupted leaves a report of what was played, and ends with 130.
func TestCheckInterrupted(t *testing.T) {
	t.Parallel()
	s, file := newTestShop(t), filepath.Join(t.TempDir(), "r.json")
	ctx, cancel := context.WithCancel(t.Context())
	out := &cancelling{at: "  outcome/no-funds", cancel: cancel}
	var errs bytes.Buffer
	code := run(ctx, streams{strings.NewReader(""), out, &errs, false}, []string{"check", "-app", s.url, "-addr", "127.0.0.1:0", "-html", "", "-json", file, "-only", "outcome/"}, func(string) string { return "" })
	r := readReport(t, file)
	if code != 130 || r.Verdict != "could-not-judge" || !strings.Contains(r.Headline, "interrupted") || len(r.Stories) < 3 || len(r.Stories) > 5 {
		t.Errorf("exit code %d, %+v\n%s%s", code, r, out.text.String(), errs.String())
	}
}

// cancelling is an output that cancels once it has got a text.
type cancelling struct {
	text   strings.Builder
	at     string
	cancel func()
}

func (c *cancelling) Write(p []byte) (int, error) {
	c.text.Write(p)
	if strings.Contains(string(p), c.at) {
		c.cancel()
	}
	return len(p), nil
}

// TestCheckShopDies ends with one sentence if the shop is gone in the middle, with what was played before.
func TestCheckShopDies(t *testing.T) {
	t.Parallel()
	s := newTestShop(t)
	target, _ := url.Parse(s.url)
	proxy, asked := httputil.NewSingleHostReverseProxy(target), atomic.Int32{}
	var front *httptest.Server
	front = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tapmock/checkout" && asked.Add(1) == 4 {
			go front.Listener.Close()
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	code, out, _ := runFor(t, "", nil, "check", "-app", front.URL, "-addr", "127.0.0.1:0", "-html", "", "-only", "outcome/")
	if code != 3 || !strings.Contains(out, "Could not judge: story outcome/no-funds: ") || !strings.Contains(out, "nothing listens there; wanted an answer") || !strings.Contains(out, "  outcome/not-captured\n") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestCheckAttached uses a mock that runs already.
func TestCheckAttached(t *testing.T) {
	t.Parallel()
	address, _, stop := serving(t, nil, "-addr", "127.0.0.1:0")
	defer stop()
	s := newTestShop(t)
	code, out, errs := runFor(t, "", map[string]string{"TAPMOCK_URL": address, "TAPMOCK_KEY": "sk_test_attached"}, "check", "-app", s.url, "-html", "", "-only", "webhook/late")
	if code != 0 || !strings.Contains(out, "with the mock at "+address+"\n") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	code, out, _ = runFor(t, "", nil, "check", "-app", s.url, "-url", "http://127.0.0.1:1", "-html", "")
	if code != 3 || !strings.Contains(out, "Could not judge: the mock at http://127.0.0.1:1 cannot be used: ") {
		t.Errorf("without a mock: exit code %d\n%s", code, out)
	}
}
