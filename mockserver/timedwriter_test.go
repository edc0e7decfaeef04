package mockserver_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// TestClientThatNeverReads pipelines requests on one connection and reads no answer, until the server closes the connection.
func TestClientThatNeverReads(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	m.SetWriteBound(100 * time.Millisecond)
	conn, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	conn.SetDeadline(time.Now().Add(time.Minute))
	for err == nil {
		_, err = io.WriteString(conn, "GET "+control.Prefix+"/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n")
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the server has not closed the connection after a minute")
	}
}

// TestAnswerLaterThanTheWriteBound waits longer for an answer than a client may take to read it.
func TestAnswerLaterThanTheWriteBound(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{Now: time.Now})
	const bound = 500 * time.Millisecond
	m.SetWriteBound(bound)
	begin := time.Now()
	a := m.api("GET", control.Prefix+"/journal?event=webhook&wait=700ms", "", "Expect", "100-continue")
	if took := time.Since(begin); a.status != 200 || took < bound {
		t.Errorf("HTTP %d after %v: %s", a.status, took, a.body)
	}
}

// deadlines is a connection that records the writes and the write deadlines.
type deadlines struct {
	*httptest.ResponseRecorder
	calls []string
	until time.Time
	large int // the largest write
}

func (d *deadlines) SetWriteDeadline(until time.Time) error {
	d.calls, d.until = append(d.calls, "deadline"), until
	return nil
}

func (d *deadlines) Write(p []byte) (int, error) {
	d.calls, d.large = append(d.calls, "write"), max(d.large, len(p))
	return d.ResponseRecorder.Write(p)
}

// TestWriteDeadlines checks that each piece of a large answer has its own deadline, 30 s from now.
func TestWriteDeadlines(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	begin := time.Now()
	m.ServeHTTP(d, httptest.NewRequest("GET", "http://localhost"+control.Prefix+"/openapi.json", nil))
	calls := strings.Join(d.calls, " ")
	if d.Code != http.StatusOK || strings.Count(calls, "deadline write") < 3 || strings.Contains(calls, "write write") || d.large > 16<<10 {
		t.Errorf("HTTP %d, writes of up to %d bytes: %s", d.Code, d.large, calls)
	}
	expecting := httptest.NewRequest("POST", "http://localhost/v2/charges", strings.NewReader("{}"))
	expecting.Header.Set("Expect", "100-continue")
	read := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	m.ServeHTTP(read, expecting)
	if calls := strings.Join(read.calls, " "); calls != "deadline deadline deadline write" {
		t.Errorf("a request with a body that the server must ask for: %s; want one deadline more, for 100 Continue", calls)
	}
	if bound := d.until.Sub(begin); bound < 30*time.Second || bound > 40*time.Second {
		t.Errorf("the last deadline is after %v", bound)
	}
	if want := m.api("GET", control.Prefix+"/openapi.json", "").body; d.Body.String() != want {
		t.Error("the pieces are not the answer")
	}
}
