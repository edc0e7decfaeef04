package webhook_test

import (
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/webhook"
)

// TestExamine names the step at which an address fails, and the remedy.
func TestExamine(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	go func() {
		for {
			c, err := other.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("SSH-2.0-Test\r\n"))
			_ = c.Close()
		}
	}()
	status := func(code int, headers ...string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodHead || r.Header.Get("hashstring") != "" {
				t.Errorf("%s %v", r.Method, r.Header)
			}
			for i := 0; i < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(code)
		}))
		t.Cleanup(server.Close)
		return server.URL + "/webhook"
	}
	secured := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secured.Close)
	for address, want := range map[string]struct{ step, detail, remedy string }{
		"shop/webhook":                     {"address", "is not an address of a webhook", "write it with http://"},
		"ftp://127.0.0.1/":                 {"address", "ftp://127.0.0.1/", "https://"},
		"http://no-such-host.invalid/":     {"name", "there is no host named no-such-host.invalid", "check the spelling"},
		"http://" + closed.Addr().String(): {"connection", ": refused", "nothing listens there"},
		secured.URL:                        {"TLS", "which is not trusted here", "-webhook-ca FILE"},
		strings.Replace(status(200), "http:", "https:", 1): {"TLS", "not tls", "does not use TLS"},
		status(302, "Location", "/login"):                  {"HTTP", "HTTP 302 to /login", "follows no redirect"},
		status(502, "Via", "1.1 front"):                    {"HTTP", "HTTP 502, through the proxy 1.1 front", "a proxy answers"},
		status(400, "Server", "nginx"):                     {"HTTP", "HTTP 400, by nginx", "try https"},
	} {
		steps := webhook.NewSender(webhook.Config{}).Examine(t.Context(), address)
		last := steps[len(steps)-1]
		if last.OK || last.Name != want.step || !strings.Contains(last.Detail, want.detail) || !strings.Contains(last.Remedy, want.remedy) {
			t.Errorf("%s: %+v", address, steps)
		}
	}
	if steps := webhook.NewSender(webhook.Config{}).Examine(t.Context(), "http://"+other.Addr().String()); steps[len(steps)-1].OK || steps[len(steps)-1].Name != "HTTP" {
		t.Errorf("another protocol: %+v", steps)
	}
}

// TestExamineReachable goes through all steps of an address that can be reached.
func TestExamineReachable(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) }))
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	var names []string
	for _, step := range webhook.NewSender(webhook.Config{Roots: roots}).Examine(t.Context(), server.URL+"/webhook") {
		if !step.OK {
			t.Errorf("%+v", step)
		}
		if step.Name != "container" { // only where the tests run in one
			names = append(names, step.Name)
		}
	}
	if got := strings.Join(names, " "); got != "address connection TLS HTTP" {
		t.Errorf("the steps are %s", got)
	}
}
