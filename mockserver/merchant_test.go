package mockserver_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// merchant receives webhooks.
type merchant struct {
	t        *testing.T
	url      string
	webhooks chan received
	respond  func(n int, w http.ResponseWriter, r *http.Request) // nil: 200
	mu       sync.Mutex
	count    int
}

type received struct {
	header http.Header
	body   string
	proto  string
}

func startMerchant(t *testing.T, respond func(int, http.ResponseWriter, *http.Request)) *merchant {
	t.Helper()
	m := &merchant{t: t, webhooks: make(chan received, 100), respond: respond}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

func (m *merchant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	m.count++
	n := m.count
	m.mu.Unlock()
	m.webhooks <- received{r.Header, string(body), r.Proto}
	if m.respond != nil {
		m.respond(n, w, r)
	}
}

// next waits for a webhook.
func (m *merchant) next(ctx context.Context) received {
	m.t.Helper()
	select {
	case r := <-m.webhooks:
		return r
	case <-ctx.Done():
		m.t.Fatal("no webhook was received")
		return received{}
	}
}

// none fails the test if another webhook was received.
func (m *merchant) none() {
	m.t.Helper()
	select {
	case r := <-m.webhooks:
		m.t.Errorf("an unexpected webhook was received: %s", r.body)
	default:
	}
}

// verify checks both signatures over a string that this test builds itself.
func (r received) verify(t *testing.T, amount string) tap.Charge {
	t.Helper()
	c := decode(t, r.body)
	input := "x_id" + c.ID + "x_amount" + amount + "x_currency" + c.Currency + "x_gateway_reference" + c.Reference.Gateway +
		"x_payment_reference" + c.Reference.Payment + "x_status" + string(c.Status) + "x_created" + c.Transaction.Created
	if got, want := r.header.Get("hashstring"), tap.HMAC(key, []byte(input)); got != want {
		t.Errorf("hashstring is %s, want %s of %s", got, want, input)
	}
	if got, want := r.header.Get("hash"), tap.HMAC(key, []byte(r.body)); got != want {
		t.Errorf("hash is %s, want %s", got, want)
	}
	return c
}
