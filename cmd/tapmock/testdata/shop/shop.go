// Package shop is the shop of the README's CheckMerchant: a small merchant with two mistakes. It fulfils an order again with each
// webhook, and it does not compare the amount of a charge with that of its order.
package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// Shop takes orders, and fulfils those whose charge is CAPTURED.
type Shop struct {
	api, key, url string
	client        http.Client

	mu      sync.Mutex
	orders  map[string]*Order // by reference.order
	charges map[string]*Order // by the ids of the charges that were created for them
}

// Order is an order in the shop's database.
type Order struct {
	Paid, Refunded bool
	Deliveries     int
	Amount         string
}

// charge has the fields of a charge that the shop uses.
type charge struct {
	ID, Status  string
	Reference   struct{ Order string }
	Transaction struct{ URL string }
}

// NewShop starts a shop that uses the API at api with the secret key.
func NewShop(t *testing.T, api, key string) *Shop {
	s := &Shop{api: api, key: key, client: http.Client{Timeout: 500 * time.Millisecond}, orders: map[string]*Order{}, charges: map[string]*Order{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/webhook", s.webhook)
	mux.HandleFunc("/return", s.back)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// StartPayment creates the charge of an order; all attempts have the same reference.idempotent.
func (s *Shop) StartPayment(ctx context.Context, id, amount, name, email string) (payURL string, err error) {
	s.mu.Lock()
	if s.orders[id] == nil {
		s.orders[id] = &Order{Amount: amount}
	}
	s.mu.Unlock()
	body := fmt.Sprintf(`{"amount": %s, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": %q, "email": %q},
		"reference": {"order": %q, "idempotent": %q}, "post": {"url": "%s/webhook"}, "redirect": {"url": "%s/return"}}`, amount, name, email, id, id, s.url, s.url)
	var c charge
	for range 3 {
		if c, err = s.call(ctx, "POST", "/charges", body); err == nil {
			break
		}
	}
	s.mu.Lock()
	s.charges[c.ID] = s.orders[id]
	s.mu.Unlock()
	return c.Transaction.URL, err
}

func (s *Shop) call(ctx context.Context, method, path, body string) (c charge, err error) {
	req, err := http.NewRequestWithContext(ctx, method, s.api+path, bytes.NewBufferString(body))
	if err != nil {
		return c, err
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	res, err := s.client.Do(req)
	if err != nil {
		return c, err
	}
	defer res.Body.Close()
	if err = json.NewDecoder(res.Body).Decode(&c); err == nil && c.ID == "" {
		err = fmt.Errorf("HTTP %d", res.StatusCode)
	}
	return c, err
}

// webhook verifies the signature, and confirms the charge by a GET.
func (s *Shop) webhook(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if err := testkit.VerifyWebhook(s.key, r.Header, body); err != nil {
		http.Error(w, "bad signature", http.StatusUnauthorized)
		return
	}
	var reported charge
	json.Unmarshal(body, &reported)
	c, err := s.confirm(r.Context(), reported.ID, true)
	if err != nil || c.Status != reported.Status {
		http.Error(w, "not confirmed", http.StatusServiceUnavailable)
	}
}

// back is the payer's return.
func (s *Shop) back(_ http.ResponseWriter, r *http.Request) {
	s.confirm(r.Context(), r.FormValue("tap_id"), false)
}

// confirm calls GET for a charge and fulfils its order if it is CAPTURED; again is the first mistake.
func (s *Shop) confirm(ctx context.Context, id string, again bool) (charge, error) {
	c, err := s.call(ctx, "GET", "/charges/"+id, "")
	s.mu.Lock()
	defer s.mu.Unlock()
	o, owner := s.orders[c.Reference.Order], s.charges[id]
	if err == nil && o != nil && (owner == nil || owner == o) && c.Status == "CAPTURED" && (again || !o.Paid) {
		o.Paid = true
		o.Deliveries++
	}
	return c, err
}

// Order returns an order.
func (s *Shop) Order(_ context.Context, id string) (Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.orders[id]; o != nil {
		return *o, nil
	}
	return Order{}, fmt.Errorf("there is no order %s", id)
}
