package testkit_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/tapmock/tapmock/testkit"
)

// TestInsideStreams reads an answer of a handler in the same process while the handler runs. The handler sees that the client goes away, and
// the client that its context is done.
func TestInsideStreams(t *testing.T) {
	t.Parallel()
	gone := make(chan error)
	client := http.Client{Transport: testkit.Inside(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Early", "yes")
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "one\n")
		http.NewResponseController(w).Flush()
		w.Header().Set("X-Late", "yes")
		io.WriteString(w, "two\n")
		<-r.Context().Done()
		gone <- r.Context().Err()
	}))}
	for _, leave := range []string{"close", "cancel"} {
		ctx, cancel := context.WithCancel(t.Context())
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/", nil)
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body := bufio.NewReader(res.Body)
		one, _ := body.ReadString('\n')
		two, _ := body.ReadString('\n')
		if res.StatusCode != http.StatusAccepted || res.Header.Get("X-Early") == "" || res.Header.Get("X-Late") != "" || one+two != "one\ntwo\n" {
			t.Errorf("HTTP %d %v %q", res.StatusCode, res.Header, one+two)
		}
		if leave == "close" {
			res.Body.Close()
		} else {
			cancel()
		}
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the handler ends with %v", leave, err)
		}
		if _, err := body.ReadByte(); leave == "cancel" && !errors.Is(err, context.Canceled) {
			t.Errorf("the client reads %v", err)
		}
		res.Body.Close()
		cancel()
	}
}
