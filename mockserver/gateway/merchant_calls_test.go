package gateway_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestReturnParameters opens the merchant's address with the parameters that the scenario wants.
func TestReturnParameters(t *testing.T) {
	for lines, check := range map[string]func(own, other string, q url.Values) bool{
		"return: {}": func(own, _ string, q url.Values) bool { return q.Get("tap_id") == own && len(q) == 1 },
		"return: {tap_id: own, query: {b: x y, a: '1'}}": func(own, _ string, q url.Values) bool {
			return q.Get("tap_id") == own && q.Get("a") == "1" && q.Get("b") == "x y"
		},
		"return: {tap_id: none, query: {a: '1'}}": func(_, _ string, q url.Values) bool { return !q.Has("tap_id") && q.Get("a") == "1" },
		"return: {tap_id: another}":               func(_, other string, q url.Values) bool { return q.Get("tap_id") == other },
		"return: {tap_id: unknown}": func(own, other string, q url.Values) bool {
			id := q.Get("tap_id")
			return strings.HasPrefix(id, "chg_") && id != own && id != other
		},
	} {
		var returns []string
		g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Visit: visited(&returns)})
		a := account(t, g, "sk_test_a")
		other := create(t, a)
		c := createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: ["+lines+"]")
		advance(t, a, time.Minute)
		if len(returns) != 1 {
			t.Errorf("%s: the returns are %q", lines, returns)
			continue
		}
		u, err := url.Parse(returns[0])
		if err != nil || u.Host != "shop.example" || !check(c.ID, other.ID, u.Query()) {
			t.Errorf("%s: the payer returns to %s: %v", lines, returns[0], err)
		}
	}
}

// TestAnotherCharge names another charge of the account in tap_id: the latest captured one, else the latest, else an unknown one.
func TestAnotherCharge(t *testing.T) {
	for name, test := range map[string]struct {
		paid []bool // of the charges before
		want int    // index, -1: unknown
	}{
		"none": {nil, -1}, "unpaid": {[]bool{false, false}, 1}, "one paid": {[]bool{false, true, false}, 1}, "two paid": {[]bool{true, true, false}, 1},
		"the first is paid": {[]bool{true, false}, 0},
	} {
		var returns []string
		g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Visit: visited(&returns)})
		a := account(t, g, "sk_test_a")
		var ids []string
		for _, paid := range test.paid {
			c := create(t, a)
			ids = append(ids, c.ID)
			if paid {
				pay(t, g, c)
			}
		}
		c := createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [return: {tap_id: another}]")
		advance(t, a, time.Minute)
		_, id, _ := strings.Cut(strings.Join(returns, " "), "tap_id=")
		if id == c.ID || slices.Index(ids, id) != test.want {
			t.Errorf("%s: tap_id names %s of %v", name, id, ids)
		}
	}
}

// TestReturnData adds 32 hex digits to the address under the setting return_data, the same at each return of a person.
func TestReturnData(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	setting(t, a, "return_data", "true")
	c := create(t, a)
	p := submit(t, g, c)
	first, _ := p.Confirm(t.Context(), "")
	again, _ := p.Confirm(t.Context(), "")
	u, err := url.Parse(first)
	if data := u.Query().Get("data"); err != nil || len(data) != 32 || data != strings.ToUpper(data) || first != again || u.Query().Get("tap_id") != c.ID {
		t.Errorf("the payer is sent to %q and %q: %v", first, again, err)
	}
}

// TestReturnIsDescribed journals where the payer is sent, without the merchant's own query.
func TestReturnIsDescribed(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	for address, want := range map[string]string{
		"https://shop.example/return":           "to https://shop.example/return?tap_id=",
		"https://shop.example/return?secret=1":  "to https://shop.example/return?…&tap_id=",
		"https://shop.example/return#?secret=1": "to https://shop.example/return?tap_id=",
	} {
		c := requested(t, a, func(req *tap.PaymentRequest) { req.RedirectURL = address })
		pay(t, g, c)
		if got := details(a, tap.EventReturned); got[len(got)-1] != want+c.ID {
			t.Errorf("%s: the journal has %q, want %q", address, got[len(got)-1], want+c.ID)
		}
	}
}

// TestCopies opens the merchant's address and sends webhooks in copies, one after another or concurrently; a retry has one copy.
func TestCopies(t *testing.T) {
	for _, concurrent := range []string{"false", "true"} {
		var returns []string
		var copies []int
		visits := make(chan string, 9)
		cfg := gateway.Config{Now: fixed,
			Visit: func(_ context.Context, address string) gateway.Attempt {
				visits <- address
				return gateway.Attempt{Status: 200}
			},
			Send: func(context.Context, gateway.Delivery) gateway.Attempt {
				copies = append(copies, 1)
				return gateway.Attempt{Status: 500}
			},
			SendConcurrently: func(_ context.Context, _ gateway.Delivery, n int) []gateway.Attempt {
				copies = append(copies, n)
				return slices.Repeat([]gateway.Attempt{{Status: 500}}, n)
			}}
		a := account(t, startGateway(t, cfg), "sk_test_a")
		createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [webhook: {copies: 3, concurrent: "+concurrent+", retries: 1s}, return: {copies: 2, concurrent: "+concurrent+"}]")
		advance(t, a, time.Minute)
		for len(visits) > 0 {
			returns = append(returns, <-visits)
		}
		want := map[string][]int{"false": {1, 1, 1, 1}, "true": {3, 1}}[concurrent]
		if got := details(a, tap.EventWebhook); len(returns) != 2 || !slices.Equal(copies, want) || len(got) != 4 || !strings.HasPrefix(got[1], "attempt 1, copy 2 of 3, to ") || !strings.HasPrefix(got[3], "attempt 2, to ") {
			t.Errorf("concurrent %s: the webhooks are %v, %d returns: %q", concurrent, copies, len(returns), got)
		}
		if got := details(a, tap.EventReturned); len(got) != 2 || !strings.HasPrefix(got[0], "copy 1 of 2 to https://shop.example/return") || !strings.HasPrefix(got[1], "copy 2 of 2 to ") {
			t.Errorf("concurrent %s: the returns are %q", concurrent, got)
		}
	}
}

// TestFindings names what is assumed about the merchant's response, once for a charge.
func TestFindings(t *testing.T) {
	for _, test := range []struct {
		attempt gateway.Attempt
		lines   string
		want    []string // the beginnings
	}{
		{gateway.Attempt{Status: 200}, "webhook: {}", nil},
		{gateway.Attempt{Status: 201}, "webhook: {}", []string{"any 2xx is success"}},
		{gateway.Attempt{Status: 399}, "webhook: {retries: none}", []string{"any 2xx is success"}},
		{gateway.Attempt{Status: 400}, "webhook: {retries: none}", nil},
		{gateway.Attempt{Status: 500}, "webhook: {}", []string{"attempts are 1 s"}},
		{gateway.Attempt{Failure: "timeout"}, "webhook: {retries: none}", []string{"an attempt times out"}},
		{gateway.Attempt{Failure: "refused"}, "webhook: {retries: none}", nil},
	} {
		a := account(t, startGateway(t, gateway.Config{Now: fixed, Send: func(context.Context, gateway.Delivery) gateway.Attempt { return test.attempt }}), "sk_test_a")
		setting(t, a, "assumption_findings", "true")
		createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: ["+test.lines+"]")
		advance(t, a, time.Minute)
		got := details(a, tap.EventAssumption)
		if len(got) != len(test.want) || len(got) == 1 && !strings.HasPrefix(got[0], test.want[0]) || a.Overview().Findings != len(test.want) {
			t.Errorf("%+v: %q, want %q", test.attempt, got, test.want)
		}
	}
}

// TestPostStatus follows post.status over the attempts: a failed step of several webhooks does not undo a success.
func TestPostStatus(t *testing.T) {
	for lines, want := range map[string]tap.DeliveryStatus{
		"webhook: {retries: none}":    tap.DeliveryError,
		"webhook: {}":                 tap.DeliverySuccess,
		"webhook: {forge: wrong-key}": tap.DeliveryPending,
		"webhook: never":              tap.DeliveryPending,
		"webhook: {}, webhook: {at: webhook#1 + 1h, retries: none}":              tap.DeliverySuccess,
		"webhook: {}, webhook: {at: webhook#1 + 30s, replay: true, retries: 1s}": tap.DeliverySuccess,
	} {
		n := 0
		a := account(t, startGateway(t, gateway.Config{Now: fixed, Send: func(context.Context, gateway.Delivery) gateway.Attempt {
			if n++; n == 2 {
				return gateway.Attempt{Status: 200}
			}
			return gateway.Attempt{Status: 500}
		}}), "sk_test_a")
		c := createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: ["+lines+"]")
		advance(t, a, 2*time.Hour)
		got, _ := a.Charge(c.ID)
		if got.Post.Status() != want || (len(details(a, tap.EventGivenUp)) == 1) != (want == tap.DeliveryError) {
			t.Errorf("%s: post.status is %s, want %s: %q", lines, got.Post.Status(), want, details(a, tap.EventGivenUp))
		}
	}
}
