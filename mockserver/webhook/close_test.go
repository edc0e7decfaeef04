package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"testing"
	"testing/synctest"
)

// TestTLSIsClosedProperly reads the connection of a completed attempt to its end: TLS announces the end with an alert, so that the
// merchant sees no truncated connection. The pipe has no buffer, so the alert waits for the merchant. TLS 1.2 does not hide that it is
// one.
func TestTLSIsClosedProperly(t *testing.T) {
	server := httptest.NewTLSServer(nil) // for its certificate
	server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	for _, format := range []string{"2022", "2023"} {
		synctest.Test(t, func(t *testing.T) {
			s := NewSender(Config{Roots: roots})
			conn, end := net.Pipe()
			s.transport.DialContext = boundToAttempt(func(context.Context, string, string) (net.Conn, error) { return conn, nil })
			shop := tls.Server(end, &tls.Config{Certificates: server.TLS.Certificates, MaxVersion: tls.VersionTLS12})
			go func() {
				untilLast(t, shop)
				io.ReadFull(shop, make([]byte, 1))
				synctest.Wait() // crypto/tls sends no alert while a write has not returned
				fmt.Fprint(shop, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			}()
			m := message("https://example.com/hook")
			m.Format = format
			if res := s.Send(t.Context(), m); res.Status != 200 || string(res.Body) != "ok" {
				t.Fatalf("%s: %+v", format, res)
			}
			synctest.Wait()
			const alert = 21
			if rest, err := io.ReadAll(end); len(rest) == 0 || rest[0] != alert || err != nil {
				t.Errorf("%s: after the attempt %x was received, %v; want an alert", format, rest, err)
			}
			end.Close()
		})
	}
}

// TestTCPIsClosedProperly reads the connection of a completed attempt to its end: the sender ends it and does not reset it, so that the
// merchant sees no error.
func TestTCPIsClosedProperly(t *testing.T) {
	for _, format := range []string{"2022", "2023", "2026"} {
		shop := openShop(t, "http")
		done := make(chan Result, 1)
		go func() {
			m := message(shop.URL)
			m.Format = format
			done <- NewSender(Config{}).Send(t.Context(), m)
		}()
		conn := shop.accept()
		untilLast(t, conn)
		lastByte(t, conn)
		if rest, err := io.ReadAll(conn); len(rest) != 0 || err != nil {
			t.Errorf("%s: after the attempt %q was received, %v; want the end", format, rest, err)
		}
		if res := <-done; res.Status != 204 {
			t.Errorf("%s: %+v", format, res)
		}
	}
}
