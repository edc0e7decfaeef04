package mockserver_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// between returns the text between two marks.
func between(text []byte, before, after string) string {
	_, rest, _ := bytes.Cut(text, []byte(before))
	part, _, _ := bytes.Cut(rest, []byte(after))
	return string(part)
}

const formType = "application/x-www-form-urlencoded"

// payWhole is a whole payment on the mock: create, page link, page, submit, confirm screen, confirm (during which the webhook is
// sent), the merchant's page, retrieve.
func payWhole(create []byte, shop func(*line) *line, keep func(step string, body []byte)) work {
	return func(l *line, _ int64) error {
		if err := wantStatus(200, l, create); err != nil {
			return err
		}
		id, link := between(l.body, `"id":"`, `"`), between(l.body, `"url":"http://127.0.0.1`, `"`)
		keep("create", l.body)
		_, location, err := l.ask(raw("GET", link, formType, ""))
		if err != nil {
			return err
		}
		page := "/kpay/kpg/" + strings.TrimPrefix(location, "../../../kpay/kpg/")
		if err := wantStatus(200, l, raw("GET", page, formType, "")); err != nil {
			return err
		}
		keep("page", l.body)
		_, token, _ := strings.Cut(page, "&")
		submit := token + "&proceed=x&bank=" + url.QueryEscape(testBank) + "&dcprefix=888888&debitNumber=0000000001&debitMonth=9&debitYear=2030&cardPin=1234"
		if err := wantStatus(303, l, raw("POST", "/kpay/kpg/paymentrouter.htm", formType, submit)); err != nil {
			return err
		}
		if err := wantStatus(200, l, raw("GET", page, formType, "")); err != nil {
			return err
		}
		keep("confirm", l.body)
		if err := wantStatus(303, l, raw("POST", "/kpay/kpg/paymentrouter.htm", formType, token+"&confirm=x")); err != nil {
			return err
		}
		if err := wantStatus(200, shop(l), raw("GET", "/return?tap_id="+id, formType, "")); err != nil {
			return err
		}
		err = wantStatus(200, l, raw("GET", "/v2/charges/"+id, "application/json", ""))
		keep("retrieve", l.body)
		return err
	}
}

// bareWhole is the same payment in the seven exchanges that it needs at least, with fixed answers of the same sizes.
func bareWhole(create []byte, shop func(*line) *line) work {
	return func(l *line, _ int64) error {
		for _, step := range []struct {
			status  int
			l       *line
			request []byte
		}{
			{200, l, create},
			{200, l, raw("GET", "/page", formType, "")},
			{200, l, raw("POST", "/submit", formType, "x")},
			{303, l, raw("POST", "/confirm", formType, "x")},
			{200, shop(l), raw("GET", "/return?tap_id=chg", formType, "")},
			{200, l, raw("GET", "/v2/charges/chg", "application/json", "")},
		} {
			if err := wantStatus(step.status, step.l, step.request); err != nil {
				return err
			}
		}
		return nil
	}
}

// barePayments answers each step with kept bytes, and posts a webhook of fixed bytes before it redirects the payer to the merchant.
func barePayments(kept map[string][]byte, shop string) http.Handler {
	fixed := func(step string) http.HandlerFunc {
		body := bytes.Clone(kept[step])
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Write(body)
		}
	}
	transport := &http.Transport{MaxIdleConnsPerHost: -1}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/charges", fixed("create"))
	mux.HandleFunc("GET /page", fixed("page"))
	mux.HandleFunc("POST /submit", fixed("confirm"))
	mux.HandleFunc("GET /v2/charges/{id}", fixed("retrieve"))
	mux.HandleFunc("POST /confirm", func(w http.ResponseWriter, _ *http.Request) {
		req, _ := http.NewRequest("POST", shop+"/hook", bytes.NewReader(kept["retrieve"]))
		req.Close = true
		res, err := transport.RoundTrip(req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		res.Body.Close()
		w.Header().Set("Location", shop+"/return?tap_id=chg")
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusSeeOther)
	})
	return mux
}

// BenchmarkPayment measures whole payments over loopback. The mock needs nine requests, its bare twin seven.
func BenchmarkPayment(b *testing.B) {
	server, address := benchMock(b)
	merchant := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "0") }))
	b.Cleanup(merchant.Close)
	shops := map[*line]*line{}
	shop := func(l *line) *line { return shops[l] }
	create := raw("POST", "/v2/charges", "application/json", strings.ReplaceAll(benchBody, "https://shop.example", merchant.URL))

	kept := map[string][]byte{}
	first := dial(b, address)
	shops[first] = dial(b, merchant.URL)
	keep := func(step string, body []byte) { kept[step] = bytes.Clone(body) }
	if err := payWhole(create, shop, keep)(first, 0); err != nil {
		b.Fatal(err)
	}
	if !bytes.Contains(kept["retrieve"], []byte(`"status":"CAPTURED"`)) || !bytes.Contains(kept["retrieve"], []byte(`"post":{"status":"SUCCESS"`)) {
		b.Fatalf("the payment ended as %s", kept["retrieve"])
	}
	bare := httptest.NewServer(barePayments(kept, merchant.URL))
	b.Cleanup(bare.Close)
	compareWith(b, address, bare.URL, payWhole(create, shop, func(string, []byte) {}), bareWhole(create, shop), func() { expire(b, server) },
		func(l *line) { shops[l] = dial(b, merchant.URL) })
}

// BenchmarkPage compares the entry screen with a handler that writes the same bytes.
func BenchmarkPage(b *testing.B) {
	_, address := benchMock(b)
	l := dial(b, address)
	if err := wantStatus(200, l, raw("POST", "/v2/charges", "application/json", benchBody)); err != nil {
		b.Fatal(err)
	}
	_, location, err := l.ask(raw("GET", between(l.body, `"url":"http://127.0.0.1`, `"`), formType, ""))
	if err != nil {
		b.Fatal(err)
	}
	page := raw("GET", "/kpay/kpg/"+strings.TrimPrefix(location, "../../../kpay/kpg/"), formType, "")
	if err := wantStatus(200, l, page); err != nil {
		b.Fatal(err)
	}
	body := bytes.Clone(l.body)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body)
	}))
	b.Cleanup(bare.Close)
	get := func(l *line, _ int64) error { return wantStatus(200, l, page) }
	compare(b, address, bare.URL, get, get, func() {})
	b.ReportMetric(float64(len(body)), "bytes/page")
}
