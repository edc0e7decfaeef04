package mockserver_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestRelayResultHasOneResponsePerCopy reports too few and too many responses of a webhook in two copies: they are refused, and the task
// still waits for its result.
func TestRelayResultHasOneResponsePerCopy(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "delivery=relay")
	c := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {copies: 2, concurrent: true}, return: never]", nil)
	task, err := s.control.NextRelayTask(t.Context(), 10*time.Second)
	if err != nil || task.Copies != 2 {
		t.Fatalf("%+v, %v", task, err)
	}
	responses := []control.Response{{Status: 200}, {Status: 503}, {Status: 500}}
	for _, n := range []int{0, 1, 3} {
		fails(t, s.control.FinishRelayTask(t.Context(), task.ID, responses[:n]), 404, "not_found", "no relay task with this id waits for a result")
	}
	if err := s.control.FinishRelayTask(t.Context(), task.ID, responses[:2]); err != nil {
		t.Fatal(err)
	}
	s.awaitIdle()
	var statuses []int
	for _, e := range s.entries(tap.EventWebhook) {
		statuses = append(statuses, e.Response.Status)
	}
	if !slices.Equal(statuses, []int{200, 503}) || s.get(c.ID).Post.Status != tap.DeliverySuccess {
		t.Errorf("the journal has the responses %v, post.status is %s", statuses, s.get(c.ID).Post.Status)
	}
}

// TestRelay relays a webhook and a return, whose response is long, not UTF-8, and has a card number. The mock masks it.
func TestRelay(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{Now: time.Now}, "delivery=relay", "payer=auto")
	c := control.New(m.url, key)
	t.Cleanup(c.CloseIdle)
	signatures := make(chan string, 4)
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signatures <- r.Header.Get("hashstring")
		w.Header().Set("Content-Length", "2000")
		w.Write([]byte("card 4111 1111 1111 1111 \xff" + strings.Repeat("x", 2000-26)))
	}))
	t.Cleanup(shop.Close)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- mockserver.Relay(ctx, c) }()
	id := m.create(request(map[string]any{"post": at("url", shop.URL+"/hook"), "redirect": at("url", shop.URL+"/return")})).ID
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
	if err := mockserver.Relay(t.Context(), control.New("http://127.0.0.1:9", key)); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}

// TestRelayedAuthorization relays the webhook of an authorization, which has hashstring and no hash, as the mock sends it itself.
func TestRelayedAuthorization(t *testing.T) {
	t.Parallel()
	m := startStage(t, mockserver.Config{Now: time.Now}, "delivery=relay", "payer=auto")
	c := control.New(m.url, m.key)
	t.Cleanup(c.CloseIdle)
	headers := make(chan http.Header, 4)
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			headers <- r.Header
		}
	}))
	t.Cleanup(shop.Close)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- mockserver.Relay(ctx, c) }()
	fields := map[string]any{"post": at("url", shop.URL+"/hook"), "redirect": at("url", shop.URL+"/return")}
	m.call("POST", "/v2/authorize", request(fields))
	if h := <-headers; len(h.Get("hashstring")) != 64 || h["Hash"] != nil {
		t.Errorf("the headers of an authorization: %v", h)
	}
	m.call("POST", "/v2/charges", request(fields))
	if h := <-headers; len(h.Get("hashstring")) != 64 || len(h.Get("hash")) != 64 {
		t.Errorf("the headers of a charge: %v", h)
	}
	m.awaitIdle() // the payer's return is relayed too
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the relay ended with %v", err)
	}
}
