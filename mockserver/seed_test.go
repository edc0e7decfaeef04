package mockserver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// pagesOf reads all pages of a list: each request begins after the last id of the one before.
func pagesOf[T any](s *stage, path, filter string, page func(answer) (some []T, more bool), id func(T) string) (all []T) {
	s.t.Helper()
	for after := ""; ; {
		a := s.call("POST", path, fmt.Sprintf(`{"limit":50,"starting_after":%q%s}`, after, filter))
		some, more := page(a)
		if a.status != 200 || more && len(some) == 0 {
			s.t.Fatalf("%s: HTTP %d %s", path, a.status, a.body)
		}
		if all = append(all, some...); !more {
			return all
		}
		after = id(some[len(some)-1])
	}
}

func (s *stage) chargesOf(filter string) []tap.Charge {
	return pagesOf(s, "/v2/charges/list", filter, func(a answer) ([]tap.Charge, bool) {
		var l tap.ChargeList
		s.decodeInto(a, &l)
		return l.Charges, l.HasMore
	}, func(c tap.Charge) string { return c.ID })
}

func (s *stage) refundsOf() []tap.Refund {
	return pagesOf(s, "/v2/refunds/list", "", func(a answer) ([]tap.Refund, bool) {
		var l tap.RefundList
		s.decodeInto(a, &l)
		return l.Refunds, l.HasMore
	}, func(r tap.Refund) string { return r.ID })
}

// amountOf is an amount of the API in fils.
func amountOf(t *testing.T, n tap.Number) tap.Amount {
	t.Helper()
	a, err := tap.ParseNumber(string(n))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestReconciliation is the nightly job of a merchant over a history: charges, refunds and payouts, all read through lists, balance to the fils, as
// a whole and for each payout.
func TestReconciliation(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	done, err := s.control.Seed(t.Context(), control.History{Charges: 1200, Days: 40, Seed: 7})
	if err != nil || done.Charges != 1200 || done.Refunds < 10 {
		t.Fatalf("%+v %v", done, err)
	}
	s.advance(72 * time.Hour) // the last payouts
	days := map[time.Time]tap.Amount{}
	var captured, refunded tap.Amount
	for _, c := range s.chargesOf(`,"status":"CAPTURED"`) {
		captured += amountOf(t, c.Amount)
	}
	for _, r := range s.refundsOf() {
		if r.Status == tap.Refunded {
			refunded += amountOf(t, r.Amount)
			days[tap.Day(time.UnixMilli(r.Transaction.Date.Completed))] += amountOf(t, r.Amount)
		}
	}
	if captured.Text(3) != done.Captured || refunded.Text(3) != done.Refunded {
		t.Errorf("captured %s, refunded %s, %+v", captured, refunded, done)
	}
	var l tap.PayoutList
	s.decodeInto(s.call("POST", "/v2/payouts/list", `{"limit":50}`), &l)
	if l.HasMore || len(l.Payouts) < 38 {
		t.Fatalf("%d payouts, more %t", len(l.Payouts), l.HasMore)
	}
	var paid tap.Amount
	for _, p := range l.Payouts {
		paid += amountOf(t, p.Amount)
		day := tap.Day(time.UnixMilli(p.Date).Add(-48 * time.Hour))
		sum := -days[day]
		for _, c := range s.chargesOf(fmt.Sprintf(`,"payouts":{"payout_id":[%q]}`, p.ID)) {
			sum += amountOf(t, c.Amount)
		}
		if sum != amountOf(t, p.Amount) || p.Status != tap.PayoutPaidOut {
			t.Errorf("payout %s of %s: %s, its charges less refunds are %s", p.ID, day, p.Amount, sum)
		}
	}
	if paid != captured-refunded {
		t.Errorf("paid out %s, captured %s less refunded %s", paid, captured, refunded)
	}
}

// TestSeedCall makes mistakes, and sees that a history has one entry in the journal and that no webhook is sent.
func TestSeedCall(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 100}})
	for body, want := range map[string]string{`{}`: "400 bad_request 0 charges over 90 days", `{"charges":101}`: "400 bad_request 101 charges do not fit the limit charges=100", `{"charges":-1}`: "400 bad_request",
		`{"charges":1,"days":4000}`: "400 bad_request", `{"charges":"x"}`: "400 bad_request", `{"days":"90"}`: "400 bad_request", `{"chargs":5}`: "400 bad_request"} {
		a := s.call("POST", control.Prefix+"/seed", body)
		if got := fmt.Sprintf("%d %s", a.status, strings.Join(strings.Fields(a.body), " ")); !strings.Contains(strings.NewReplacer(`{ "error": { "code": "`, "", `", "message": "`, " ").Replace(got), want) {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	if _, err := s.control.Seed(t.Context(), control.History{Charges: 100}); err != nil {
		t.Fatal(err)
	}
	s.advance(time.Hour)
	if n := len(s.entries("")); n != len(s.entries(tap.EventSeeded))+len(s.entries(tap.EventExpired)) || len(s.entries(tap.EventSeeded)) != 1 || len(s.shop.visits("/hook")) != 0 {
		t.Errorf("the journal has %d entries", n)
	}
	if a := s.call("POST", control.Prefix+"/seed", `{"charges":1}`); a.status != 409 || !strings.Contains(a.body, "not_empty") {
		t.Errorf("seeded twice: HTTP %d %s", a.status, a.body)
	}
	for _, c := range s.chargesOf("") {
		if c.Transaction.URL != "" && !strings.HasPrefix(c.Transaction.URL, s.url+"/") {
			t.Errorf("the page link %s", c.Transaction.URL)
		}
	}
	if n := len(s.chargesOf("")); n != 100 {
		t.Errorf("%d charges", n)
	}
}
