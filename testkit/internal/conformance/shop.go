package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// shop is a merchant that records webhooks and returns.
type shop struct {
	testURL, mockURL string // its base URL for the test process and for the mock

	mu      sync.Mutex
	hooks   []hook
	returns []string
	refuse  int // number of webhooks that still get a 500
}

// hook is a received webhook.
type hook struct {
	header http.Header
	body   string
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPost {
		s.hooks = append(s.hooks, hook{r.Header.Clone(), string(body)})
		if s.refuse--; s.refuse >= 0 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	} else {
		s.returns = append(s.returns, r.URL.Query().Get("tap_id"))
	}
	io.WriteString(w, "thank you")
}

func (s *shop) got() (hooks []hook, returns []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(hooks, s.hooks...), append(returns, s.returns...)
}

// charge is the part of an API answer that the tests read.
type charge struct {
	ID          string
	Status      string
	Transaction struct{ URL string }
	Response    struct{ Code string }
}

// order creates a charge for an order; the payer is the test process, and so returns to testURL.
func (e *env) order(t *testing.T, name string) charge {
	t.Helper()
	return e.create(t, name, e.shop.mockURL+"/hook", e.shop.testURL+"/return")
}

// orderAutomatic creates a charge with an automatic payer; the payer is the mock, and so returns to mockURL.
func (e *env) orderAutomatic(t *testing.T, name string) charge {
	t.Helper()
	return e.create(t, name, e.shop.mockURL+"/hook", e.shop.mockURL+"/return")
}

func (e *env) create(t *testing.T, name, postURL, redirectURL string) charge {
	t.Helper()
	body := fmt.Sprintf(`{"amount": 12.345, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "T", "email": "t@example.com"},
		"reference": {"order": %q}, "post": {"url": %q}, "redirect": {"url": %q}}`, name, postURL, redirectURL)
	c, status := e.call(t, http.MethodPost, "/charges", body)
	if status != http.StatusOK || c.Status != "INITIATED" {
		t.Fatalf("create: HTTP %d %+v", status, c)
	}
	return c
}

// call makes a request of the shop to the API.
func (e *env) call(t *testing.T, method, path, body string) (c charge, status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, e.APIURL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+e.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return c, res.StatusCode
}

// wantStatus checks the status of a charge, as the API returns it.
func (e *env) wantStatus(t *testing.T, id, status string) {
	t.Helper()
	if c, code := e.call(t, http.MethodGet, "/charges/"+id, ""); code != http.StatusOK || c.Status != status {
		t.Errorf("HTTP %d, status %s, want %s\n%s", code, c.Status, status, e.Trace(id))
	}
}
