package inspector_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/inspector"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// onePayment is a mock with one account that has one payment.
type onePayment struct{ inspector.Mock }

func (onePayment) Welcome(*http.Request) inspector.Welcome {
	return inspector.Welcome{Base: "http://127.0.0.1:8080", Key: tap.PublishedTestKey, Account: "shop", Open: true}
}

func (onePayment) Accounts() []inspector.Account {
	return []inspector.Account{{Name: "shop", Key: "sk_test_XKok…PjhJ"}}
}

func (onePayment) Overview(string) (control.Account, bool) {
	return control.Account{Name: "shop", Now: time.Date(2026, 3, 1, 9, 1, 0, 0, time.UTC)}, true
}

func (onePayment) Client(string) *control.Client { return nil }

func (onePayment) Moved(context.Context, string, inspector.Place) (inspector.Place, bool) {
	return inspector.Place{Seq: 1}, true
}

func (onePayment) Payments(string, func(*inspector.Payment) bool, string, int) ([]inspector.Payment, bool, error) {
	return []inspector.Payment{{ID: "chg_1", Order: "order-1001", Status: tap.Captured, Amount: 12345, Currency: "KWD", Created: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}}, false, nil
}

// The home page lists the payments of the mock's account.
func ExampleNew() {
	w := httptest.NewRecorder()
	inspector.New(onePayment{}).List().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	_, row, _ := strings.Cut(w.Body.String(), `<a class="open" dir="auto" href="`)
	row, _, _ = strings.Cut(row, "</time>")
	fmt.Println(w.Code, row)
	// Output: 200 ./ui/payments/chg_1">order-1001</a></th><td class="amount">12.345 <small>KWD</small></td><td><span class="status good">CAPTURED</span></td><td class="wide" dir="auto"></td><td><time datetime="2026-03-01T09:00:00Z">1 min ago
}
