package testkit_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// order creates a charge, and returns its id and the URL of its page.
func order(t testing.TB, mock *testkit.Mock, shop, name string) (id, payURL string) {
	t.Helper()
	return createCharge(t, mock, fmt.Sprintf(`{"amount": 12.345, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "T", "email": "t@example.com"},
		"reference": {"order": %q}, "post": {"url": "%s/hook"}, "redirect": {"url": "%s/return"}}`, name, shop, shop))
}

func createCharge(t testing.TB, mock *testkit.Mock, body string) (id, payURL string) {
	t.Helper()
	req, err := http.NewRequest("POST", mock.APIURL()+"/charges", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+mock.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var c struct {
		ID          string
		Transaction struct{ URL string }
	}
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil || res.StatusCode != 200 {
		t.Fatalf("create: HTTP %d, %v", res.StatusCode, err)
	}
	return c.ID, c.Transaction.URL
}

// shop starts a merchant that responds to everything with 200, and returns its URL. It reads the body first: otherwise its server may
// close the connection while a webhook is still being sent.
func shop(t testing.TB) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, "thank you")
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestPay(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	at := shop(t)
	id, page := order(t, mock, at, "o-1")
	if landed := mock.Pay(page); landed != at+"/return?tap_id="+id {
		t.Errorf("landed at %s", landed)
	}
	if c := mock.AwaitCharge("o-1"); c.Status != "CAPTURED" || c.PostStatus != "SUCCESS" || c.ID != id {
		t.Errorf("%+v", c)
	}
	if w := mock.AwaitWebhook(id); w.Response.Status != 200 {
		t.Errorf("%+v", w)
	}
	mock.AwaitReturn(id)
}

func TestScreens(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Set("otp_from", "0"), testkit.Frozen(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)))
	at := shop(t)
	_, page := order(t, mock, at, "o-1")
	p := mock.Open(page)
	if p.Screen != "entry" {
		t.Fatalf("%s at %s\n%s", p.Screen, p.URL, p.Body)
	}
	if p.Submit(testkit.Card{Number: "8888880000000001", Expiry: "09/30", PIN: "12"}); p.Screen != "entry" || !strings.Contains(p.Message, "Pin(4 digits)") {
		t.Errorf("%s %q", p.Screen, p.Message)
	}
	if p.Submit(testkit.GoodCard); p.Screen != "confirm" || len(p.OTP) != 6 {
		t.Fatalf("%s %q\n%s", p.Screen, p.OTP, p.Body)
	}
	if p.Back(); p.Screen != "entry" {
		t.Errorf("back: %s", p.Screen)
	}
	p.Submit(testkit.GoodCard)
	if p.ConfirmOTP("000000"); p.Screen != "confirm" || !strings.Contains(p.Message, "Invalid OTP") {
		t.Errorf("%s %q", p.Screen, p.Message)
	}
	if p.Confirm(); p.Screen != "merchant" || p.Body != "thank you" || p.Status != 200 {
		t.Errorf("%s %s %q", p.Screen, p.URL, p.Body)
	}
	if again := mock.Open(page); again.Screen != "ended" {
		t.Errorf("the page after the payment: %s", again.Screen)
	}
	_, other := order(t, mock, at, "o-2")
	if landed := mock.Cancel(other); !strings.Contains(landed, "tap_id=") || mock.AwaitCharge("o-2").Status != "CANCELLED" {
		t.Errorf("cancelled: %s, %s", landed, mock.AwaitCharge("o-2").Status)
	}
	third, page3 := order(t, mock, at, "o-3")
	mock.Abandon(page3)
	mock.Advance(time.Hour)
	if c := mock.Charge(third); c.Status != "ABANDONED" {
		t.Errorf("abandoned: %s", c.Status)
	}
}

// TestManyAccounts runs 500 tests with one server.
func TestManyAccounts(t *testing.T) {
	t.Parallel()
	server := testkit.Start(t)
	at := shop(t)
	t.Run("accounts", func(t *testing.T) {
		for i := range 500 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				mock := server.NewAccount(t)
				id, page := order(t, mock, at, "same-order")
				mock.Pay(page)
				if all := mock.Charges(); len(all) != 1 || all[0].ID != id || all[0].Status != "CAPTURED" {
					t.Errorf("%+v", all)
				}
			})
		}
	})
}

// TestManyServers runs 100 tests, each with its own server.
func TestManyServers(t *testing.T) {
	t.Parallel()
	at := shop(t)
	for i := range 100 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			mock := testkit.Start(t)
			mock.Next("payer/pays + webhook/twice")
			id, _ := order(t, mock, at, "same-order")
			mock.AwaitIdle()
			if w := mock.Webhooks(id); len(w) != 2 {
				t.Errorf("%d webhooks", len(w))
			}
		})
	}
}
