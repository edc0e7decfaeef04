package mockserver_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// TestHomeOtherSites refuses forms that other sites send.
func TestHomeOtherSites(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	for _, target := range []string{"/ui/call", "/ui/signin", "/ui/signout"} {
		form := url.Values{"call": {"POST /reset"}, "key": {key}}
		for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "null"}} {
			if a := m.press(target, form, headers...); a.status != 403 {
				t.Errorf("%s, %v: HTTP %d", target, headers, a.status)
			}
		}
		if a := m.press(target, form, "Origin", m.url); a.status != 303 {
			t.Errorf("%s from the page itself: HTTP %d", target, a.status)
		}
	}
	req, _ := http.NewRequest("GET", m.url+"/", nil)
	req.Host = "rebound.example"
	if a := m.send(req); a.status != 421 {
		t.Errorf("another host: HTTP %d", a.status)
	}
}

// TestSignIn asks for a key where the pages are not open, and shows a visitor nothing but the account of the key, the admin all.
func TestSignIn(t *testing.T) {
	t.Parallel()
	const token = "an-admin-token-of-24-chars"
	m := startMock(t, mockserver.Config{AdminToken: token})
	c := m.create(request(nil))
	m.create(request(nil), "Authorization", "Bearer sk_test_other")
	for _, target := range []string{"/", "/ui/payments/" + c.ID, "/ui/settings", "/ui/events"} {
		if a := m.page(target); a.status != 401 || strings.Contains(a.body, c.ID) || !strings.Contains(a.body, "<h1>Sign in</h1>") {
			t.Errorf("%s without signing in: HTTP %d", target, a.status)
		}
	}
	if a := m.press("/ui/call", url.Values{"call": {"POST /reset"}}); a.status != 401 {
		t.Errorf("a call without signing in: HTTP %d", a.status)
	}
	signIn := func(secret string) *http.Cookie {
		t.Helper()
		a := m.press("/ui/signin", url.Values{"key": {secret}})
		cookies := (&http.Response{Header: a.header}).Cookies()
		if a.status != 303 || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode || cookies[0].MaxAge != 0 || !cookies[0].Expires.IsZero() || strings.Contains(cookies[0].Value, secret) {
			t.Fatalf("HTTP %d, cookies %+v", a.status, cookies)
		}
		return cookies[0]
	}
	for _, wrong := range []string{"", "x", "sk_live_1", "an-admin-token-of-24-chars "} {
		if a := m.press("/ui/signin", url.Values{"key": {wrong + "!"}}); a.status != 401 || !strings.Contains(a.body, "neither the admin token nor a secret key") {
			t.Errorf("%q: HTTP %d", wrong, a.status)
		}
	}
	mine, admin := signIn(key), signIn(token)
	if got := m.page("/", mine).rows(); !slices.Equal(got, []string{c.ID}) {
		t.Errorf("with the key: %v", got)
	}
	other := control.New(m.url, "sk_test_other")
	account, err := other.Account(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a := m.page("/?account="+account.Name, mine); a.status != 404 {
		t.Errorf("another account with the key: HTTP %d", a.status)
	}
	if a := m.page("/?account="+account.Name, admin); a.status != 200 || len(a.rows()) != 1 {
		t.Errorf("another account with the admin token: HTTP %d %v", a.status, a.rows())
	}
	req, _ := http.NewRequest("POST", m.url+"/ui/signout", nil)
	req.AddCookie(mine)
	if a := m.send(req); a.status != 303 {
		t.Errorf("signing out: HTTP %d", a.status)
	}
	if a := m.page("/", mine); a.status != 401 {
		t.Errorf("after signing out: HTTP %d", a.status)
	}
}

// TestOpenOnlyOnThisMachine asks for a key when the request came through a proxy.
func TestOpenOnlyOnThisMachine(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	if a := m.page("/"); a.status != 200 {
		t.Errorf("on loopback: HTTP %d", a.status)
	}
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"} {
		if a := m.asks("localhost", "GET", "/", "Accept", "text/html", header, "10.0.0.1"); a.status != 401 {
			t.Errorf("%s: HTTP %d", header, a.status)
		}
	}
}

// TestNoPages switches the pages off; the API, the payment page and the control API work.
func TestNoPages(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{NoPages: true})
	for _, target := range []string{"/ui/settings", "/ui/shop/", "/ui/events", "/ui/assets/x"} {
		if a := m.page(target); a.status != 404 || !strings.Contains(a.body, "-ui=false") {
			t.Errorf("%s: HTTP %d %s", target, a.status, a.body)
		}
	}
	if a := m.page("/"); a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
		t.Errorf("/: HTTP %d %s", a.status, a.header.Get("Content-Type"))
	}
	c := m.create(request(nil))
	if a := m.page(strings.TrimPrefix(c.Transaction.URL, m.url)); a.status != 303 {
		t.Errorf("the payment page: HTTP %d", a.status)
	}
}

// TestOtherAccountsPayment opens a payment of another account without naming the account, as the example shop links to it.
func TestOtherAccountsPayment(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	m.create(request(nil))
	c := decode(t, m.api("POST", "/v2/charges", request(nil), "Authorization", "Bearer sk_test_second_account").body)
	a := m.page("/ui/payments/" + c.ID)
	to := a.header.Get("Location")
	if a.status != 303 || !strings.HasPrefix(to, "../../ui/payments/"+c.ID+"?account=") {
		t.Fatalf("HTTP %d to %s", a.status, to)
	}
	m.page("/"+strings.TrimPrefix(to, "../../")).shows(t, "<code data-copy=\"id\">"+c.ID)
}

// TestShopInTwoAccounts orders in two accounts side by side, as in two tabs: each order, return and link stays in its account.
func TestShopInTwoAccounts(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	other, err := control.New(m.url, "sk_test_second_account").Account(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	order := url.Values{"amount": {"12.345"}, "name": {"Sara"}, "email": {"a@b.example"}, "behaviour": {"sound"}}
	m.page("/ui/shop/?account="+other.Name).shows(t, `action="orders?account=`+other.Name+`"`, `href="../../?account=`+other.Name+`"`)
	for _, query := range []string{"?account=" + other.Name, ""} {
		if a := m.press("/ui/shop/orders"+query, order); a.status != 303 {
			t.Fatalf("orders%s: HTTP %d %s", query, a.status, mainOf(a.body))
		}
		list := m.page("/" + query).rows()
		if len(list) != 1 {
			t.Fatalf("%q has %v", query, list)
		}
		m.page("/ui/shop/return?tap_id="+list[0]+strings.Replace(query, "?", "&", 1)).shows(t, "The charge is that of the order.", `href="../payments/`+list[0]+query+`"`)
	}
	if a := m.page("/ui/shop/?account=0123456789abcdef"); a.status != 403 || !strings.Contains(a.body, "The account is not known") {
		t.Errorf("an unknown account: HTTP %d", a.status)
	}
}
