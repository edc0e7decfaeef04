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

// TestTLSIsClosedProperly reads the connection of a completed attempt to its end: TLS announces the end, so that the merchant sees no
// truncated connection. The pipe has no buffer, so the announcement waits for the merchant.
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
			shop := tls.Server(end, &tls.Config{Certificates: server.TLS.Certificates})
			go func() {
				untilLast(t, shop)
				io.ReadFull(shop, make([]byte, 1))
				fmt.Fprint(shop, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			}()
			m := message("https://example.com/hook")
			m.Format = format
			if res := s.Send(t.Context(), m); res.Status != 200 || string(res.Body) != "ok" {
				t.Fatalf("%s: %+v", format, res)
			}
			synctest.Wait()
			if n, err := shop.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("%s: %d bytes after the attempt, %v; want a proper end", format, n, err)
			}
			end.Close()
		})
	}
}
