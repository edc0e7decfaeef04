package webhook

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestVisitOnTheWire reads the browser's request from the connection.
func TestVisitOnTheWire(t *testing.T) {
	shop := openShop(t, "http")
	seen := make(chan Result, 1)
	go func() {
		seen <- NewSender(Config{}).Visit(t.Context(), shop.URL+"/شكرا?q=\"a b\"&tap_id=chg_1#top")
	}()
	conn := shop.accept()
	want := "GET /hook/%D8%B4%D9%83%D8%B1%D8%A7?q=%22a%20b%22&tap_id=chg_1 HTTP/1.1\r\nHost: " + shop.l.Addr().String() +
		"\r\nUser-Agent: Mozilla/5.0 (tapmock; automatic payer)\r\nAccept: text/html,*/*\r\n\r\n"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Errorf("got  %q\nwant %q (%v)", got, want, err)
	}
	fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\nthanks")
	if r := <-seen; r.Status != 200 || string(r.Body) != "thanks" || r.ContentType != "text/html" || r.Failure != "" {
		t.Errorf("%+v", r)
	}
}

// TestVisitFollowsRedirects checks each redirect status, and a redirect without a Location.
func TestVisitFollowsRedirects(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308, 300, 304} {
		var asked []string
		shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Method+" "+r.RequestURI)
			switch r.URL.Path {
			case "/":
				http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
				w.Header().Set("Location", "thanks?x=1")
				w.WriteHeader(status)
			default:
				if len(r.Cookies()) != 0 {
					t.Error("a cookie was kept")
				}
				w.WriteHeader(http.StatusFound) // without a Location
			}
		}))
		want, wantAsked := 302, "[GET / GET /thanks?x=1]"
		if status == 300 || status == 304 {
			want, wantAsked = status, "[GET /]"
		}
		if r := NewSender(Config{}).Visit(t.Context(), shop.URL); r.Status != want || r.Failure != "" {
			t.Errorf("%d: %+v", status, r)
		}
		if fmt.Sprint(asked) != wantAsked {
			t.Errorf("%d: asked %v", status, asked)
		}
		shop.Close()
	}
}

// TestVisitCountsRedirects checks that Visit follows at most ten redirects.
func TestVisitCountsRedirects(t *testing.T) {
	calls := 0
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls++; r.URL.Path != "/ten" || calls <= 10 {
			http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
		}
	}))
	defer shop.Close()
	if r := NewSender(Config{}).Visit(t.Context(), shop.URL+"/ten"); r.Status != 200 || r.Failure != "" || calls != 11 {
		t.Errorf("ten redirects: %+v after %d calls", r, calls)
	}
	calls = 0
	if r := NewSender(Config{}).Visit(t.Context(), shop.URL+"/more"); r.Status != 303 || r.Failure != "redirect loop" || calls != 11 {
		t.Errorf("more: %+v after %d calls", r, calls)
	}
}

// TestVisitFailures visits addresses without a page, directly and by a redirect.
func TestVisitFailures(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	}))
	defer shop.Close()
	for address, want := range map[string]string{
		"myapp://paid?tap_id=chg_1": "app link", "myapp:paid": "app link", "": "bad url", "http://": "bad url", "http://a b/": "bad url",
		"http://[/": "bad url", "no-such-host.invalid/back": "unknown host", "//no-such-host.invalid:80/": "unknown host",
		closed.URL: "refused", strings.TrimPrefix(closed.URL, "http://") + "/back": "refused",
	} {
		r := NewSender(Config{}).Visit(t.Context(), address)
		if r.Failure != want || r.Status != 0 {
			t.Errorf("%s: %+v, want %s", address, r, want)
		}
		if want == "app link" && r.Remedy != "the address opens an app, which is possible only on a device" {
			t.Errorf("%s: remedy %s", address, r.Remedy)
		}
	}
	for to, want := range map[string]string{"myapp://paid": "app link", closed.URL: "refused", "http://[/": "bad url"} {
		if r := NewSender(Config{}).Visit(t.Context(), shop.URL+"/?to="+to); r.Failure != want || r.Status != 302 {
			t.Errorf("redirected to %s: %+v, want %s", to, r, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := NewSender(Config{}).Visit(ctx, shop.URL); r.Failure != "cancelled" {
		t.Errorf("with a cancelled context: %+v", r)
	}
}

// TestVisitRedirectToTLS follows a redirect from http to https. The address has no scheme.
func TestVisitRedirectToTLS(t *testing.T) {
	secret := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	defer secret.Close()
	shop := httptest.NewServer(http.RedirectHandler(secret.URL, http.StatusMovedPermanently))
	defer shop.Close()
	address := strings.TrimPrefix(shop.URL, "http://")
	if r := NewSender(Config{Insecure: true}).Visit(t.Context(), address); r.Status != 200 || string(r.Body) != "HTTP/1.1" {
		t.Errorf("%+v", r)
	}
}

func ExampleSender_Visit() {
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "thanks for ", r.FormValue("tap_id"))
	}))
	defer shop.Close()
	result := NewSender(Config{}).Visit(context.Background(), shop.URL+"/?tap_id=chg_1")
	fmt.Printf("%d %s", result.Status, result.Body)
	// Output: 200 thanks for chg_1
}
