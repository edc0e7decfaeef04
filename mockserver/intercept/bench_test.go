package intercept_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/intercept"
)

// BenchmarkProxy compares requests on a kept connection through the proxy with those of a server that has the same certificates.
func BenchmarkProxy(b *testing.B) {
	ca, err := intercept.LoadCA(b.TempDir(), time.Now())
	if err != nil {
		b.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca.Certificate())
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, strings.Repeat("x", 1000))
	})
	b.Run("direct", func(b *testing.B) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		server := &http.Server{Handler: answer, TLSConfig: ca.TLS(), ErrorLog: log.New(io.Discard, "", 0)}
		go func() { _ = server.ServeTLS(listener, "", "") }()
		b.Cleanup(func() { server.Close() })
		post(b, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}, "https://"+listener.Addr().String())
	})
	b.Run("proxy", func(b *testing.B) {
		front := httptest.NewServer(intercept.NewProxy(ca, "127.0.0.1:8080", answer, nil))
		b.Cleanup(front.Close)
		at, _ := url.Parse(front.URL)
		post(b, &http.Transport{Proxy: http.ProxyURL(at), TLSClientConfig: &tls.Config{RootCAs: roots}}, "https://api.tap.company")
	})
}

func post(b *testing.B, transport *http.Transport, address string) {
	b.Helper()
	client := &http.Client{Transport: transport}
	b.Cleanup(transport.CloseIdleConnections)
	for b.Loop() {
		res, err := client.Post(address+"/v2/charges", "application/json", strings.NewReader(strings.Repeat("y", 500)))
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}
