package control_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestRelay relays a webhook and a return, whose response is long, not UTF-8, and has a card number. The mock masks it.
func TestRelay(t *testing.T) {
	t.Parallel()
	base, c := startMock(t)
	if err := c.Set(t.Context(), map[string]string{"delivery": "relay", "payer": "auto"}); err != nil {
		t.Fatal(err)
	}
	signatures := make(chan string, 4)
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signatures <- r.Header.Get("hashstring")
		w.Header().Set("Content-Length", "2000")
		w.Write([]byte("card 4111 1111 1111 1111 \xff" + strings.Repeat("x", 2000-26)))
	}))
	t.Cleanup(shop.Close)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- control.Relay(ctx, c) }()
	id, _ := charge(t, base, shop.URL, shop.URL+"/return")
	for _, event := range []tap.Event{tap.EventWebhook, tap.EventReturned} {
		j, err := c.Journal(ctx, control.JournalQuery{Event: event, Object: id, Wait: 10 * time.Second})
		if err != nil || len(j.Entries) != 1 {
			t.Fatalf("%s: %v, %d entries", event, err, len(j.Entries))
		}
		if r := j.Entries[0].Response; r.Status != 200 || !strings.HasPrefix(r.Body, "card **** **** **** 1111 ?xxx") || len(r.Body) != 512 || r.TookMS <= 0 {
			t.Errorf("%s: %+v", event, r)
		}
	}
	if w, err := c.ResendWebhookSigned(ctx, "whd_1", "another"); err != nil || w.Attempts[0].Response.Status != 200 {
		t.Errorf("sent again: %v %+v", err, w)
	}
	if first, _, again := <-signatures, <-signatures, <-signatures; len(first) != 64 || again != "another" {
		t.Errorf("signatures %q and %q", first, again)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the relay ended with %v", err)
	}
}

// TestRelayWithoutMock ends with the error of the control API.
func TestRelayWithoutMock(t *testing.T) {
	t.Parallel()
	if err := control.Relay(t.Context(), control.New("http://127.0.0.1:9", testKey)); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}
