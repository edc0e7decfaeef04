package testkit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
)

// Shop is a small merchant without mistakes, except its flaws.
type Shop struct {
	api, key, url string
	client        *http.Client
	flaws         []flaw
	later         sync.WaitGroup // work that continues after the response to its webhook

	mu       sync.Mutex // guards the fields below
	sales    map[string]*sale
	recent   []string // the latest orders, which Reconcile checks
	attempts int      // to create a charge
}

// sale is an order in the shop's database.
type sale struct {
	order     testkit.Order
	charges   []string   // ids of its known charges
	seen      tap.Status // latest known status of a charge
	closed    bool       // closed as failed; only by a flawed shop
	rejected  bool       // its first create failed; only in a flawed shop
	fulfilled int
	backs     []back // its refunds
	held      string // id of its authorization
}

// NewShop starts a shop that uses a mock.
func NewShop(t *testing.T, mock *testkit.Mock, flaws ...flaw) *Shop {
	t.Helper()
	s := &Shop{api: mock.APIURL(), key: mock.Key, client: newClient(flaws), flaws: flaws, sales: map[string]*sale{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/webhook", s.webhook)
	mux.HandleFunc("/return", s.back)
	server := httptest.NewServer(mux)
	t.Cleanup(func() { server.Close(); s.later.Wait(); s.client.CloseIdleConnections() })
	s.url = server.URL
	return s
}

// clientTimeout is how long a shop waits for an answer of the API: a busy machine must not exceed it.
const clientTimeout = 500 * time.Millisecond

func newClient(flaws []flaw) *http.Client {
	c := &http.Client{Transport: &http.Transport{}, Timeout: clientTimeout}
	if slices.Contains(flaws, hasNoTimeout) {
		c.Timeout = 0
	}
	return c
}

func (s *Shop) has(f flaw) bool { return slices.Contains(s.flaws, f) }

// Checkout creates the charge of an order; all attempts have the same reference.idempotent.
func (s *Shop) Checkout(ctx context.Context, o testkit.Order) (string, error) {
	s.mu.Lock()
	if s.sales[o.ID] == nil {
		s.sales[o.ID] = &sale{order: o}
		s.recent = append(s.recent[max(0, len(s.recent)-2):], o.ID)
	}
	rejected := s.sales[o.ID].rejected
	s.mu.Unlock()
	if rejected {
		return "", errors.New("the order has failed")
	}
	var err error
	for range 3 {
		if s.has(checksThenCreates) && s.paid(o.ID) {
			return "", nil
		}
		var c tap.Charge
		if c, err = s.call(ctx, "POST", "/charges", s.request(o)); err == nil {
			return s.created(o, c), nil
		}
		if s.has(closesOrder) {
			s.mu.Lock()
			s.sales[o.ID].rejected = true
			s.mu.Unlock()
			return "", err
		}
	}
	return "", err
}

// created stores the charge of a create answer. After a lost answer to the first attempt the charge may have ended already.
func (s *Shop) created(o testkit.Order, c tap.Charge) string {
	s.mu.Lock()
	if sale := s.sales[o.ID]; !slices.Contains(sale.charges, c.ID) {
		sale.charges = append(sale.charges, c.ID)
	}
	s.mu.Unlock()
	if !s.has(needsCreateAnswer) {
		s.update(o.ID, c)
	}
	return c.Transaction.URL
}

func (s *Shop) request(o testkit.Order) any {
	type object = map[string]any
	return object{"amount": json.Number(s.price(o)), "currency": "KWD", "source": object{"id": "src_kw.knet"},
		"customer":  object{"first_name": o.FirstName, "email": o.Email},
		"reference": object{"order": o.ID, "idempotent": s.idempotent(o)},
		"post":      object{"url": s.url + "/webhook"}, "redirect": object{"url": s.url + "/return?order=" + o.ID}}
}

func (s *Shop) idempotent(o testkit.Order) string {
	if !s.has(newIdempotent) && !s.has(checksThenCreates) {
		return o.ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts++
	return fmt.Sprintf("%s-%d", o.ID, s.attempts)
}

// price is the amount of an order's charge.
func (s *Shop) price(o testkit.Order) string {
	a, _ := tap.ParseAmount(o.Amount)
	if s.has(rounds) {
		return a.Rounded(2).Text(2)
	}
	return a.Text(3)
}

var errAnswer = errors.New("the answer is not a charge")

// call makes an API request; an answer that is not a complete charge is an error.
func (s *Shop) call(ctx context.Context, method, path string, body any) (tap.Charge, error) {
	var c tap.Charge
	text, err := json.Marshal(body)
	if err != nil {
		return c, err
	}
	req, err := http.NewRequestWithContext(ctx, method, s.api+path, bytes.NewReader(text))
	if err != nil {
		return c, err
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(req)
	if err != nil {
		return c, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return c, err
	}
	if res.StatusCode != http.StatusOK || json.Unmarshal(answer, &c) != nil || c.ID == "" {
		return c, fmt.Errorf("%w: HTTP %d %.100s", errAnswer, res.StatusCode, answer)
	}
	return c, nil
}

// ask calls GET for a charge.
func (s *Shop) ask(ctx context.Context, id string) (tap.Charge, error) {
	return s.call(ctx, "GET", "/charges/"+id, nil)
}

// webhook verifies the signature and then calls GET. If GET does not confirm the webhook, it responds with 503, so that it is sent again.
func (s *Shop) webhook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if s.has(failsOnWebhooks) {
		http.Error(w, "cannot connect to the database", http.StatusInternalServerError)
		return
	}
	if err != nil || !s.signed(r.Header, body) {
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	var reported tap.Charge
	if json.Unmarshal(body, &reported) != nil {
		http.Error(w, "not a charge", http.StatusBadRequest)
		return
	}
	if reported.Object == "authorize" {
		s.holdWebhook(reported)
		return
	}
	if reported.Object == "refund" {
		s.refundWebhook(w, r, reported.ID)
		return
	}
	if s.has(refusesEarly) && !s.knows(reported.ID) {
		http.Error(w, "not known yet", http.StatusInternalServerError)
		return
	}
	if s.skips(ignoresWebhooks, reported.Reference.Order, reported.ID) {
		return
	}
	c := reported
	if !s.has(trustsWebhook) && !s.has(trustsAnyWebhook) {
		if c, err = s.ask(r.Context(), reported.ID); (err != nil || c.Status != reported.Status) && !s.has(givesUp) {
			http.Error(w, "not confirmed", http.StatusServiceUnavailable)
			return
		}
	}
	if s.has(worksAfterResponse) {
		s.later.Go(func() { s.update(c.Reference.Order, c) })
		return
	}
	s.update(c.Reference.Order, c)
	if s.has(isSlow) {
		<-time.After(slowness)
	}
}

// skips reports whether the shop responds without any work. Without a flaw it never does.
func (s *Shop) skips(ignores flaw, order, charge string) bool {
	return s.has(ignores) || s.has(needsCreateAnswer) && !s.knows(charge) || s.has(checksThenFulfils) && s.paid(order)
}

// back calls GET for the charge of a return.
func (s *Shop) back(w http.ResponseWriter, r *http.Request) {
	order, id := r.FormValue("order"), r.FormValue("tap_id")
	if s.has(trustsParameters) && r.FormValue("status") == "CAPTURED" || s.has(trustsReturn) {
		s.fulfil(order)
		return
	}
	if s.skips(ignoresReturn, order, id) {
		return
	}
	c, err := s.ask(r.Context(), id)
	if err != nil {
		http.Error(w, "the payment is not confirmed yet", http.StatusOK)
		return
	}
	if s.has(takesNamedOrder) {
		order = c.Reference.Order
	}
	s.update(order, c)
}

// update stores the state of an order's charge, and fulfils the order if the charge pays it.
func (s *Shop) update(order string, c tap.Charge) {
	s.mu.Lock()
	sale := s.sales[order]
	if sale == nil || !s.isFor(sale, c) {
		s.mu.Unlock()
		return
	}
	late := s.has(refundsPaid) && len(sale.backs) == 0 && (sale.seen == tap.Failed || sale.seen == tap.Cancelled) && c.Status == tap.Captured
	sale.seen = c.Status
	sale.closed = sale.closed || s.closes(c.Status)
	pays := !sale.closed && s.pays(c.Status)
	s.mu.Unlock()
	if late {
		if r, err := s.refund(context.Background(), order, c.ID, sale.order.Amount); err == nil {
			amount, _ := tap.ParseAmount(sale.order.Amount)
			s.keepRefund(order, back{r.ID, tap.RefundStatus(r.Status), amount})
		}
	}
	if pays {
		s.fulfil(order)
	}
}

// isFor compares a charge with its order.
func (s *Shop) isFor(sale *sale, c tap.Charge) bool {
	want, _ := tap.ParseAmount(s.price(sale.order))
	got, err := tap.ParseNumber(string(c.Amount))
	fits := err == nil && got == want && c.Currency == "KWD" || s.has(skipsAmount)
	return fits && (c.Reference.Order == sale.order.ID || s.has(skipsOrder))
}

// fulfil delivers the goods once.
func (s *Shop) fulfil(order string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sale := s.sales[order]
	if sale != nil && (sale.fulfilled == 0 || s.has(fulfilsAlways) || s.has(checksThenFulfils)) {
		sale.fulfilled++
	}
}

// Reconcile calls GET for the charges of the latest orders that are not paid.
func (s *Shop) Reconcile(ctx context.Context) (failed error) {
	s.mu.Lock()
	open := map[string][]string{}
	for _, id := range s.recent {
		sale := s.sales[id]
		if sale.fulfilled == 0 && !sale.closed && !(s.has(reconcilesEnded) && (sale.seen == "" || sale.seen == tap.Initiated)) {
			open[id] = slices.Clone(sale.charges)
		}
	}
	s.mu.Unlock()
	for order, charges := range open {
		for _, id := range charges {
			c, err := s.ask(ctx, id)
			if err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			s.update(order, c)
		}
	}
	return errors.Join(failed, s.reconcileRefunds(ctx))
}

// State returns the state of an order.
func (s *Shop) State(_ context.Context, id string) (testkit.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sale := s.sales[id]
	if sale == nil || s.has(keepsOnlyPaid) && sale.fulfilled == 0 {
		return testkit.State{}, fmt.Errorf("order %s does not exist", id)
	}
	return testkit.State{Paid: sale.fulfilled > 0, Fulfilled: sale.fulfilled, Refunded: s.refunded(sale)}, nil
}

func (s *Shop) paid(id string) bool {
	st, err := s.State(context.Background(), id)
	return err == nil && st.Paid
}

// knows reports whether the shop received the create answer of a charge.
func (s *Shop) knows(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sale := range s.sales {
		if slices.Contains(sale.charges, id) {
			return true
		}
	}
	return false
}
