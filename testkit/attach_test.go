package testkit_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// attachTo attaches a test to an address and returns its output. It must have a single line: one error.
func attachTo(t *testing.T, url, key string, opts ...testkit.Option) string {
	t.Helper()
	f := &failingTB{onceTB: onceTB{TB: t}}
	text := f.run(func() { testkit.Attach(f, url, key, opts...) })
	if len(f.output) > 1 {
		t.Errorf("more than one error:\n%s", text)
	}
	return text
}

// server starts an HTTP server.
func server(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

// TestAttachToAnotherServer attaches to servers that are not tapmock.
func TestAttachToAnotherServer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 99) + "é and more"
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    []string
	}{
		"HTML": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>hello</html>") },
			[]string{"HTTP 200, text/html; charset=utf-8, \"<html>hello</html>\"; expected HTTP 200 and an account as JSON"}},
		"not found": {http.NotFound, []string{"HTTP 404, text/plain; charset=utf-8, \"404 page not found\""}},
		"redirect":  {http.RedirectHandler("/login", http.StatusFound).ServeHTTP, []string{"HTTP 302, text/html"}},
		"JSON": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"error": {"code": 404, "message": "no such project"}}`)
		}, []string{"HTTP 200, application/json, \"{\\\"error\\\""}},
		"a long body":  {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, long) }, []string{strings.Repeat("x", 99) + `"…; expected`}},
		"without body": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, []string{"HTTP 204, no content type, no body"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := server(t, c.handler)
			text := attachTo(t, url, "sk_test_x")
			wantParts(t, text, append(c.want, "testkit: "+url+" is not tapmock: GET /_tapmock/v1/account was answered with ",
				"Use the base address of tapmock, such as http://127.0.0.1:8080")...)
		})
	}
}

// TestAttachToNothing attaches to an address at which nothing listens, a server that does not answer, and texts that are not addresses.
func TestAttachToNothing(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	if text := attachTo(t, "http://"+address, "sk_test_x"); text != fmt.Sprintf("testkit: nothing listens at %s; start tapmock there, or use its address, such as http://127.0.0.1:8080", address) {
		t.Error(text)
	}
	silent, done := make(chan struct{}), make(chan struct{})
	at := server(t, func(http.ResponseWriter, *http.Request) { <-silent; close(done) })
	wantParts(t, attachTo(t, at, "sk_test_x", testkit.AwaitTimeout(20*time.Millisecond)), "no answer from "+strings.TrimPrefix(at, "http://"), "deadline exceeded")
	close(silent)
	<-done
	for _, bad := range []string{"", "127.0.0.1:8080", "localhost:8080", "ftp://127.0.0.1", "http://a b"} {
		wantParts(t, attachTo(t, bad, "sk_test_x"), fmt.Sprintf("testkit: %q is not the base address of a mock, such as http://127.0.0.1:8080", bad))
	}
}

// TestAttachPath attaches to a path of a mock: /v2 at the end is removed, another path is refused with the right address.
func TestAttachPath(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	for _, path := range []string{"/v2", "/v2/", "/"} {
		other := testkit.Attach(t, mock.URL+path, "sk_test_path")
		id, page := order(t, other, shop(t), "o-1")
		if other.Pay(page); other.URL != mock.URL || other.Charge(id).Status != "CAPTURED" {
			t.Errorf("%s: %s", path, other.Trace(id))
		}
	}
	wantParts(t, attachTo(t, mock.URL+"/shop", "sk_test_x"), mock.URL+"/shop is not tapmock", "HTTP 404, application/json", "tapmock answers at "+mock.URL)
	// The mock has seen a request without a route, which must not fail this test: it has the key of another account.
}

// TestAttachRefused has keys that the mock refuses, with its own message.
func TestAttachRefused(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Keys("sk_test_one", "sk_test_two"))
	for key, want := range map[string]string{
		"sk_test_other": "testkit: no account has this key",
		"sk_live_x":     "live keys",
		"x":             "a secret key is sk_test_",
	} {
		wantParts(t, attachTo(t, mock.URL, key), want)
	}
	if text := attachTo(t, mock.URL, "sk_test_two"); text != "" {
		t.Error(text)
	}
}
