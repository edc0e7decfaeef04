package mockserver_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestAccountsDoNotSeeEachOther uses 50 accounts concurrently and then requests the charges of another account with each key.
func TestAccountsDoNotSeeEachOther(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	ids := make([]string, 50)
	as := func(i int) []string { return []string{"Authorization", fmt.Sprintf("Bearer sk_test_account%d", i)} }
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			c := m.create(request(nil), as(i)...)
			m.pay(c.Transaction.URL, "9", "2030")
			ids[i] = c.ID
		})
	}
	all.Wait()
	for i := range ids {
		if a := m.api("GET", "/v2/charges/"+ids[i], "", as(i)...); a.status != 200 || decode(t, a.body).Status != tap.Captured {
			t.Errorf("account %d: HTTP %d %s", i, a.status, a.body)
		}
		other := (i + 1) % len(ids)
		if ids[other] == ids[i] {
			continue
		}
		if a := m.api("GET", "/v2/charges/"+ids[other], "", as(i)...); a.status != 400 || !strings.Contains(a.body, `"1144"`) {
			t.Errorf("account %d sees a charge of account %d: HTTP %d %s", i, other, a.status, a.body)
		}
	}
}

// TestSameSeedSameBodies makes the same calls on two servers.
func TestSameSeedSameBodies(t *testing.T) {
	var runs [2]string
	for i := range runs {
		shop := startMerchant(t, nil)
		m := startMock(t, mockserver.Config{Seed: 42})
		for range 5 {
			c := m.create(withPost(shop.url))
			m.pay(c.Transaction.URL, "9", "2030")
			runs[i] += m.api("GET", "/v2/charges/"+c.ID, "").body + shop.next(t.Context()).body
		}
		runs[i] = strings.ReplaceAll(strings.ReplaceAll(runs[i], m.url, "mock"), shop.url, "shop")
	}
	if runs[0] != runs[1] {
		t.Errorf("two runs differ:\n%s\n%s", runs[0], runs[1])
	}
	other := startMock(t, mockserver.Config{Seed: 43})
	if strings.Contains(runs[0], other.create(request(nil)).ID) {
		t.Error("another seed draws the same id")
	}
}

// TestLimits fills an account with charges that cannot be evicted, then pays one, which is evicted.
func TestLimits(t *testing.T) {
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Charges: 3}})
	first := m.create(request(nil))
	m.create(request(nil))
	m.create(request(nil))
	a := m.api("POST", "/v2/charges", request(nil))
	if a.status != 503 || !strings.Contains(a.body, `"2101"`) || !strings.Contains(a.header.Get("X-Tapmock-Note"), "-limit charges=6") {
		t.Errorf("HTTP %d %s, note %q", a.status, a.body, a.header.Get("X-Tapmock-Note"))
	}
	m.pay(first.Transaction.URL, "9", "2030")
	m.create(request(nil))
	evicted := m.api("GET", "/v2/charges/"+first.ID, "")
	if evicted.status != 400 || !strings.Contains(evicted.header.Get("X-Tapmock-Note"), "evicted 1") {
		t.Errorf("the evicted charge: HTTP %d %s, note %q", evicted.status, evicted.body, evicted.header.Get("X-Tapmock-Note"))
	}
	if page := m.open(first.Transaction.URL).page; page.status != 404 {
		t.Errorf("the evicted charge's page: HTTP %d", page.status)
	}
}

// syncBuffer is a buffer that a running server writes to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestNoSecretsInLogs searches log, journal and control API for secrets.
func TestNoSecretsInLogs(t *testing.T) {
	var log syncBuffer
	m := startMock(t, mockserver.Config{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	c := m.create(request(map[string]any{"reference": at("order", "4111 1111 1111 1111")}))
	p := m.open(c.Transaction.URL)
	p.post("proceed", "bank", testBank, "debitNumber", "4111111111111111", "debitMonth", "9", "debitYear", "2030", "cardPin", "8642")
	p.post("proceed", "bank", testBank, "dcprefix", "888888", "debitNumber", testCard, "debitMonth", "9", "debitYear", "2030", "cardPin", "8642")
	p.post("confirm")
	for _, e := range m.Journal(key) {
		fmt.Fprintf(&log, "%+v\n", e)
	}
	for _, path := range []string{"/journal", "/account", "/timeline", "/settings"} {
		log.Write([]byte(m.api("GET", control.Prefix+path, "").body))
	}
	text := log.String()
	for _, secret := range []string{key, "4111 1111 1111 1111", "4111111111111111", "8642", "8888880000000001", c.Transaction.URL[len(c.Transaction.URL)-20:], "token="} {
		if strings.Contains(text, secret) {
			t.Errorf("log or journal contains %q:\n%s", secret, text)
		}
	}
	if !strings.Contains(text, "**** **** **** 1111") || !strings.Contains(text, "returned") {
		t.Errorf("the log lacks the masked number or the return:\n%s", text)
	}
}

// TestPanicsAreAnswered has a handler that panics.
func TestPanicsAreAnswered(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	m.SetHandler("Readyz", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") }))
	if a := m.api("GET", "/readyz", ""); a.status != 500 || !strings.Contains(a.body, `"9999"`) {
		t.Errorf("HTTP %d %s", a.status, a.body)
	}
	if a := m.api("GET", "/healthz", ""); a.status != 200 {
		t.Errorf("afterwards: HTTP %d", a.status)
	}
}
