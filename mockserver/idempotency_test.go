package mockserver_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func idempotent(name string) string {
	return request(map[string]any{"reference": at("idempotent", name)})
}

// TestRepeatedCreate repeats a create: for 24 hours the answer is the original one, whatever the status of the charge.
func TestRepeatedCreate(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	first := m.api("POST", "/v2/charges", idempotent("once"))
	c := decode(t, first.body)
	m.pay(c.Transaction.URL, "9", "2030")
	m.advance(24*time.Hour - time.Millisecond)
	second := m.api("POST", "/v2/charges", idempotent("once"))
	if second.status != 200 || second.body != first.body || second.header.Get("X-Tapmock-Note") != "" {
		t.Errorf("the repeated create is HTTP %d, note %q\n%s\nwant\n%s", second.status, second.header.Get("X-Tapmock-Note"), second.body, first.body)
	}
	if got := m.retrieve(c.ID); got.Status != tap.Captured || got.Reference.Idempotent != "once" {
		t.Errorf("the charge is %s, reference %+v", got.Status, got.Reference)
	}
	m.advance(time.Millisecond)
	if third := m.create(idempotent("once")); third.ID == c.ID {
		t.Error("after 24 hours the answer is still the original one")
	}
}

// TestRepeatedCreateKeepsThePage repeats a create through another address and under other settings: the payer gets the same page.
func TestRepeatedCreateKeepsThePage(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	first := m.create(idempotent("once"))
	for _, change := range []string{`{"settings": {"page_path": "test_gosell"}}`, `{"settings": {"public_url": "https://pay.shop.example"}}`} {
		if a := m.api("PATCH", "/_tapmock/v1/settings", change); a.status != 200 {
			t.Fatalf("HTTP %d %s", a.status, a.body)
		}
		other := strings.Replace(m.url, "127.0.0.1", "localhost", 1)
		req, _ := http.NewRequest("POST", other+"/v2/charges", strings.NewReader(idempotent("once")))
		req.Header.Set("Authorization", "Bearer "+key)
		if again := decode(t, m.send(req).body); again.ID != first.ID || again.Transaction.URL != first.Transaction.URL {
			t.Errorf("the repeated create has the page %s, want %s", again.Transaction.URL, first.Transaction.URL)
		}
	}
	if second := m.create(idempotent("twice")); !strings.HasPrefix(second.Transaction.URL, "https://pay.shop.example/test_gosell/") {
		t.Errorf("a new charge has the page %s", second.Transaction.URL)
	}
}

func TestRepeatedCreateWithAnotherBody(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(idempotent("x"))
	a := m.api("POST", "/v2/charges", request(map[string]any{"amount": 1, "reference": at("idempotent", "x")}))
	if got := decode(t, a.body); a.status != 200 || got.ID != c.ID || got.Amount != "12.345" {
		t.Errorf("HTTP %d %s", a.status, a.body)
	}
	if note := a.header.Get("X-Tapmock-Note"); !strings.Contains(note, "another body") {
		t.Errorf("the note is %q", note)
	}
}

// TestRepeatedCreateAtTheSameInstant sends the same request over 16 connections concurrently.
func TestRepeatedCreateAtTheSameInstant(t *testing.T) {
	m := startMock(t, mockserver.Config{Now: time.Now})
	bodies := make([]string, 16)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range bodies {
		all.Go(func() {
			<-start
			bodies[i] = m.api("POST", "/v2/charges", idempotent("at once")).body
		})
	}
	close(start)
	all.Wait()
	for _, body := range bodies {
		if body != bodies[0] {
			t.Fatalf("two answers:\n%s\n%s", bodies[0], body)
		}
	}
	other := m.api("POST", "/v2/charges", idempotent("at once"), "Authorization", "Bearer sk_test_other")
	if decode(t, other.body).ID == decode(t, bodies[0]).ID {
		t.Error("another account got this account's charge")
	}
}

// TestIdempotencyKeyHeader sends the header of other APIs: it has no effect, and the note says what is meant.
func TestIdempotencyKeyHeader(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	first := m.api("POST", "/v2/charges", request(nil), "Idempotency-Key", "a")
	second := m.api("POST", "/v2/charges", request(nil), "Idempotency-Key", "a")
	if note := first.header.Get("X-Tapmock-Note"); !strings.HasPrefix(note, "lenient: header Idempotency-Key: ") || !strings.Contains(note, "send reference.idempotent in the body") {
		t.Errorf("the note is %q", note)
	}
	if decode(t, first.body).ID == decode(t, second.body).ID {
		t.Error("the header has an effect")
	}
	both := m.api("POST", "/v2/charges", request(map[string]any{"reference": at("idempotent", "a")}), "Idempotency-Key", "a")
	if note := both.header.Get("X-Tapmock-Note"); strings.Contains(note, "Idempotency-Key") {
		t.Errorf("with reference.idempotent the note is %q", note)
	}
	strict := startMock(t, mockserver.Config{}, "strict=true")
	if a := strict.api("POST", "/v2/charges", request(nil), "Idempotency-Key", "a"); a.status != 400 || !strings.Contains(a.body, "strict: header Idempotency-Key: ") {
		t.Errorf("strict: HTTP %d %s", a.status, a.body)
	}
}
