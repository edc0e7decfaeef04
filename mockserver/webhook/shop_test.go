package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience bounds how long a shop waits for a connection or a byte, so that a request that differs fails its test and does not block it.
const patience = 10 * time.Second

// shop is a merchant's listener. The test itself reads and writes its connections.
type shop struct {
	t   *testing.T
	l   net.Listener
	tls *tls.Config
	URL string
}

func openShop(t *testing.T, scheme string) *shop {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	s := &shop{t: t, l: l, URL: scheme + "://" + l.Addr().String() + "/hook"}
	if scheme == "https" {
		server := httptest.NewTLSServer(nil) // for its certificate
		server.Close()
		s.tls = &tls.Config{Certificates: server.TLS.Certificates}
	}
	return s
}

// accept accepts a connection. With TLS the handshake begins at the first read.
func (s *shop) accept() net.Conn {
	s.t.Helper()
	conn, err := s.l.Accept()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	conn.SetReadDeadline(time.Now().Add(patience))
	if s.tls != nil {
		return tls.Server(conn, s.tls)
	}
	return conn
}

// untilLast reads a request except the last byte of its body.
func untilLast(t *testing.T, conn net.Conn) string {
	t.Helper()
	var got []byte
	for b := make([]byte, 1); !bytes.HasSuffix(got, []byte("\r\n\r\n")); got = append(got, b...) {
		if _, err := io.ReadFull(conn, b); err != nil {
			t.Fatalf("%v after %q", err, got)
		}
	}
	_, length, _ := strings.Cut(string(got), "Content-Length: ")
	length, _, _ = strings.Cut(length, "\r\n")
	n, err := strconv.Atoi(length)
	if err != nil || n < 1 {
		t.Fatalf("no body in %q", got)
	}
	body := make([]byte, n-1)
	if _, err := io.ReadFull(conn, body); err != nil {
		t.Fatal(err)
	}
	return string(append(got, body...))
}

// wantSilence checks for 20 ms that the connection sends nothing.
func wantSilence(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("%d bytes were sent too early (%v)", n, err)
	}
	conn.SetReadDeadline(time.Now().Add(patience))
}

// lastByte reads the last byte of a request and responds with 204.
func lastByte(t *testing.T, conn net.Conn) string {
	t.Helper()
	b := make([]byte, 1)
	if _, err := io.ReadFull(conn, b); err != nil {
		t.Errorf("the last byte: %v", err)
	}
	fmt.Fprint(conn, "HTTP/1.1 204 No Content\r\n\r\n")
	return string(b)
}

// pipes makes the sender dial unbuffered pipes and returns their other ends.
func pipes(s *Sender) <-chan net.Conn {
	ends := make(chan net.Conn, 16)
	s.transport.DialContext = boundToAttempt(func(context.Context, string, string) (net.Conn, error) {
		conn, end := net.Pipe()
		ends <- end
		return conn, nil
	})
	return ends
}
