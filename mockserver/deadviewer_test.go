package mockserver_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
)

// maxStreams is how many streams of a kind the server serves.
const maxStreams = 100

// deadViewer is a connection without buffers to a stream of which nothing is read any more. The test decides when the deadline passes that the
// server has set, so that a slow machine misses none: neither that of the viewer, nor that of an answer beside it.
type deadViewer struct {
	net.Conn // the server's end
	client   net.Conn
	deadline chan time.Time // the first one that the server has set
	left     chan struct{}  // closed when the server has stopped to serve the stream
}

// LocalAddr is on loopback, for which the pages are open.
func (d *deadViewer) LocalAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// SetWriteDeadline keeps the deadline, which passes with [deadViewer.expire].
func (d *deadViewer) SetWriteDeadline(at time.Time) error {
	select {
	case d.deadline <- at:
	default:
	}
	return nil
}

// expire lets the deadline pass, and waits until the server has stopped to serve the stream.
func (d *deadViewer) expire(t *testing.T) {
	t.Helper()
	select {
	case at := <-d.deadline:
		if left := time.Until(at); at.IsZero() || left > 30*time.Second {
			t.Errorf("a viewer has %v to read", left)
		}
	default:
		t.Error("the answer has begun, and has no deadline")
	}
	_ = d.Conn.SetWriteDeadline(time.Unix(1, 0))
	select {
	case <-d.left:
	case <-time.After(10 * time.Second):
		t.Fatal("the server still serves a viewer whose deadline has passed")
	}
}

// oneConn is a listener with one connection.
type oneConn struct {
	net.Listener
	conn chan net.Conn
}

// Accept returns the connection, and then that there are no more.
func (o oneConn) Accept() (net.Conn, error) {
	if c, ok := <-o.conn; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (oneConn) Close() error { return nil }

// ignore opens a stream and reads the first byte of its answer.
func (m *mock) ignore(path string) *deadViewer {
	m.t.Helper()
	d := &deadViewer{deadline: make(chan time.Time, 1), left: make(chan struct{})}
	d.Conn, d.client = net.Pipe()
	only := oneConn{conn: make(chan net.Conn, 1)}
	only.conn <- d
	close(only.conn)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.ServeHTTP(w, r); close(d.left) })}
	if err := server.Serve(only); err != net.ErrClosed {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { d.client.Close(); <-d.left })
	fmt.Fprintf(d.client, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAuthorization: Bearer %s\r\n\r\n", path, key)
	if _, err := d.client.Read(make([]byte, 1)); err != nil {
		m.t.Fatal(err)
	}
	return d
}

// listen opens a stream and returns what gives the data of its next event.
func (m *mock) listen(path string) (next func() string) {
	m.t.Helper()
	req, _ := http.NewRequestWithContext(m.t.Context(), "GET", m.url+path, nil)
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := m.http.Do(req)
	if err != nil || res.StatusCode != 200 {
		m.t.Fatalf("%s: %v %v", path, res, err)
	}
	m.t.Cleanup(func() { res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	return func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		m.t.Fatalf("%s has ended: %v", path, lines.Err())
		return ""
	}
}

// TestDeadViewer has all but one viewer of a stream read nothing. No call and no other viewer waits for them; each is dropped when its deadline
// passes, and others take their places.
func TestDeadViewer(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/_tapmock/v1/events?after=0", "/ui/events"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			m := startMock(t, mockserver.Config{})
			next := m.listen(path)
			before := next()
			var dead []*deadViewer
			for range maxStreams - 1 {
				dead = append(dead, m.ignore(path))
			}
			if a := m.api("GET", path, ""); a.status != 503 {
				t.Errorf("one stream more: HTTP %d", a.status)
			}
			m.create(request(nil))
			if after := next(); after == before {
				t.Errorf("the other viewer sees %s again", after)
			}
			for _, d := range dead {
				d.expire(t)
				if text, err := io.ReadAll(d.client); err != nil || strings.Contains(string(text), "data: ") {
					t.Errorf("the dropped viewer gets %q, %v", text, err)
				}
			}
			m.listen(path)()
		})
	}
}
