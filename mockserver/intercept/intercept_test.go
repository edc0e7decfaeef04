package intercept_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/intercept"
)

// echo says what the handler sees.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s%s tls=%t %s", r.Method, r.Host, r.URL, r.TLS != nil, body)
})

func load(t *testing.T, dir string) *intercept.CA {
	t.Helper()
	ca, err := intercept.LoadCA(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// through is a client that uses the proxy and trusts only the CA.
func through(t *testing.T, ca *intercept.CA, proxy *intercept.Proxy) *http.Client {
	t.Helper()
	front := httptest.NewServer(proxy)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = proxy.Close(ctx)
		front.Close()
	})
	at, _ := url.Parse(front.URL)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Certificate())
	transport := &http.Transport{Proxy: http.ProxyURL(at), TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(client *http.Client, address string) (string, int, error) {
	res, err := client.Get(address)
	if err != nil {
		return "", 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), res.StatusCode, err
}

// TestProxy passes requests for Tap's host on as if they had come for the mock's own address, and refuses all others.
func TestProxy(t *testing.T) {
	t.Parallel()
	ca := load(t, t.TempDir())
	refused := make(chan string, 10)
	proxy := intercept.NewProxy(ca, "127.0.0.1:8080", echo, func(target string) { refused <- target })
	client := through(t, ca, proxy)
	for range 3 { // on one connection
		if body, status, err := get(client, "https://api.tap.company/v2/charges/chg_1?x=1"); err != nil || status != 200 || body != "GET 127.0.0.1:8080/v2/charges/chg_1?x=1 tls=false " {
			t.Fatalf("%q %d %v", body, status, err)
		}
	}
	for _, other := range []string{"https://example.com/", "https://api.tap.company:8443/", "https://api.tap.company.example.com/", "https://tap.company/", "https://127.0.0.1:22/"} {
		_, _, err := get(client, other)
		if err == nil || !strings.Contains(err.Error(), "Forbidden") {
			t.Errorf("%s: %v", other, err)
		}
		if at, _ := url.Parse(other); !strings.HasPrefix(<-refused, at.Hostname()) {
			t.Errorf("%s was not reported", other)
		}
	}
	body, status, err := get(client, "http://example.com/")
	if err != nil || status != 403 || !strings.Contains(body, "NO_PROXY") || !strings.Contains(body, "http://example.com") {
		t.Errorf("%q %d %v", body, status, err)
	}
}

// TestProxyAsServer names the mistake of a client that calls the proxy as a server.
func TestProxyAsServer(t *testing.T) {
	t.Parallel()
	proxy := intercept.NewProxy(load(t, t.TempDir()), "127.0.0.1:8080", echo, nil)
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	if body, status, err := get(http.DefaultClient, front.URL+"/v2/charges"); err != nil || status != 403 || !strings.Contains(body, "use it as a proxy (HTTPS_PROXY=http://127.0.0.1:") {
		t.Errorf("%q %d %v", body, status, err)
	}
}

// TestConstraint shows that the CA cannot sign other names: a client that trusts it does not accept them.
func TestConstraint(t *testing.T) {
	t.Parallel()
	ca := load(t, t.TempDir())
	for name, fine := range map[string]bool{"api.tap.company": true, "API.tap.company.": true, "localhost": true, "shop.localhost": true, "": true, "example.com": false, "tap.company.example.com": false, "127.0.0.1.example": false} {
		cert, err := ca.TLS().GetCertificate(&tls.ClientHelloInfo{ServerName: name})
		if (err == nil) != fine {
			t.Errorf("%q: %v", name, err)
		}
		if err != nil {
			continue
		}
		roots := x509.NewCertPool()
		roots.AddCert(ca.Certificate())
		dns := strings.ToLower(strings.TrimSuffix(name, "."))
		if dns == "" {
			dns = "127.0.0.1"
		}
		if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: dns}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if c := ca.Certificate(); !c.PermittedDNSDomainsCritical || len(c.PermittedDNSDomains) != 2 || len(c.PermittedIPRanges) != 2 || !c.MaxPathLenZero {
		t.Errorf("the CA is not constrained: %+v", c.PermittedDNSDomains)
	}
}

// TestKept keeps a CA across starts, for its owner only.
func TestKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "tapmock")
	first, second := load(t, dir), load(t, dir)
	if !first.Certificate().Equal(second.Certificate()) {
		t.Error("the second start has another CA")
	}
	for file, mode := range map[string]os.FileMode{intercept.KeyFile: 0o600, intercept.CertFile: 0o644} {
		if info, err := os.Stat(filepath.Join(dir, file)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v", file, info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory: %v %v", info.Mode(), err)
	}
	if other := load(t, t.TempDir()); other.Certificate().Equal(first.Certificate()) {
		t.Error("two machines have one CA")
	}
}

// TestRefusedCA refuses a CA that is not safe or not ours, with what to do about it.
func TestRefusedCA(t *testing.T) {
	t.Parallel()
	write := func(file string, content []byte, mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			at := filepath.Join(dir, file)
			if err := errors.Join(os.WriteFile(at, content, mode), os.Chmod(at, mode)); err != nil {
				t.Fatal(err)
			}
		}
	}
	server := httptest.NewTLSServer(echo)
	t.Cleanup(server.Close)
	foreign := "-----BEGIN CERTIFICATE-----\n" + base64Lines(server.Certificate().Raw) + "-----END CERTIFICATE-----\n"
	for name, c := range map[string]struct {
		damage func(*testing.T, string)
		want   []string
	}{
		"readable by others": {func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, intercept.KeyFile), 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"ca-key.pem can be read by others (mode 0644)", "chmod 600"}},
		"not PEM":         {write(intercept.CertFile, []byte("hello"), 0o644), []string{"not PEM", "delete it to get a new CA"}},
		"foreign":         {write(intercept.CertFile, []byte(foreign), 0o644), []string{"this is not a CA of tapmock", "-ca-dir"}},
		"key not PEM":     {write(intercept.KeyFile, []byte("hello"), 0o600), []string{"not PEM"}},
		"without its key": {func(t *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, intercept.KeyFile)) }, []string{"ca-key.pem", "delete the certificate beside it"}},
		"another key": {func(t *testing.T, dir string) {
			other := t.TempDir()
			load(t, other)
			key, _ := os.ReadFile(filepath.Join(other, intercept.KeyFile))
			write(intercept.KeyFile, key, 0o600)(t, dir)
		}, []string{"another one's"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			load(t, dir)
			c.damage(t, dir)
			ca, err := intercept.LoadCA(dir, time.Now())
			if err == nil || ca != nil {
				t.Fatal("the CA is used")
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error lacks %q: %v", part, err)
				}
			}
		})
	}
	dir := t.TempDir()
	load(t, dir)
	if _, err := intercept.LoadCA(dir, time.Now().AddDate(6, 0, 0)); err == nil || !strings.Contains(err.Error(), "has expired on ") {
		t.Errorf("an expired one: %v", err)
	}
}

// TestUnwritable makes a CA in memory where none can be kept, and says so.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ca, err := intercept.LoadCA(filepath.Join(file, "dir"), time.Now())
	if _, ok := errors.AsType[*intercept.UnwritableError](err); !ok || ca == nil || !strings.Contains(err.Error(), "in memory only") {
		t.Errorf("%v %v", ca, err)
	}
}

// TestTrust writes the files of clients: the bundle has the system's roots too.
func TestTrust(t *testing.T) {
	t.Parallel()
	ca, dir := load(t, t.TempDir()), t.TempDir()
	roots := filepath.Join(dir, "roots.pem")
	other := load(t, t.TempDir())
	if err := os.WriteFile(roots, other.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	trust, err := ca.WriteTrust(dir, roots)
	if err != nil {
		t.Fatal(err)
	}
	bundle, _ := os.ReadFile(trust.Bundle)
	if string(bundle) != string(other.PEM())+string(ca.PEM()) {
		t.Errorf("the bundle:\n%s", bundle)
	}
	if alone, _ := os.ReadFile(trust.CA); string(alone) != string(ca.PEM()) {
		t.Error("the CA's file has something else")
	}
	if store, err := os.ReadFile(trust.Java); err != nil || len(store) < 500 {
		t.Errorf("the Java store: %d bytes, %v", len(store), err)
	}
}

// TestDir is in the user's data directory.
func TestDir(t *testing.T) {
	t.Parallel()
	if dir, err := intercept.Dir(func(string) string { return "/data" }); err != nil || dir != filepath.Join("/data", "tapmock") {
		t.Errorf("%s %v", dir, err)
	}
	if dir, err := intercept.Dir(func(string) string { return "" }); err == nil && !strings.HasSuffix(dir, "tapmock") {
		t.Error(dir)
	}
}

// TestServerOverTLS serves Tap's host, localhost and addresses with the CA's certificates.
func TestServerOverTLS(t *testing.T) {
	t.Parallel()
	ca := load(t, t.TempDir())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: intercept.Rewritten("127.0.0.1:8080", echo), TLSConfig: ca.TLS()}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	t.Cleanup(func() { server.Close() })
	roots := x509.NewCertPool()
	roots.AddCert(ca.Certificate())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
	}}
	t.Cleanup(transport.CloseIdleConnections)
	for address, want := range map[string]string{"https://api.tap.company/v2": "GET 127.0.0.1:8080/v2 tls=false ", "https://localhost:1/v2": "GET localhost:1/v2 tls=true ", "https://127.0.0.1:1/v2": "GET 127.0.0.1:1/v2 tls=true "} {
		if body, _, err := get(&http.Client{Transport: transport}, address); err != nil || body != want {
			t.Errorf("%s: %q %v", address, body, err)
		}
	}
	if _, _, err := get(&http.Client{Transport: transport}, "https://example.com/"); err == nil {
		t.Error("another name is served")
	}
}

func base64Lines(der []byte) string {
	text := base64.StdEncoding.EncodeToString(der)
	var b strings.Builder
	for len(text) > 64 {
		b.WriteString(text[:64] + "\n")
		text = text[64:]
	}
	return b.String() + text + "\n"
}

// TestExpiry warns of a CA that expires soon, and signs nothing once it has expired while the server ran.
func TestExpiry(t *testing.T) {
	t.Parallel()
	const years, day = 5 * 365 * 24 * time.Hour, 24 * time.Hour
	for age, want := range map[time.Duration]struct{ soon, signs bool }{0: {false, true}, years - 31*day: {false, true}, years - 29*day: {true, true}, years + day: {true, false}} {
		made := time.Now().Add(-age)
		ca, err := intercept.NewCA(made)
		if err != nil {
			t.Fatal(err)
		}
		if soon := ca.ExpiresSoon(time.Now()); strings.HasPrefix(soon, "the CA expires on "+made.Add(years).UTC().Format(time.DateOnly)) != want.soon || !want.soon && soon != "" {
			t.Errorf("after %v: %q", age, soon)
		}
		_, err = ca.TLS().GetCertificate(&tls.ClientHelloInfo{ServerName: intercept.Host})
		if (err == nil) != want.signs || err != nil && !strings.Contains(err.Error(), "the CA has expired on ") {
			t.Errorf("after %v: %v", age, err)
		}
	}
}
