package shop_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/tapmock/tapmock/mockserver/shop"
)

// api is an API of Tap that answers each call with one charge.
type api struct{ charge string }

func (a api) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	fmt.Fprint(w, a.charge)
	return w.Result(), nil
}

func ExampleShop() {
	s := shop.New(shop.Config{
		API:   api{`{"id": "chg_1", "status": "INITIATED", "transaction": {"url": "https://pay.example/1"}}`},
		Base:  func(*http.Request) string { return "http://mock.example" },
		Key:   func(*http.Request) (string, bool) { return "sk_test_x", true },
		Style: "page.css",
	})
	form := url.Values{"amount": {"12.345"}, "name": {"Test"}, "email": {"test@example.com"}, "behaviour": {"sound"}}
	order := httptest.NewRequest("POST", "http://mock.example/ui/shop/orders", strings.NewReader(form.Encode()))
	order.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, order)
	fmt.Println("the payer goes to", w.Header().Get("Location"))

	forged := httptest.NewRequest("POST", "http://shop.tapmock.test/webhook/sound", strings.NewReader(`{"id": "chg_1", "amount": 12.345, "currency": "KWD"}`))
	w = httptest.NewRecorder()
	s.Webhook(w, forged)
	fmt.Println("a webhook without a signature gets", w.Code)
	// Output:
	// the payer goes to https://pay.example/1
	// a webhook without a signature gets 401
}
