package contract_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit/verdict/contract"
)

// mapped is a check.yaml of a shop that has pages of its own.
const mapped = `
app: http://127.0.0.1:8000
checkout:
  request: POST /orders
  headers: {X-Token: "${CONTRACT_TEST_TOKEN}", Accept: text/html}
  form: {ref: "{order}", total: "{amount}", fils: "{amount_fils}", mail: "{email}"}
  pay_url: header Location
order:
  request: GET /api/orders/{order}
  state: $.data.orders[0].status
  paid: [completed, processing]
  amount: $.data.orders[0].total
  fulfilled: /credited (\d+) times/
refund:
  request: POST /api/orders/{order}/refunds
  json: {amount: "{amount}", lines: [{note: "for {order}"}], notify: false}
`

// TestMapping maps the contract onto the pages that a shop has already.
func TestMapping(t *testing.T) {
	t.Setenv("CONTRACT_TEST_TOKEN", "secret")
	var refund string
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("total") != "12.345" || r.FormValue("fils") != "12345" || r.FormValue("mail") != "test@example.com" || r.Header.Get("X-Token") != "secret" {
			t.Errorf("%v %v", r.Form, r.Header)
		}
		http.Redirect(w, r, "http://127.0.0.1:8080/pay?a=1&b=2", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /api/orders/o/1", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"data": {"orders": [{"status": "processing", "total": "12.345", "note": "credited 3 times"}]}}`))
	})
	mux.HandleFunc("POST /api/orders/o/1/refunds", func(_ http.ResponseWriter, r *http.Request) {
		text := make([]byte, 200)
		n, _ := r.Body.Read(text)
		refund = string(text[:n])
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c, err := contract.Parse("check.yaml", []byte(mapped), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s, odd := open(t, c), order
	odd.ID = "o/1"
	if page, err := s.Checkout(t.Context(), odd); page != "http://127.0.0.1:8080/pay?a=1&b=2" || err != nil {
		t.Errorf("%q %v", page, err)
	}
	if state, err := s.State(t.Context(), "o/1"); err == nil {
		t.Errorf("the id in the path is not escaped: %+v", state)
	}
	if err := s.Refund(t.Context(), "o/1", "1.000"); err == nil || refund != "" {
		t.Errorf("%v %s", err, refund)
	}
}

// TestCommands makes the calls by programs.
func TestCommands(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	c, err := contract.Parse("check.yaml", []byte(`
checkout: {command: [sh, -c, 'echo "pay at http://127.0.0.1:8080/$1/$2"', sh, "{order}", "{amount}"], pay_url: '/pay at (\S+)/'}
order: {command: [sh, -c, 'echo status=done', sh, "{order}"], state: '/status=(\w+)/', paid: [done]}
reconcile: {command: [sh, -c, 'echo no database >&2; exit 3']}
`), "")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, c)
	if page, err := s.Checkout(t.Context(), order); page != "http://127.0.0.1:8080/o-1/12.345" || err != nil {
		t.Errorf("%q %v", page, err)
	}
	if state, err := s.State(t.Context(), "o-1"); !state.Paid || state.Fulfilled != 1 || err != nil {
		t.Errorf("%+v %v", state, err)
	}
	if err := s.Reconcile(t.Context()); err == nil || err.Error() != "exit code 3: no database" {
		t.Error(err)
	}
	if s.Has("Refund") || !s.Has("Reconcile") {
		t.Error("Has")
	}
	c.Checkout.Command = []string{"/no/such/program"}
	_, err = open(t, c).Checkout(t.Context(), order)
	expectBroken(t, err, "checkout of order o-1 (/no/such/program)", "no such file")
}

// TestParse refuses what is wrong in a check.yaml, and names the place.
func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ap: http://127.0.0.1:1":                  "check.yaml:1: there is no key \"ap\", did you mean app?",
		"checkout:\n  requst: GET /":              "check.yaml:2: there is no key \"requst\", did you mean request?",
		"checkout:\n  zzzzzzzz: GET /":            "check.yaml:2: there is no key \"zzzzzzzz\"; the keys here are request, headers",
		"app: [1]":                                "check.yaml:1: cannot read a list as text",
		"timeout: soon":                           "as a duration such as 5s",
		"checkout: yes":                           "check.yaml:1: a mapping is wanted here, with the keys request",
		"app: a\napp: b":                          "check.yaml:2: the key app is here for the second time",
		"app: {":                                  "check.yaml:",
		"checkout: {request: GET /x, pay_url: $}": "checkout and order are needed",
		order1 + "checkout: {request: GET, pay_url: $.a}":                                            `checkout: request "GET": write a method and a path`,
		order1 + "checkout: {pay_url: $.a}":                                                          "checkout: write either a request",
		order1 + "checkout: {request: GET /x}":                                                       "checkout: pay_url is missing",
		order1 + "checkout: {request: GET /x, pay_url: data.url}":                                    `checkout: "data.url" is not a place in an answer`,
		order1 + "checkout: {request: GET /x, pay_url: '/(/'}":                                       "is not a regular expression",
		order1 + "checkout: {request: GET /x, pay_url: $.a..b}":                                      "a key is missing",
		order1 + "checkout: {request: GET /x, pay_url: $.a, state: $.b}":                             "checkout: state is read from the answer of order only",
		order1 + "checkout: {request: GET /x, pay_url: $.a, json: {}, form: {}}":                     "either json or form",
		order1 + "checkout: {request: GET /x, pay_url: $.a}\nvoid: {request: GET /}":                 "belong together",
		order1 + "checkout: {request: GET /x, pay_url: $.a}\nrefund: {request: GET /, pay_url: $.a}": "refund: pay_url is read",
	} {
		if _, err := contract.Parse("check.yaml", []byte(text), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n  got  %v\n  want %s", text, err, want)
		}
	}
	noApp := strings.Replace(order1, "app: http://127.0.0.1:8000\n", "", 1) + "checkout: {request: GET /x, pay_url: $.a}"
	if _, err := contract.Parse("check.yaml", []byte(noApp), ""); err == nil || !strings.Contains(err.Error(), "has a path only") {
		t.Error(err)
	}
	if c, err := contract.Parse("check.yaml", []byte("app: http://127.0.0.1:8000\ntimeout: 3s"), ""); err != nil || c.Checkout.Request != "POST /tapmock/checkout" || c.Timeout.Seconds() != 3 {
		t.Errorf("%+v %v", c, err)
	}
}

const order1 = "app: http://127.0.0.1:8000\norder: {request: GET /o, state: $.s, paid: [p]}\n"

// TestHosts refuses a shop that may be in production.
func TestHosts(t *testing.T) {
	t.Parallel()
	for host, fine := range map[string]bool{
		"127.0.0.1": true, "::1": true, "10.1.2.3": true, "192.168.0.9": true, "172.16.4.4": true, "localhost": true, "shop": true, "shop.test": true, "a.b.local": true,
		"shop.localhost": true, "host.docker.internal": true, "staging.shop.com": true, "STAGING.shop.com.": true,
		"shop.com": false, "api.tap.company": false, "8.8.8.8": false, "2001:db8::1": false, "shop.test.com": false, "www.staging.shop.com": false,
	} {
		if err := contract.CheckHost(host, []string{"staging.shop.com"}); (err == nil) != fine {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, address := range []string{"https://shop.com", "ftp://127.0.0.1", "127.0.0.1:80", "http://", "://"} {
		if _, err := contract.New(contract.Default(address), contract.Options{}); err == nil {
			t.Errorf("%s is accepted", address)
		}
	}
	c := contract.Default("http://127.0.0.1:1")
	c.Checkout.Request = "POST https://shop.com/checkout"
	if _, err := contract.New(c, contract.Options{}); err == nil || !strings.Contains(err.Error(), "shop.com may be a shop in production") {
		t.Errorf("a whole address elsewhere: %v", err)
	}
}

// FuzzParse reads any text as a check.yaml without a panic.
func FuzzParse(f *testing.F) {
	f.Add(mapped)
	f.Add(order1 + "checkout: {request: GET /x, pay_url: $.a[0]}")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := contract.Parse("check.yaml", []byte(text), "")
		if err == nil {
			_, _ = contract.New(c, contract.Options{})
		}
	})
}
