package mockserver_test

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// asks sends a request to the mock under another host.
func (m *mock) asks(host, method, path string, headers ...string) answer {
	m.t.Helper()
	req, err := http.NewRequest(method, m.url+path, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	req.Host = host
	req.Header.Set("Authorization", "Bearer "+key)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return m.send(req)
}

// TestHosts asks under names that a site cannot own, and under names that it can.
func TestHosts(t *testing.T) {
	m := startMock(t, mockserver.Config{AllowHosts: []string{"Shop.Example.", "pay_1.example"}}, "public_url=https://pay.example:8443/mock")
	for host, status := range map[string]int{
		"127.0.0.1": 200, "127.0.0.1:1": 200, "[::1]": 200, "[::1]:8080": 200, "192.0.2.7:8080": 200, "[2001:db8::7]:8080": 200, "[::ffff:192.0.2.7]": 200,
		"localhost:8080": 200, "LocalHost.": 200, "tapmock:8080": 200, "host.docker.internal:8080": 200, "shop.localhost": 200, "nas.local": 200, "shop.TEST.:1": 200,
		"pay.example": 200, "PAY.example.:8443": 200, "shop.example:8080": 200, "shop.example.": 200, "pay_1.example": 200,
		"evil.example": 421, "evil.example:8080": 421, "evil.example.": 421, "a.shop.example": 421, "xshop.example": 421, "evil-test": 200, "evil.test.example": 421,
		"evillocal.example": 421, "127.0.0.1.nip.io": 421, "1.2.3": 421, "localhost.evil.example": 421, "api.tap.company": 421, "127.0.0.1.evil.example:80": 421,
	} {
		if a := m.asks(host, "GET", "/healthz"); a.status != status {
			t.Errorf("Host %s: HTTP %d, want %d", host, a.status, status)
		}
	}
}

// TestOtherHostOnEveryRoute asks each part of the mock under another host: the answer has the form of that part and names the flag.
func TestOtherHostOnEveryRoute(t *testing.T) {
	var log bytes.Buffer
	m := startMock(t, mockserver.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for path, form := range map[string]string{
		"/": "text/plain", "/healthz": "text/plain", "/kpay/kpg/paymentpage.htm": "text/plain", "/nothing": "text/plain",
		"/v2/charges": "application/json", "/v2/charges/chg_1": "application/json", "//v2/charges": "application/json",
		control.Prefix + "/openapi.json": "application/json", "//_tapmock/v1/account": "application/json", "/_tapmock": "application/json",
	} {
		a := m.asks("evil.example:8080", "GET", path)
		if a.status != 421 || !strings.HasPrefix(a.header.Get("Content-Type"), form) || !strings.Contains(a.body, "-allow-host evil.example,") {
			t.Errorf("%s: HTTP %d %s %s", path, a.status, a.header.Get("Content-Type"), a.body)
		}
	}
	if a := m.asks("evil.example", "POST", "/v2/charges"); a.status != 421 || !strings.Contains(a.body, `"errors"`) || !strings.Contains(a.header.Get("X-Tapmock-Note"), "-allow-host") {
		t.Errorf("a create: HTTP %d %s", a.status, a.body)
	}
	if entries := m.Journal(key); len(entries) > 0 {
		t.Errorf("the journal of the key has %v", entries)
	}
	if text := log.String(); strings.Count(text, `msg="host refused" host=evil.example:8080 remedy=-allow-host`) != 10 {
		t.Errorf("the log is\n%s", text)
	}
}

// TestHostsWithoutTCP asks with no host, as HTTP/1.0 does, and under Tap's names, which only TLS brings here.
func TestHostsWithoutTCP(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, c := range []struct {
		host, proto string
		tls         bool
		status      int
	}{
		{"", "", false, 200}, {"api.tap.company", "", false, 421}, {"api.tap.company", "", true, 200}, {"api.tap.company", "https", false, 200},
		{"API.sandbox.tap.company.:443", "https, http", false, 200}, {"eviltap.company", "https", true, 421}, {"api.tap.company.evil.example", "https", true, 421},
	} {
		req := httptest.NewRequest("GET", "/healthz", nil)
		if req.Host = c.host; c.proto != "" {
			req.Header.Set("X-Forwarded-Proto", c.proto)
		}
		if c.tls {
			req.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		if m.ServeHTTP(w, req); w.Code != c.status {
			t.Errorf("%+v: HTTP %d", c, w.Code)
		}
	}
}

// TestHostOfChangedPublicURL changes public_url of the server while it runs.
func TestHostOfChangedPublicURL(t *testing.T) {
	const token = "an-admin-token-of-24-chars"
	m := startMock(t, mockserver.Config{AdminToken: token})
	if a := m.asks("tunnel.example", "GET", "/"); a.status != 421 {
		t.Errorf("before: HTTP %d", a.status)
	}
	if err := control.NewAdmin(m.url, token, "").Set(t.Context(), map[string]string{"public_url": "https://tunnel.example"}); err != nil {
		t.Fatal(err)
	}
	if a := m.asks("tunnel.example", "GET", "/"); a.status != 200 {
		t.Errorf("after: HTTP %d", a.status)
	}
}

// TestAllowedHostThatIsNoName starts servers with texts that are not names.
func TestAllowedHostThatIsNoName(t *testing.T) {
	for _, name := range []string{"", ".", "http://shop.example", "shop.example:8080", "shop.example/x", "*.example", "bücher.example", strings.Repeat("a", 254)} {
		if _, err := mockserver.New(mockserver.Config{AllowHosts: []string{name}}); err == nil || !strings.Contains(err.Error(), "write the name alone") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestOrigins sends control calls as pages of other sites send them. Only calls that change something are refused.
func TestOrigins(t *testing.T) {
	m := startMock(t, mockserver.Config{AllowHosts: []string{"shop.example"}})
	const reset = control.Prefix + "/reset"
	for origin, status := range map[string]int{
		"": 200, m.url: 200, "http://localhost:5173": 200, "https://shop.example": 200, "http://192.168.1.7:5173": 200, "http://[::1]:3000": 200, "http://shop.test": 200,
		"null": 403, "https://evil.example": 403, "http://203.0.113.5": 403, "http://[2001:db8::7]": 403, "nonsense": 403, "http://%zz": 403, "http://": 403,
	} {
		headers := []string{"Origin", origin}
		if origin == "" {
			headers = nil
		}
		if a := m.asks("127.0.0.1", "POST", reset, headers...); a.status != status || status == 403 && (!strings.Contains(a.body, `"forbidden"`) || !strings.Contains(a.body, "-allow-host")) {
			t.Errorf("Origin %q: HTTP %d %s, want %d", origin, a.status, a.body, status)
		}
	}
	if a := m.asks("203.0.113.5:8080", "POST", reset, "Origin", "http://203.0.113.5:8080"); a.status != 200 {
		t.Errorf("the site itself, at a public address: HTTP %d %s", a.status, a.body)
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE"} {
		if a := m.asks("127.0.0.1", method, "/"+control.Prefix+"/default-scenario", "Origin", "null"); a.status != 403 {
			t.Errorf("%s: HTTP %d", method, a.status)
		}
	}
	for _, path := range []string{control.Prefix + "/account", "/"} {
		if a := m.asks("127.0.0.1", "GET", path, "Origin", "https://evil.example"); a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("GET %s: HTTP %d", path, a.status)
		}
	}
	if a := m.api("POST", "/v2/charges", request(nil), "Origin", "https://shop.evil.example"); a.status != 200 {
		t.Errorf("a create through a shop's proxy: HTTP %d %s", a.status, a.body)
	}
}
