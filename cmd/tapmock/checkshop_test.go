package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// testShop is a small shop that keeps the contract. It takes the mock's address and the key from each checkout.
type testShop struct {
	url   string
	flaws map[string]bool

	mu     sync.Mutex
	key    string // of the first order
	orders map[string]*testOrder
}

type testOrder struct {
	ID, Amount, Key string
	BaseURL         string `json:"base_url"`
	Order           string
	charge          string
	paid            bool
	fulfilled       int
}

func newTestShop(t *testing.T, flaws ...string) *testShop {
	t.Helper()
	s := &testShop{flaws: map[string]bool{}, orders: map[string]*testOrder{}}
	for _, f := range flaws {
		s.flaws[f] = true
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tapmock/checkout", s.checkout)
	mux.HandleFunc("GET /tapmock/order", s.state)
	mux.HandleFunc("/webhook", s.webhook)
	mux.HandleFunc("/return", s.back)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *testShop) checkout(w http.ResponseWriter, r *http.Request) {
	o := &testOrder{}
	if json.NewDecoder(r.Body).Decode(o) != nil || s.flaws["no base_url"] {
		http.Error(w, "no order", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	if s.flaws["one key"] {
		o.Key = cmp.Or(s.key, o.Key)
		s.key = o.Key
	}
	if known := s.orders[o.Order]; known != nil {
		o = known
	}
	s.orders[o.Order] = o
	s.mu.Unlock()
	post := s.url + "/webhook"
	if s.flaws["unreachable webhook"] {
		post = "http://127.0.0.1:9/webhook"
	}
	body := fmt.Sprintf(`{"amount": %s, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "Test", "email": "test@example.com"},
		"reference": {"order": %q, "idempotent": %q}, "post": {"url": %q}, "redirect": {"url": "%s/return"}}`, o.Amount, o.Order, o.Order, post, s.url)
	c, err := s.call(o, http.MethodPost, "/charges", body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	s.mu.Lock()
	o.charge = c.ID
	s.mu.Unlock()
	page := c.Transaction.URL
	if s.flaws["another page"] {
		page = "http://127.0.0.1:9/pay"
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"pay_url": page})
}

// testCharge is what the shop reads of a charge.
type testCharge struct {
	ID, Status, Currency string
	Amount               json.Number
	Reference            struct{ Order string }
	Transaction          struct{ URL string }
}

func (s *testShop) call(o *testOrder, method, path, body string) (c testCharge, err error) {
	req, err := http.NewRequest(method, o.BaseURL+path, strings.NewReader(body))
	if err != nil {
		return c, err
	}
	req.Header.Set("Authorization", "Bearer "+o.Key)
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: time.Second}
	res, err := client.Do(req)
	if err != nil {
		return c, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return c, fmt.Errorf("HTTP %d", res.StatusCode)
	}
	return c, json.NewDecoder(res.Body).Decode(&c)
}

func (s *testShop) state(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[r.FormValue("id")]
	if o == nil {
		http.NotFound(w, r)
		return
	}
	word := "unpaid"
	if o.paid {
		word = "paid"
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"order": o.Order, "state": word, "amount": o.Amount, "fulfilled": o.fulfilled})
}

func (s *testShop) webhook(w http.ResponseWriter, r *http.Request) {
	var c testCharge
	if json.NewDecoder(r.Body).Decode(&c) != nil || !s.confirm(c.ID, c.Reference.Order, true) {
		http.Error(w, "later", http.StatusServiceUnavailable)
	}
}

func (s *testShop) back(_ http.ResponseWriter, r *http.Request) {
	s.confirm(r.FormValue("tap_id"), "", false)
}

// confirm asks for the charge and fulfils its order once.
func (s *testShop) confirm(id, order string, again bool) bool {
	s.mu.Lock()
	known := s.orders[order]
	for _, o := range s.orders {
		if o.charge == id {
			known = o
		}
	}
	s.mu.Unlock()
	if known == nil {
		return false
	}
	c, err := s.call(known, http.MethodGet, "/charges/"+id, "")
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[c.Reference.Order]
	if o != nil && known.charge == id && known != o { // the charge of another order
		return true
	}
	if o == nil || c.Status != "CAPTURED" {
		return c.Status != "INITIATED"
	}
	if !s.flaws["no amount"] && (c.Amount.String() != o.Amount || c.Currency != "KWD") {
		return true
	}
	if !o.paid || again && s.flaws["twice"] {
		o.paid = true
		o.fulfilled++
	}
	return true
}
