package contract_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/contract"
)

// order is the order of these tests.
var order = verdict.Order{ID: "o-1", Amount: "12.345", FirstName: "Test", Email: "test@example.com"}

// serve starts a shop that answers every call in one way.
func serve(t *testing.T, answer http.HandlerFunc) *contract.Config {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	c := contract.Default(server.URL)
	c.Timeout = 100 * time.Millisecond
	return c
}

// says makes an answer.
func says(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func open(t *testing.T, c *contract.Config) *contract.Shop {
	t.Helper()
	s, err := contract.New(c, contract.Options{Key: "sk_test_contract", BaseURL: "http://127.0.0.1:8080/v2"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestBrokenCheckout ends with one sentence that names the step, what came and what was wanted.
func TestBrokenCheckout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shop http.HandlerFunc
		want []string
	}{
		"missing":       {http.NotFound, []string{"HTTP 404 text/plain: 404 page not found", "does the shop have this call"}},
		"login":         {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }, []string{"HTTP 302 to /login", "wants a login"}},
		"HTML":          {says(200, "text/html", "<html><body>Welcome"), []string{"HTTP 200 text/html: <html><body>Welcome", "JSON with the address of the payment page at $.pay_url"}},
		"long":          {says(200, "text/html", strings.Repeat("x", 5000)), []string{strings.Repeat("x", 200) + "…; wanted"}},
		"no field":      {says(200, "application/json", `{"url": "x"}`), []string{"the address of the payment page is missing at $.pay_url in HTTP 200 application/json"}},
		"another type":  {says(200, "application/json", `{"pay_url": 7}`), []string{"the address of the payment page is 7", "transaction.url"}},
		"no address":    {says(200, "application/json", `{"pay_url": "chg_1"}`), []string{`is "chg_1"`}},
		"slow":          {func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() }, []string{"no answer within 100ms"}},
		"empty":         {says(204, "", ""), []string{"HTTP 204, without a body"}},
		"binary":        {says(200, "image/png", "\x89PNG\xff\xfe"), []string{"HTTP 200 image/png: ?PNG?"}},
		"not an object": {says(200, "application/json", `["pay_url"]`), []string{"at $.pay_url"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := open(t, serve(t, c.shop)).Checkout(t.Context(), order)
			expectBroken(t, err, "checkout of order o-1 (POST /tapmock/checkout)", c.want...)
		})
	}
}

func expectBroken(t *testing.T, err error, step string, parts ...string) {
	t.Helper()
	broken, ok := errors.AsType[*verdict.BrokenError](err)
	if !ok || broken.Step != step || broken.Wanted == "" {
		t.Fatalf("%v is not broken at %q", err, step)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error lacks %q: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "\n") || len(err.Error()) > 700 {
		t.Errorf("the error is not a sentence: %v", err)
	}
}

// TestRefusedCheckout is an ordinary error, because a shop may fail while Tap does.
func TestRefusedCheckout(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 409, 422, 500, 502, 503} {
		_, err := open(t, serve(t, says(status, "text/plain", "Tap is down"))).Checkout(t.Context(), order)
		if _, broken := errors.AsType[*verdict.BrokenError](err); err == nil || broken || !strings.Contains(err.Error(), "Tap is down") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// TestCrash is an ordinary error of a checkout too, but the state of an order cannot be read then.
func TestCrash(t *testing.T) {
	t.Parallel()
	s := open(t, serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	_, err := s.Checkout(t.Context(), order)
	if _, broken := errors.AsType[*verdict.BrokenError](err); err == nil || broken || err.Error() != "the connection was closed before an answer came" {
		t.Error(err)
	}
	_, err = s.State(t.Context(), "o-1")
	expectBroken(t, err, "the state of order o-1 (GET /tapmock/order?id={order})", "the connection was closed before an answer came")
}

// TestNothingLeftToPay takes an empty address for an order that needs no payment.
func TestNothingLeftToPay(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"pay_url": ""}`, `{"pay_url": null}`} {
		if page, err := open(t, serve(t, says(200, "application/json", body))).Checkout(t.Context(), order); page != "" || err != nil {
			t.Errorf("%s: %q %v", body, page, err)
		}
	}
}

// TestState reads what a shop believes.
func TestState(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]verdict.State{
		`{"state": "unpaid", "fulfilled": 0}`:                                                                        {},
		`{"order": "o-1", "state": "paid", "amount": "12.345", "fulfilled": 2, "refunded": "0.000"}`:                 {Paid: true, Amount: "12.345", Fulfilled: 2},
		`{"state": "paid", "amount": 12.3450, "fulfilled": "1", "refunded": 12.344}`:                                 {Paid: true, Amount: "12.345", Fulfilled: 1},
		`{"state": "refunded", "amount": "KWD 12.345", "fulfilled": 0, "refunded": "12.345"}`:                        {Amount: "12.345", Refunded: true},
		`{"state": "paid", "fulfilled": 1, "refunded": true}`:                                                        {Paid: true, Fulfilled: 1, Refunded: true},
		`{"state": "paid", "amount": null, "fulfilled": 1, "refunded": null, "order": "o-1", "further": {"a": [1]}}`: {Paid: true, Fulfilled: 1},
	} {
		s := open(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && r.URL.String() != "/tapmock/order?id=o-1" {
				t.Errorf("%s %s", r.Method, r.URL)
			}
			if r.Method == http.MethodPost {
				body := `{"pay_url": ""}`
				says(200, "application/json", body)(w, r)
				return
			}
			says(200, "application/json", body)(w, r)
		}))
		if _, err := s.Checkout(t.Context(), order); err != nil {
			t.Fatal(err)
		}
		if got, err := s.State(t.Context(), "o-1"); err != nil || got != want {
			t.Errorf("%s: %+v %v", body, got, err)
		}
	}
}

// TestBrokenState refuses what says nothing about the order.
func TestBrokenState(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"state": "payed", "fulfilled": 0}`:                    `the order's state is "payed"; wanted one of paid, unpaid, refunded`,
		`{"state": true, "fulfilled": 0}`:                       `the order's state is true`,
		`{"fulfilled": 0}`:                                      `the order's state is missing at $.state`,
		`{"state": "paid"}`:                                     `at $.fulfilled`,
		`{"state": "paid", "fulfilled": "often"}`:               `is "often"; wanted a whole number`,
		`{"state": "paid", "fulfilled": true}`:                  `is true; wanted a whole number`,
		`{"state": "paid", "fulfilled": -1}`:                    `is -1; wanted a whole number`,
		`{"state": "paid", "fulfilled": 1.5}`:                   `is 1.5; wanted a whole number`,
		`{"state": "paid", "fulfilled": 1, "amount": "twelve"}`: `the amount is "twelve"; wanted an amount in KWD`,
		`{"state": "paid", "fulfilled": 1, "refunded": "all"}`:  `the refunded amount is "all"`,
		`{"order": "o-2", "state": "paid", "fulfilled": 1}`:     `the answer is that of order "o-2"; wanted the state of order "o-1"`,
		`<p>paid</p>`: `wanted JSON with the order's id`,
		`{"state": "paid", "fulfilled": 99999999999999999999999999}`:                   `wanted a whole number`,
		`{"state": "paid", "fulfilled": 1, "amount": "12.345000000000001"}`:            `the amount is`,
		`{"state": ["paid"], "fulfilled": 1}`:                                          `the order's state is ["paid"]`,
		`{"state": "` + strings.Repeat("p", 3000) + `", "fulfilled": 1}`:               `pppp…; wanted one of`,
		"{\"state\": \"pa\x00\nid\", \"fulfilled\": 1}":                                `wanted JSON`,
		`{"state": "paid", "fulfilled": 1, "order": {"id": "o-1"}}`:                    `the answer is that of order {"id":"o-1"}`,
		`{"state": "paid", "fulfilled": {"count": 1}}`:                                 `is {"count":1}; wanted a whole number`,
		`{"state": "paid", "fulfilled": 1, "amount": {"value": "1"}, "order": "o-1"}`:  `the amount is {"value":"1"}`,
		`{"state": "paid", "fulfilled": 1, "refunded": [], "order": "o-1", "more": 1}`: `the refunded amount is []`,
	} {
		_, err := open(t, serve(t, says(200, "application/json", body))).State(t.Context(), "o-1")
		expectBroken(t, err, "the state of order o-1 (GET /tapmock/order?id={order})", want)
	}
	_, err := open(t, serve(t, says(500, "text/html", "Whoops"))).State(t.Context(), "o-1")
	expectBroken(t, err, "the state of order o-1 (GET /tapmock/order?id={order})", "HTTP 500 text/html: Whoops; wanted HTTP 200")
	_, err = open(t, serve(t, http.NotFound)).State(t.Context(), "o-1")
	if _, broken := errors.AsType[*verdict.BrokenError](err); err == nil || broken {
		t.Errorf("an order that the shop does not know: %v", err)
	}
}

// TestUnreachable names a shop that does not run, and one that speaks another protocol.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	_, err = open(t, contract.Default("http://"+closed.Addr().String())).Checkout(t.Context(), order)
	expectBroken(t, err, "checkout of order o-1 (POST /tapmock/checkout)", "nothing listens there", "is the shop running")

	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	go func() {
		for {
			c, err := other.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("SSH-2.0-OpenSSH\r\n"))
			c.Close()
		}
	}()
	_, err = open(t, contract.Default("http://"+other.Addr().String())).Checkout(t.Context(), order)
	expectBroken(t, err, "checkout of order o-1 (POST /tapmock/checkout)")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open(t, serve(t, http.NotFound)).State(ctx, "o-1"); !errors.Is(err, context.Canceled) {
		t.Errorf("a check that was interrupted: %v", err)
	}
}

// TestProbe finds out which optional calls a shop has.
func TestProbe(t *testing.T) {
	t.Parallel()
	s := open(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/tapmock/reconcile":
			w.WriteHeader(http.StatusNoContent)
		case "/tapmock/refund":
			panic(http.ErrAbortHandler)
		case "/tapmock/authorize":
			says(200, "text/html; charset=utf-8", "<title>Shop</title>")(w, r)
		case "/tapmock/capture":
			w.WriteHeader(http.StatusMethodNotAllowed)
		default:
			http.NotFound(w, r)
		}
	}))
	if err := s.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	for method, want := range map[string]bool{"Reconcile": true, "Refund": true, "Authorize": false, "Capture": false, "Void": false, "Checkout": true, "Nothing": false} {
		if s.Has(method) != want {
			t.Errorf("Has(%s) is %t", method, !want)
		}
	}
}

// TestOtherCalls sends what the optional calls say.
func TestOtherCalls(t *testing.T) {
	t.Parallel()
	var got []string
	s := open(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 200)
		n, _ := r.Body.Read(body)
		got = append(got, r.Method+" "+r.URL.Path+" "+string(body[:n]))
		if r.URL.Path == "/tapmock/void" {
			w.WriteHeader(http.StatusConflict)
		}
	}))
	for _, err := range []error{s.Reconcile(t.Context()), s.Refund(t.Context(), "o-1", "0.500"), s.Capture(t.Context(), "o-1", "1.000")} {
		if err != nil {
			t.Error(err)
		}
	}
	if err := s.Void(t.Context(), "o-1"); err == nil || err.Error() != "HTTP 409, without a body" {
		t.Error(err)
	}
	want := `POST /tapmock/reconcile {}|POST /tapmock/refund {"amount":"0.500","order":"o-1"}|POST /tapmock/capture {"amount":"1.000","order":"o-1"}|POST /tapmock/void {"order":"o-1"}`
	if text := strings.Join(got, "|"); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}
