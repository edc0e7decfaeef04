package mockserver_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// homePayments is how many payments the account of BenchmarkHome has.
const homePayments = 10_000

// asBrowser is a request of a browser for a page.
func asBrowser(target string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n", target)
}

// BenchmarkHome compares the home page of an account with 10,000 payments with the entry screen of the payment page: x-of-bare is the rate of the home
// page in relation to that of the payment page, 0.5 or more is wanted.
func BenchmarkHome(b *testing.B) {
	_, address := benchMock(b)
	l := dial(b, address)
	create := raw("POST", "/v2/charges", "application/json", benchBody)
	for range homePayments {
		if err := wantStatus(200, l, create); err != nil {
			b.Fatal(err)
		}
	}
	_, location, err := l.ask(raw("GET", between(l.body, `"url":"http://127.0.0.1`, `"`), formType, ""))
	if err != nil {
		b.Fatal(err)
	}
	page := raw("GET", "/kpay/kpg/"+strings.TrimPrefix(location, "../../../kpay/kpg/"), formType, "")
	home := asBrowser("/")
	if err := wantStatus(200, l, home); err != nil { // the first one reads the templates
		b.Fatal(err)
	}
	size := len(l.body)
	get := func(request []byte) work {
		return func(l *line, _ int64) error { return wantStatus(200, l, request) }
	}
	compare(b, address, address, get(home), get(page), func() {})
	b.ReportMetric(float64(size), "bytes/home")
}

// viewer follows the home page as a browser does: it loads the page again after each event of the stream.
func viewer(b *testing.B, address string) {
	b.Helper()
	l := dial(b, address)
	res, err := http.Get(address + "/ui/events")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { res.Body.Close() })
	go func() {
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if lines.Text() == "event: moved" {
				if err := wantStatus(200, l, asBrowser("/")); err != nil {
					return
				}
			}
		}
	}()
}

// BenchmarkViewers compares the rate of creates while ten browsers show the list of payments with the rate without any: x-of-bare, 0.97 or more is
// wanted. The browsers' part of the work is done in the same process.
func BenchmarkViewers(b *testing.B) {
	seen, watched := benchMock(b)
	alone, address := benchMock(b)
	for range 10 {
		viewer(b, watched)
	}
	create := raw("POST", "/v2/charges", "application/json", benchBody)
	do := func(l *line, _ int64) error { return wantStatus(200, l, create) }
	compare(b, watched, address, do, do, func() { expire(b, seen); expire(b, alone) })
}
