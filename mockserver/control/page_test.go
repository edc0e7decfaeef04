package control_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

const testKey = "sk_test_page"

// startMock starts a mock and returns its base address and a client of an account.
func startMock(t *testing.T) (base string, c *control.Client) {
	t.Helper()
	mock, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(mock)
	c = control.New(server.URL, testKey)
	t.Cleanup(func() {
		c.CloseIdle()
		server.Close()
		if err := mock.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return server.URL, c
}

// startShop starts a merchant that responds to everything with 200. Its /return needs the cookie session.
func startShop(t *testing.T) string {
	t.Helper()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if session, err := r.Cookie("session"); r.URL.Path == "/return" && err == nil {
			fmt.Fprintf(w, "thank you, %s", session.Value)
		}
	}))
	t.Cleanup(shop.Close)
	return shop.URL
}

// charge creates a charge with source src_all, and returns its id and the URL of its page.
func charge(t *testing.T, base, shop, redirect string) (id, payURL string) {
	t.Helper()
	req, _ := http.NewRequest("POST", base+"/v2/charges", strings.NewReader(fmt.Sprintf(`{"amount": 1, "currency": "KWD", "source": {"id": "src_all"},
		"customer": {"first_name": "T", "email": "t@example.com"}, "post": {"url": "%s/hook"}, "redirect": {"url": %q}}`, shop, redirect)))
	req.Header.Set("Authorization", "Bearer "+testKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var made tap.Charge
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || res.StatusCode != 200 {
		t.Fatalf("create: HTTP %d, %v", res.StatusCode, err)
	}
	return made.ID, made.Transaction.URL
}

// at checks the screen of a payer after an action.
func at(t *testing.T, p *control.Payer, screen string, err error) {
	t.Helper()
	if err != nil || p.Screen != screen {
		t.Fatalf("%v, screen %s at %s, want %s\n%.300s", err, p.Screen, p.URL, screen, p.Body)
	}
}

// TestPayerPays uses every button of the page. The client follows redirects itself and has no jar: the payer must not use that.
func TestPayerPays(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	base, c := startMock(t)
	if err := c.Set(ctx, map[string]string{"otp_from": "0"}); err != nil {
		t.Fatal(err)
	}
	shop := startShop(t)
	id, payURL := charge(t, base, shop, shop+"/return")
	p, err := control.OpenPage(ctx, http.DefaultClient, base+"/v2/", payURL)
	at(t, p, "choice", err)
	at(t, p, "entry", p.Submit(ctx, control.Card{Number: "8888880000000001", Expiry: "09/30", PIN: "12"}))
	if !strings.Contains(p.Message, "Pin") {
		t.Errorf("message %q", p.Message)
	}
	at(t, p, "confirm", p.Submit(ctx, control.GoodCard))
	at(t, p, "entry", p.Back(ctx))
	at(t, p, "confirm", p.Submit(ctx, control.GoodCard))
	first := p.OTP
	at(t, p, "confirm", p.ResendOTP(ctx))
	if p.OTP == first || len(p.OTP) != 6 {
		t.Errorf("one-time password %q after %q", p.OTP, first)
	}
	at(t, p, "confirm", p.ConfirmOTP(ctx, "000000"))
	at(t, p, "merchant", p.Confirm(ctx))
	if p.URL != shop+"/return?tap_id="+id || p.Status != 200 || p.Message != "" || p.OTP != "" || p.Body != "" {
		t.Errorf("%+v", p)
	}
	if err := p.Cancel(ctx); err == nil || !strings.Contains(err.Error(), "the payer cannot press cancel: the page "+p.URL+" shows the screen merchant") {
		t.Errorf("pressed Cancel at the merchant: %v", err)
	}
	p, err = control.OpenPage(ctx, http.DefaultClient, base, payURL)
	at(t, p, "ended", err)
}

// TestPayerWithoutAnAnswer has a page that does not load, a merchant that does not listen, and a return into an app.
func TestPayerWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	base, c := startMock(t)
	for _, f := range []string{"reset", "{status: 503}"} {
		if err := c.NextYAML(ctx, "scenarios:\n  - {name: x, description: x, api: [{on: page.open, calls: 1, fault: "+f+"}]}\n"); err != nil {
			t.Fatal(err)
		}
		_, payURL := charge(t, base, base, base+"/")
		p, err := control.OpenPage(ctx, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, base, payURL)
		at(t, p, "failed", err)
		at(t, p, "choice", p.Reload(ctx))
	}
	for _, to := range []string{"http://127.0.0.1:9/return", "myshop://return", base + "/"} {
		id, payURL := charge(t, base, base, to)
		p, err := control.OpenPage(ctx, http.DefaultClient, base, payURL)
		at(t, p, "choice", err)
		at(t, p, "confirm", p.Submit(ctx, control.GoodCard))
		at(t, p, "merchant", p.Confirm(ctx))
		if want := to + "?tap_id=" + id; p.URL != want || (p.Status != 0) != (to == base+"/") {
			t.Errorf("landed at %s with %d, want %s", p.URL, p.Status, want)
		}
	}
}

// TestPayerCookies pays with a jar that has the shop's session, and without one.
func TestPayerCookies(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	base, _ := startMock(t)
	shop := startShop(t)
	for _, with := range []bool{true, false} {
		client := &http.Client{}
		if with {
			jar, _ := cookiejar.New(nil)
			req, _ := http.NewRequest("GET", shop, nil)
			jar.SetCookies(req.URL, []*http.Cookie{{Name: "session", Value: "s-1", Path: "/"}})
			client.Jar = jar
		}
		_, payURL := charge(t, base, shop, shop+"/return")
		p, err := control.OpenPage(ctx, client, base, payURL)
		at(t, p, "choice", err)
		at(t, p, "confirm", p.Submit(ctx, control.GoodCard))
		at(t, p, "merchant", p.Confirm(ctx))
		if got := p.Body == "thank you, s-1"; got != with {
			t.Errorf("with cookies %t: %q", with, p.Body)
		}
	}
}

// TestOpenPageErrors opens addresses that are not a page, and a page with a context that is done.
func TestOpenPageErrors(t *testing.T) {
	t.Parallel()
	base, _ := startMock(t)
	for _, bad := range []string{"", "/page", "http://a b/", "chg_1"} {
		if _, err := control.OpenPage(t.Context(), http.DefaultClient, base, bad); err == nil || !strings.Contains(err.Error(), "use transaction.url of the create answer") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	_, payURL := charge(t, base, base, base+"/")
	if _, err := control.OpenPage(t.Context(), http.DefaultClient, "http://a b", payURL); err == nil || !strings.Contains(err.Error(), "the mock's address") {
		t.Errorf("a bad base: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := control.OpenPage(ctx, http.DefaultClient, base, payURL); err != context.Canceled {
		t.Errorf("a done context: %v", err)
	}
}
