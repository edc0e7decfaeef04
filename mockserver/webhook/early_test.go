package webhook

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestConcurrentWithoutReading sends copies to a merchant that responds without reading the body, so that its server closes the connection
// while bytes are on the way: the results are the merchant's responses.
func TestConcurrentWithoutReading(t *testing.T) {
	t.Parallel()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
	defer shop.Close()
	s, failures := NewSender(Config{}), map[string]int{}
	for _, format := range []string{"2026", "2022"} {
		m := message(shop.URL)
		m.Format = format
		for range 50 {
			for _, r := range s.SendConcurrently(t.Context(), []Message{m, m, m, m}) {
				if r.Status != 200 || string(r.Body) != "ok" {
					failures[format+" "+r.Failure]++
				}
			}
		}
	}
	if len(failures) > 0 {
		t.Errorf("of 200 copies in each format these have no response: %v", failures)
	}
}

// lastByteLost is a connection to a merchant that has closed its side when the last byte of a webhook is written. Its response, if there is
// one, can be read a millisecond after the failed write, as on a busy machine, unless the connection has been closed by then.
type lastByteLost struct {
	net.Conn
	response     io.Reader
	lost, closed chan struct{}
}

func newLastByteLost(response string) *lastByteLost {
	return &lastByteLost{response: strings.NewReader(response), lost: make(chan struct{}), closed: make(chan struct{})}
}

func (c *lastByteLost) Write(p []byte) (int, error) {
	if len(p) > 1 {
		return len(p), nil
	}
	close(c.lost)
	return 0, &net.OpError{Op: "write", Err: syscall.EPIPE}
}

func (c *lastByteLost) Read(p []byte) (int, error) {
	<-c.lost
	select {
	case <-time.After(time.Millisecond): // in a bubble, so everything else has happened
		return c.response.Read(p)
	case <-c.closed:
		return 0, net.ErrClosed
	}
}

func (c *lastByteLost) Close() error {
	close(c.closed)
	return nil
}

// TestResponseBeforeAFailedWrite has merchants that close the connection before the last byte, with and without a response.
func TestResponseBeforeAFailedWrite(t *testing.T) {
	for response, want := range map[string]string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok": "200 ok ",
		"HTTP/1.1 401 Unauthorized\r\n\r\n":              "401  ",
		"HTTP/1.1 200 OK\r\n":                            "0  cut off",
		"":                                               "0  cut off",
	} {
		synctest.Test(t, func(t *testing.T) {
			s := NewSender(Config{})
			s.transport.DialContext = boundToAttempt(func(context.Context, string, string) (net.Conn, error) {
				return newLastByteLost(response), nil
			})
			r := s.SendConcurrently(t.Context(), []Message{message("http://shop.example/")})[0]
			if got := fmt.Sprintf("%d %s %s", r.Status, r.Body, r.Failure); got != want {
				t.Errorf("response %q: %s, want %s", response, got, want)
			}
		})
	}
}
