package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestRefusedBeforeRouting sends requests that the mock, or Go's HTTP server before it, refuses on the path of a charge. The mock
// answers with Tap's error; Go's server with text, and closes the connection.
func TestRefusedBeforeRouting(t *testing.T) {
	address, _, stop := serving(t, nil, "-addr", "127.0.0.1:0", "-log-level", "error")
	defer stop()
	const post = "POST /v2/charges HTTP/1.1\r\nHost: localhost\r\n"
	const text = "text/plain; charset=utf-8"
	for _, c := range []struct {
		name, request, contentType, body string
		status                           int
	}{
		{"a header of 60 KB", post + "Content-Length: 0\r\nX-A: " + strings.Repeat("a", 60<<10) + "\r\n\r\n", "application/json; charset=utf-8", `"2107"`, 401},
		{"a header of 65 KB", post + "X-A: " + strings.Repeat("a", 65<<10) + "\r\n\r\n", "application/json", "larger than 65536 bytes; send fewer or shorter header fields", 431},
		{"a query of 65 KB", "GET /v2/charges?" + strings.Repeat("a", 65<<10) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", "application/json", `"errors"`, 431},
		{"a header of 270 KB", post + "X-A: " + strings.Repeat("a", 270<<10) + "\r\n\r\n", text, "431 Request Header Fields Too Large", 431},
		{"no request", "hello\r\n\r\n", text, "400 Bad Request", 400},
		{"no host", "POST /v2/charges HTTP/1.1\r\n\r\n", text, "400 Bad Request: missing required Host header", 400},
		{"an unknown transfer encoding", post + "Transfer-Encoding: gzip\r\n\r\n", text, "Unsupported transfer encoding", 501},
		{"an unknown expectation", post + "Expect: more\r\n\r\n", "", "", 417},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		go io.WriteString(conn, c.request) // the server may answer before it has read everything
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		body, _ := io.ReadAll(io.LimitReader(res.Body, max(res.ContentLength, 200)))
		if res.StatusCode != c.status || res.Header.Get("Content-Type") != c.contentType || !strings.Contains(string(body), c.body) {
			t.Errorf("%s: HTTP %d %q %s", c.name, res.StatusCode, res.Header.Get("Content-Type"), body)
		}
		if !strings.HasPrefix(c.contentType, "application/json") && !res.Close {
			t.Errorf("%s: the connection stays open", c.name)
		}
		conn.Close()
	}
}
