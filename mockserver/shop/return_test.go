package shop

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// fixed is an API that answers each call with the same status and body.
type fixed struct {
	status int
	body   string
}

func (f fixed) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.WriteHeader(f.status)
	fmt.Fprint(w, f.body)
	return w.Result(), nil
}

// back is the page for a payer who is back from chg_1, when the API has this charge.
func back(s *Shop, api fixed) string {
	s.api.Transport = api
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "http://mock.example/ui/shop/return?tap_id=chg_1", nil))
	return w.Body.String()
}

// TestConclusions has charges of each status, and charges that are not those of the order.
func TestConclusions(t *testing.T) {
	t.Parallel()
	words := map[tap.Status]string{tap.Captured: "paid", tap.Initiated: "waiting", tap.InProgress: "waiting", tap.Unknown: "waiting"}
	for _, status := range tap.Statuses() {
		want := words[status]
		if want == "" {
			want = "not paid"
		}
		if page := back(opened(sound), fixed{200, webhook("CAPTURED", string(status))}); !strings.Contains(page, ">"+want+"</b>") {
			t.Errorf("%s: the conclusion is not %s:\n%s", status, want, page)
		}
	}
	for name, c := range map[string]struct {
		api  fixed
		want string
	}{
		"another amount":   {fixed{200, webhook("12.345", "1.234")}, "not paid"},
		"another currency": {fixed{200, webhook("KWD", "BHD")}, "not paid"},
		"another order":    {fixed{200, webhook("order-1001", "order-1002")}, "not paid"},
		"an error":         {fixed{503, `{"errors": []}`}, "waiting"},
		"not JSON":         {fixed{200, "<html>"}, "waiting"},
	} {
		if page := back(opened(sound), c.api); !strings.Contains(page, ">"+c.want+"</b>") || !strings.Contains(page, "SIMULATION") {
			t.Errorf("%s: the conclusion is not %s:\n%s", name, c.want, page)
		}
	}
}

// TestSignedWebhookIsNoProof delivers a signed webhook that says CAPTURED while the API says something else: the shop believes the API.
func TestSignedWebhookIsNoProof(t *testing.T) {
	t.Parallel()
	for want, api := range map[string]fixed{"not paid": {200, webhook("CAPTURED", "FAILED")}, "waiting": {503, ""}} {
		s := opened(sound)
		deliver(s, sound, testKey, webhook())
		if page := back(s, api); !strings.Contains(page, ">"+want+"</b>") || !strings.Contains(page, "CAPTURED, answered with 200 OK") {
			t.Errorf("the conclusion is not %s:\n%s", want, page)
		}
	}
}

// TestOtherAccount opens the return of an order of another account: the page says nothing about the order.
func TestOtherAccount(t *testing.T) {
	t.Parallel()
	s := opened(trusting)
	s.config.Key = func(*http.Request) (string, bool) { return "sk_test_other", true }
	page := back(s, fixed{200, webhook()})
	if !strings.Contains(page, ">not paid</b>") || !strings.Contains(page, "no order of this account") || strings.Contains(page, "Trusts the return") {
		t.Errorf("the page shows the order of another account:\n%s", page)
	}
}

// TestWrongPaymentPage has an API whose create answer has no address for the payer, or one that runs code.
func TestWrongPaymentPage(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "javascript:alert(1)", "/relative"} {
		s := newShop()
		s.api.Transport = fixed{200, fmt.Sprintf(`{"id": "chg_1", "status": "INITIATED", "transaction": {"url": %q}}`, address)}
		r := httptest.NewRequest("POST", "http://mock.example/ui/shop/orders", strings.NewReader("amount=1&behaviour=sound"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != 502 || !strings.Contains(w.Body.String(), "no transaction.url") {
			t.Errorf("%q: HTTP %d %v\n%s", address, w.Code, w.Header(), w.Body)
		}
	}
}
