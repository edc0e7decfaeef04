package shop

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

const testKey = "sk_test_x"

// silent is an API that does not answer.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func newShop() *Shop {
	return New(Config{API: silent{}, Base: func(*http.Request) string { return "http://mock.example" },
		Key: func(*http.Request) (string, bool) { return testKey, true }})
}

// opened is a shop with an order of 12.345 KWD, whose charge is chg_1.
func opened(b behaviour) *Shop {
	s := newShop()
	s.orders.link(s.orders.open(testKey, 12345, b).number, "chg_1")
	return s
}

// webhook is the body of a webhook with some text replaced.
func webhook(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`{"id":"chg_1","object":"charge","status":"CAPTURED","amount":12.345,"currency":"KWD",` +
		`"transaction":{"created":"1"},"reference":{"order":"order-1001","gateway":"2","payment":"3"}}`)
}

// deliver delivers a webhook that is signed with a key; "" is not signed.
func deliver(s *Shop, b behaviour, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://"+Host+webhookPath+string(b), strings.NewReader(body))
	if x, err := tap.Explain(key, []byte(body)); err == nil && key != "" {
		r.Header.Set("hashstring", x.Signatures.HashString)
	}
	w := httptest.NewRecorder()
	s.Webhook(w, r)
	return w
}

// TestWebhook delivers webhooks, true and forged ones.
func TestWebhook(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key, body string
		status    int
		text      string
	}{
		"true":               {testKey, webhook(), 200, "ok"},
		"declined":           {testKey, webhook("CAPTURED", "DECLINED"), 200, "ok"},
		"a number as double": {testKey, webhook("12.345", "12.3450"), 200, "ok"},
		"not signed":         {"", webhook(), 401, "wrong signature: the header hashstring is missing"},
		"another key":        {"sk_test_other", webhook(), 401, "wrong signature"},
		"another amount":     {testKey, webhook("12.345", "1.234"), 422, "not those of the shop's order"},
		"another currency":   {testKey, webhook("KWD", "BHD"), 422, "not those of the shop's order"},
		"another order":      {testKey, webhook("order-1001", "order-1"), 422, "not those of the shop's order"},
		"another charge":     {testKey, webhook("chg_1", "chg_2"), 404, "no order with the charge"},
		"no amount":          {testKey, webhook(`"amount":12.345,`, ""), 400, "amount or currency is missing"},
		"not JSON":           {testKey, "x", 400, "not the JSON of a charge"},
		"too large":          {testKey, webhook("order-1001", strings.Repeat("x", maxWebhook)), 400, "not the JSON of a charge"},
	} {
		if w := deliver(opened(sound), sound, c.key, c.body); w.Code != c.status || !strings.Contains(w.Body.String(), c.text) {
			t.Errorf("%s: HTTP %d %s, want %d %s", name, w.Code, w.Body, c.status, c.text)
		}
	}
	w := httptest.NewRecorder()
	opened(sound).Webhook(w, httptest.NewRequest("POST", "http://"+Host+"/elsewhere", nil))
	if w.Code != 404 {
		t.Errorf("an unknown path: HTTP %d", w.Code)
	}
}

// TestUpperCaseSignature accepts a signature in upper-case hex, which has the same bytes.
func TestUpperCaseSignature(t *testing.T) {
	t.Parallel()
	x, _ := tap.Explain(testKey, []byte(webhook()))
	if !equalHex(strings.ToUpper(x.Signatures.HashString), x.Signatures.HashString) || equalHex("zz", "zz") || equalHex("", x.Signatures.HashString) {
		t.Error("signatures are not compared by their bytes")
	}
}

// TestEarlyWebhook delivers a webhook before the create call has been answered: the order is found by its number.
func TestEarlyWebhook(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.orders.open(testKey, 12345, sound)
	if w := deliver(s, sound, testKey, webhook()); w.Code != 200 {
		t.Errorf("HTTP %d %s", w.Code, w.Body)
	}
	s.orders.link("order-1001", "chg_1")
	if o, ok := s.orders.ofCharge("chg_1", ""); !ok || o.webhooks != 1 || !o.latest().right {
		t.Errorf("the order is %+v", o)
	}
}

// TestOrdersAreBounded opens more orders than the shop keeps and delivers more webhooks, with larger values, than an order keeps.
func TestOrdersAreBounded(t *testing.T) {
	t.Parallel()
	s := newShop()
	for range maxOrders + 1 {
		o := s.orders.open(testKey, 1000, sound)
		s.orders.link(o.number, "chg_"+o.number)
	}
	if _, ok := s.orders.ofCharge("chg_order-1001", ""); ok || len(s.orders.all) != maxOrders {
		t.Errorf("%d orders are kept, the oldest: %t", len(s.orders.all), ok)
	}
	last := fmt.Sprintf("chg_order-%d", 1000+maxOrders+1)
	for range 3 * maxReceived {
		deliver(s, sound, "", webhook("chg_1", last, "CAPTURED", strings.Repeat("X", 100_000), "order-1001", strings.Repeat("y", 100_000)))
	}
	o, ok := s.orders.ofCharge(last, "")
	if !ok || o.webhooks != 3*maxReceived || o.accepted != 0 || len(o.received) != maxReceived || len(o.latest().status) > 100 || len(o.latest().order) > 100 {
		t.Errorf("the latest order has %d webhooks and keeps %d: %t", o.webhooks, len(o.received), ok)
	}
}

// TestSlowAnswer waits for the answer of a slow shop, and ends the wait when the mock does.
func TestSlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		if w := deliver(opened(slow), slow, testKey, webhook()); w.Code != 200 || time.Since(begin) != slowAnswer {
			t.Errorf("HTTP %d after %s", w.Code, time.Since(begin))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin = time.Now()
		r := httptest.NewRequestWithContext(ctx, "POST", "http://"+Host+webhookPath+string(slow), bytes.NewBufferString(webhook()))
		opened(slow).Webhook(httptest.NewRecorder(), r)
		if time.Since(begin) != time.Second {
			t.Errorf("it was answered after %s", time.Since(begin))
		}
	})
}

// TestPatience orders when the API does not answer: the shop gives up.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		r := httptest.NewRequest("POST", "http://mock.example/ui/shop/orders", strings.NewReader("amount=1&behaviour=sound"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		newShop().ServeHTTP(w, r)
		if w.Code != 502 || !strings.Contains(w.Body.String(), "no answer within 20s") || time.Since(begin) != patience {
			t.Errorf("HTTP %d after %s\n%s", w.Code, time.Since(begin), w.Body)
		}
	})
}
