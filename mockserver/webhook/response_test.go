package webhook

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestResponse reads the merchant's response body, if its length is known.
func TestResponse(t *testing.T) {
	long := strings.Repeat("a", 5<<20)
	for path, want := range map[string]string{"/short": "ok", "/long": long[:1024], "/empty": "", "/endless": ""} {
		shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/x-"+path[1:])
			switch path {
			case "/short":
				io.WriteString(w, "ok")
			case "/long":
				w.Header().Set("Content-Length", fmt.Sprint(len(long)))
				io.WriteString(w, long)
			case "/endless":
				w.(http.Flusher).Flush()
				io.Copy(io.Discard, r.Body) // or the server does not notice a closed connection
				<-r.Context().Done()
			}
		}))
		res := NewSender(Config{}).Send(t.Context(), message(shop.URL))
		if res.Status != 200 || string(res.Body) != want || res.ContentType != "text/x-"+path[1:] || res.Failure != "" {
			t.Errorf("%s: %d %s %s, %d bytes", path, res.Status, res.Failure, res.ContentType, len(res.Body))
		}
		shop.Close()
	}
}

// TestStalledResponse has a merchant that announces ten bytes and sends four. Send returns them half a second later. The bubble reports
// every goroutine that is left.
func TestStalledResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSender(Config{})
		ends := pipes(s)
		go func() {
			conn := <-ends
			untilLast(t, conn)
			io.ReadFull(conn, make([]byte, 1))
			fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
			io.Copy(io.Discard, conn)
		}()
		begin := time.Now()
		res := s.Send(t.Context(), message("http://shop.example/"))
		if took := time.Since(begin); res.Status != 200 || res.Failure != "" || string(res.Body) != "half" || took != 500*time.Millisecond {
			t.Errorf("%+v after %s", res, took)
		}
	})
}
