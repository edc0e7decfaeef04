package testkit_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit"
)

// sessionShop sets a session cookie at its checkout, and recognises it on the return, after a redirect that sets another cookie.
func sessionShop(t *testing.T, mock *testkit.Mock) string {
	t.Helper()
	mux := http.NewServeMux()
	shop := httptest.NewServer(mux)
	t.Cleanup(shop.Close)
	mux.HandleFunc("/checkout", func(w http.ResponseWriter, _ *http.Request) {
		_, payURL := createCharge(t, mock, `{"amount": 1, "currency": "KWD", "source": {"id": "src_kw.knet"},
			"customer": {"first_name": "T", "email": "t@example.com"}, "redirect": {"url": "`+shop.URL+`/return"}}`)
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s-1", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		io.WriteString(w, payURL)
	})
	mux.HandleFunc("/return", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1", Path: "/"})
		http.Redirect(w, r, "/thanks", http.StatusSeeOther)
	})
	mux.HandleFunc("/thanks", func(w http.ResponseWriter, r *http.Request) {
		session, _ := r.Cookie("session")
		seen, _ := r.Cookie("seen")
		if session == nil || seen == nil {
			http.Error(w, "who are you?", http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, "thank you, %s", session.Value)
	})
	return shop.URL
}

// TestOpenWithCookies pays at a shop that recognises the payer by a cookie: with the jar of the checkout, and without one.
func TestOpenWithCookies(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	at := sessionShop(t, mock)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		jar    http.CookieJar
		status int
		body   string
	}{{jar, http.StatusOK, "thank you, s-1"}, {nil, http.StatusForbidden, "who are you?"}} {
		res, err := (&http.Client{Jar: jar}).Get(at + "/checkout")
		if err != nil {
			t.Fatal(err)
		}
		payURL, _ := io.ReadAll(res.Body)
		res.Body.Close()
		p := mock.OpenWithCookies(string(payURL), c.jar).Submit(testkit.GoodCard).Confirm()
		if p.Screen != "merchant" || p.Status != c.status || strings.TrimSpace(p.Body) != c.body {
			t.Errorf("with a jar %t: %s, HTTP %d %q", c.jar != nil, p.Screen, p.Status, p.Body)
		}
	}
}
