package mockserver_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// refundRequest is a request for a refund of a charge whose webhook goes to the shop.
func (s *stage) refundRequest(charge string, fields map[string]any) string {
	all := map[string]any{"charge_id": charge, "amount": 2.345, "currency": "KWD", "reason": "requested_by_customer", "post": at("url", s.shop.url+"/refund-hook")}
	for k, v := range fields {
		if all[k] = v; v == nil {
			delete(all, k)
		}
	}
	b, _ := json.Marshal(all)
	return string(b)
}

// refunds asks for a refund, which must be made, and returns it.
func (s *stage) refunds(charge string, fields map[string]any) tap.Refund {
	s.t.Helper()
	return s.refundOf(s.call("POST", "/v2/refunds", s.refundRequest(charge, fields)))
}

func (s *stage) refundOf(a answer) (r tap.Refund) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(a.body), &r); err != nil || a.status != 200 {
		s.t.Fatalf("HTTP %d %s: %v", a.status, a.body, err)
	}
	return r
}

func (s *stage) getRefund(id string) tap.Refund {
	s.t.Helper()
	return s.refundOf(s.call("GET", "/v2/refunds/"+id, ""))
}

// refundSigned says whether a webhook has the signatures of a refund: the seven parts with the refund's own created.
func (s *stage) refundSigned(v visit) bool {
	var r tap.Refund
	json.Unmarshal([]byte(v.body), &r)
	amount, _ := tap.ParseNumber(string(r.Amount))
	want := tap.SignWebhook(s.key, tap.HashParts(r.ID, amount.Text(3), r.Currency, r.Reference.Gateway, r.Reference.Payment, string(r.Status), r.Created), []byte(v.body))
	return v.header.Get("hashstring") == want.HashString && v.header.Get("hash") == want.Hash
}

// TestRefund refunds a part of a charge: PENDING, after two seconds REFUNDED with a signed webhook; the charge stays CAPTURED.
func TestRefund(t *testing.T) {
	for _, style := range []string{"newest", "old"} {
		s := startStage(t, mockserver.Config{}, "refund_style="+style)
		charge := s.pays("", nil)
		created := s.call("POST", "/v2/refunds/", s.refundRequest(charge.ID, map[string]any{
			"metadata": at("udf1", "one"), "description": "A part", "reference": map[string]any{"merchant": "r-1", "idempotent": "i-1"}}))
		r := s.refundOf(created)
		if note := created.header.Get("X-Tapmock-Note"); note != "" {
			t.Errorf("the path with a slash has the note %q", note)
		}
		if len(s.shop.visits("/refund-hook")) != 0 || r.Status != tap.RefundPending || r.Response != (tap.Result{Code: "100", Message: "Pending"}) {
			t.Errorf("the refund begins as %s %v, with %d webhooks", r.Status, r.Response, len(s.shop.visits("/refund-hook")))
		}
		s.advance(1999 * time.Millisecond)
		if got := s.getRefund(r.ID); got.Status != tap.RefundPending {
			t.Errorf("after 1.999 s it is %s", got.Status)
		}
		s.advance(time.Millisecond)
		got := s.call("GET", "/v2/refunds/"+r.ID, "")
		hooks := s.shop.visits("/refund-hook")
		if len(hooks) != 1 || !s.refundSigned(hooks[0]) {
			t.Fatalf("%d webhooks: %+v", len(hooks), hooks)
		}
		if c := s.get(charge.ID); c.Status != tap.Captured || c.Amount != "12.345" {
			t.Errorf("the charge is %s with %s", c.Status, c.Amount)
		}
		j, err := s.control.Trace(t.Context(), charge.ID)
		if err != nil || strings.Contains(j.Text, r.ID) {
			t.Errorf("the trace of the charge: %v\n%s", err, j.Text)
		}
		var journal strings.Builder
		for _, e := range s.entries("") {
			if e.Object != nil && e.Object.Kind == tap.KindRefund {
				fmt.Fprintf(&journal, "%d by %d: %s %s %s\n", e.Seq, e.Cause, e.Event, e.Object.ID, e.Detail)
			}
		}
		s.golden("refund-"+style, fmt.Sprintf("-- create --\n%s\n-- get --\n%s\n-- webhook --\n%s\n-- journal --\n%s", created.body, got.body, hooks[0].body, journal.String()), s.shop.url)
	}
}

// TestRefundLogicV2 refunds in Tap's logic V2: ACCEPTED with the charge embedded, then REFUNDED or REJECTED with a signed webhook, which keeps its
// bytes when the charge changes later.
func TestRefundLogicV2(t *testing.T) {
	for _, end := range []tap.RefundStatus{tap.Refunded, tap.RefundRejected} {
		s := startStage(t, mockserver.Config{}, "refund_logic=v2", "refund_status="+string(end))
		charge := s.pays("", nil)
		s.call("PUT", "/v2/charges/"+charge.ID, `{"description": "before"}`)
		created := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, at("reference", at("idempotent", "1"))))
		r := s.refundOf(created)
		if r.Status != tap.RefundAccepted || r.Response != (tap.Result{Code: "101", Message: "Accepted"}) || r.Method != tap.MethodRefund || r.Charge == nil ||
			r.Charge.ID != charge.ID || r.Charge.Method != tap.MethodGet || r.Charge.Transaction.Date == nil || r.Charge.Reference.TraceID == "" || !strings.HasPrefix(r.Reference.Payment, "activity_") {
			t.Errorf("created: %s", created.body)
		}
		if again := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, map[string]any{"amount": 10.001})); end == tap.Refunded && code(again) != "1161" {
			t.Errorf("an accepted refund does not count: HTTP %d %s", again.status, again.body)
		}
		s.advance(2 * time.Second)
		got := s.call("GET", "/v2/refunds/"+r.ID, "")
		hooks := s.shop.visits("/refund-hook")
		if o := s.refundOf(got); o.Status != end || o.Charge == nil || len(hooks) != 1 || !s.refundSigned(hooks[0]) {
			t.Fatalf("%d webhooks, %s", len(hooks), got.body)
		}
		s.call("PUT", "/v2/charges/"+charge.ID, `{"description": "later"}`)
		list, err := s.control.Webhooks(t.Context(), r.ID)
		if err != nil || len(list) != 1 || list[0].Attempts[0].Body != hooks[0].body {
			t.Errorf("the webhook is shown with other bytes: %v", err)
		}
		if repeated := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, at("reference", at("idempotent", "1")))); repeated.body != created.body {
			t.Errorf("the repeated request got %s", repeated.body)
		}
		if left := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, at("amount", 12.345))); (left.status == 200) != (end == tap.RefundRejected) {
			t.Errorf("after %s the whole amount: HTTP %d", end, left.status)
		}
		csv := s.call("POST", "/v2/refunds/download", "{}")
		s.golden("refund-v2-"+strings.ToLower(string(end)), fmt.Sprintf("-- create --\n%s\n-- get --\n%s\n-- webhook --\n%s\n-- download --\n%s", created.body, got.body, hooks[0].body, csv.body), s.shop.url)
	}
}

// TestRefundAtOnceIsRepeated repeats a create call whose answer showed the end already: the original answer comes again.
func TestRefundAtOnceIsRepeated(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "refund_delay=0s")
	charge := s.pays("", nil)
	request := s.refundRequest(charge.ID, at("reference", at("idempotent", "1")))
	first := s.call("POST", "/v2/refunds", request)
	if again := s.call("POST", "/v2/refunds", request); again.body != first.body || s.refundOf(first).Status != tap.Refunded {
		t.Errorf("%s\nthen\n%s", first.body, again.body)
	}
}

// TestRefundErrors sends requests that Tap refuses; none of them makes a refund.
func TestRefundErrors(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	charge, open := s.pays("", nil), s.pays("payer/abandons", nil)
	var all strings.Builder
	for _, c := range []struct {
		name, charge string
		fields       map[string]any
	}{
		{"no charge_id", charge.ID, at("charge_id", nil)}, {"an unknown charge", "chg_TS07A0320241133g5RO1906000", nil}, {"a malformed charge", "86df", nil},
		{"a charge that is not captured", open.ID, nil}, {"no amount", charge.ID, at("amount", nil)}, {"zero", charge.ID, at("amount", 0)},
		{"negative", charge.ID, at("amount", -1)}, {"text", charge.ID, at("amount", "much")}, {"four decimals", charge.ID, at("amount", 1.2345)},
		{"more than there is", charge.ID, at("amount", 12.346)}, {"an unknown currency", charge.ID, at("currency", "KW")},
		{"another currency", charge.ID, map[string]any{"currency": "USD", "amount": 2.34}}, {"no reason", charge.ID, at("reason", nil)},
		{"a long reason", charge.ID, at("reason", strings.Repeat("x", 250))}, {"amount as a list", charge.ID, at("amount", []any{1})},
		{"post as text", charge.ID, at("post", "https://shop.example")}, {"a long value of metadata", charge.ID, at("metadata", at("a", strings.Repeat("x", 1000)))},
		{"an unknown scenario", charge.ID, at("metadata", at("tapmock_scenario", "refund/fialed"))},
		{"a scenario for charges", charge.ID, at("metadata", at("tapmock_scenario", "outcome/no-funds"))},
	} {
		a := s.call("POST", "/v2/refunds", s.refundRequest(c.charge, c.fields))
		fmt.Fprintf(&all, "%s: HTTP %d %s (%s)\n", c.name, a.status, strings.Join(strings.Fields(a.body), " "), a.header.Get("X-Tapmock-Note"))
	}
	for _, path := range []string{"", "/", "/list", "/rf_1", "/re_TS07A0320241133g5RO1906000"} {
		a := s.call("GET", "/v2/refunds"+path, "")
		fmt.Fprintf(&all, "GET %s: HTTP %d %s (%s)\n", path, a.status, strings.Join(strings.Fields(a.body), " "), a.header.Get("X-Tapmock-Note"))
	}
	s.golden("errors-refund", all.String(), s.shop.url)
	if n := len(s.entries("created")); n != 2 {
		t.Errorf("%d objects were created", n)
	}
	if r := s.refunds(charge.ID, at("amount", "12.345")); r.Amount != "12.345" {
		t.Errorf("the whole amount, as text, is %s", r.Amount)
	}
}

// TestRefundSum asks for 200 partial refunds of one charge at the same time: together they never pass its amount.
func TestRefundSum(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	charge := s.pays("", nil)
	var made, refused atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			a := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, at("amount", 0.1)))
			switch {
			case a.status == 200:
				made.Add(1)
			case a.status == 400 && strings.Contains(a.body, `"1161"`):
				refused.Add(1)
			default:
				t.Errorf("HTTP %d %s", a.status, a.body)
			}
		})
	}
	all.Wait()
	if made.Load() != 123 || refused.Load() != 77 {
		t.Errorf("%d refunds of 0.100 of 12.345 were made, %d refused", made.Load(), refused.Load())
	}
	if a := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, at("amount", 0.045))); a.status != 200 {
		t.Errorf("the rest: HTTP %d %s", a.status, a.body)
	}
	other := s.pays("", nil)
	for range 200 {
		s.refunds(other.ID, at("amount", 0.001))
	}
	if a := s.call("POST", "/v2/refunds", s.refundRequest(other.ID, at("amount", 0.001))); a.status != 503 || !strings.Contains(a.header.Get("X-Tapmock-Note"), "200 refunds") {
		t.Errorf("refund 201 of one charge: HTTP %d %s", a.status, a.body)
	}
}

// TestFailedRefundGivesBack fails a refund of the whole amount, so that another one is possible; a later result cannot take the sum twice.
func TestFailedRefundGivesBack(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	charge := s.pays("", nil)
	s.next("refund/failed-then-refunded")
	first := s.refunds(charge.ID, at("amount", 12.345))
	if a := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, nil)); a.status != 400 || !strings.Contains(a.body, "1161") {
		t.Errorf("beside a refund that is PENDING: HTTP %d %s", a.status, a.body)
	}
	s.advance(2 * time.Second)
	second := s.refunds(charge.ID, at("amount", 12.345))
	s.advance(10 * time.Minute)
	if got := s.getRefund(first.ID); got.Status != tap.RefundFailed {
		t.Errorf("the first is %s", got.Status)
	}
	if got := s.getRefund(second.ID); got.Status != tap.Refunded {
		t.Errorf("the second is %s", got.Status)
	}
	if refused := s.entries("change_refused"); len(refused) != 1 || refused[0].Object.ID != first.ID || !strings.Contains(refused[0].Detail, "only 0.000 KWD is left") {
		t.Errorf("the later result: %+v", refused)
	}
}

// TestRefundIdempotent repeats requests with one reference.idempotent: one refund, the original answer.
func TestRefundIdempotent(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	charge := s.pays("", map[string]any{"reference": map[string]any{"idempotent": "same", "order": "1"}}) // another kind has its own
	body := s.refundRequest(charge.ID, at("reference", at("idempotent", "same")))
	first := s.call("POST", "/v2/refunds", body)
	s.advance(time.Minute)
	for range 3 {
		if again := s.call("POST", "/v2/refunds", body); again.body != first.body {
			t.Errorf("again: %s\nfirst: %s", again.body, first.body)
		}
	}
	other := s.call("POST", "/v2/refunds", s.refundRequest(charge.ID, map[string]any{"reference": at("idempotent", "same"), "amount": 1}))
	if other.body != first.body || !strings.Contains(other.header.Get("X-Tapmock-Note"), "with another body") {
		t.Errorf("with another body: %s (%s)", other.body, other.header.Get("X-Tapmock-Note"))
	}
	s.advance(24 * time.Hour)
	if late := s.refundOf(s.call("POST", "/v2/refunds", body)); late.ID == s.refundOf(first).ID {
		t.Error("the reference is remembered for more than 24 hours")
	}
	var all sync.WaitGroup
	var ids sync.Map
	body = s.refundRequest(charge.ID, map[string]any{"reference": at("idempotent", "500 at once"), "amount": 1})
	for range 500 {
		all.Go(func() { ids.Store(s.refundOf(s.call("POST", "/v2/refunds", body)).ID, true) })
	}
	all.Wait()
	n := 0
	ids.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("500 equal requests made %d refunds", n)
	}
}

// TestRefundSettings checks that each end of a refund is one setting away, and that 0s ends it in the create call.
func TestRefundSettings(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "refund_delay=0s")
	charge := s.pays("", nil)
	for _, c := range []struct{ status, code string }{{"REFUNDED", "000"}, {"CANCELLED", "301"}, {"FAILED", "401"}, {"DECLINED", "501"}, {"RESTRICTED", "601"},
		{"TIMED_OUT", "701"}, {"UNKNOWN", "801"}} {
		if err := s.control.Set(t.Context(), map[string]string{"refund_status": c.status}); err != nil {
			t.Fatal(err)
		}
		r := s.refunds(charge.ID, at("amount", 1))
		if string(r.Status) != c.status || r.Response.Code != c.code || r.Date == "" {
			t.Errorf("refund_status=%s: %s %v, date %q", c.status, r.Status, r.Response, r.Date)
		}
	}
	s.awaitIdle()
	if hooks := s.shop.visits("/refund-hook"); len(hooks) != 7 {
		t.Errorf("%d webhooks of 7 refunds", len(hooks))
	}
}

// TestRefundScenario chooses scenarios for refunds in all ways; a scenario for the other kind stays in the queue.
func TestRefundScenario(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	charge := s.pays("", nil)
	s.next("outcome/no-funds") // for the next charge
	s.next("refund/declined")
	if r := s.refunds(charge.ID, at("amount", 1)); s.after(r.ID, 2*time.Second) != "DECLINED 502" {
		t.Errorf("from the queue: %s", s.after(r.ID, 0))
	}
	r := s.refunds(charge.ID, map[string]any{"amount": 1, "metadata": at("tapmock_scenario", "refund/failed + webhook/twice")})
	if s.after(r.ID, 2*time.Second) != "FAILED 401" {
		t.Errorf("from metadata: %s", s.after(r.ID, 0))
	}
	if hooks := s.shop.visits("/refund-hook"); len(hooks) != 3 || hooks[1].body != hooks[2].body {
		t.Errorf("%d webhooks, want one and two equal ones", len(hooks))
	}
	if err := s.control.SetDefaultScenario(t.Context(), "refund/pending-forever"); err != nil {
		t.Fatal(err)
	}
	if _, answer := s.ask("GET", "/default-scenario", ""); answer["scenario"] != "" || answer["refund_scenario"] != "refund/pending-forever" {
		t.Errorf("the default scenarios are %v", answer)
	}
	if r := s.refunds(charge.ID, at("amount", 1)); s.after(r.ID, time.Hour) != "PENDING 100" {
		t.Errorf("by default: %s", s.after(r.ID, 0))
	}
	if c := s.pays("", nil); s.get(c.ID).Status != tap.Failed {
		t.Errorf("the queued scenario for a charge led to %s", s.get(c.ID).Status)
	}
}

// after advances the clock and returns the refund's status and code.
func (s *stage) after(id string, d time.Duration) string {
	s.t.Helper()
	s.advance(d)
	r := s.getRefund(id)
	return string(r.Status) + " " + r.Response.Code
}

// TestRefundGate lets the result of a refund and its webhook wait at gates, and a GET show an earlier state.
func TestRefundGate(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	err := s.control.PutScenarios(t.Context(), `
scenarios:
  - name: shop/gated
    description: The result waits, then its webhook.
    object: refund
    match: {amount: 1}
    refund: {gate: before-refund}
    callbacks: [webhook: {at: settled, gate: before-hook}]
    api: [{on: refund.get, calls: 1, fault: stale}]
`)
	if err != nil {
		t.Fatal(err)
	}
	charge := s.pays("", nil)
	r := s.refunds(charge.ID, at("amount", 1))
	if got := s.after(r.ID, time.Hour); got != "PENDING 100" {
		t.Errorf("at the gate it is %s", got)
	}
	if n, err := s.control.Release(t.Context(), "before-refund", charge.ID); n != 1 || err != nil {
		t.Fatalf("%d effects were released, %v", n, err)
	}
	if got := s.after(r.ID, 0); got != "PENDING 100" {
		t.Errorf("the stale GET says %s", got)
	}
	if got := s.after(r.ID, 0); got != "REFUNDED 000" || len(s.shop.visits("/refund-hook")) != 0 {
		t.Errorf("then %s, with %d webhooks", got, len(s.shop.visits("/refund-hook")))
	}
	s.control.Release(t.Context(), "before-hook", "")
	s.awaitIdle()
	if len(s.shop.visits("/refund-hook")) != 1 {
		t.Errorf("%d webhooks", len(s.shop.visits("/refund-hook")))
	}
}

// TestRefundGoesWithItsCharge evicts a charge with its refund: the webhook's bytes cannot be shown any more, which is an error.
func TestRefundGoesWithItsCharge(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 2}}, "refund_delay=0s")
	charge := s.pays("", nil)
	r := s.refunds(charge.ID, nil)
	s.awaitIdle()
	w, err := s.control.Webhooks(t.Context(), r.ID)
	if err != nil || len(w) != 1 || !strings.Contains(w[0].Attempts[0].Body, r.ID) {
		t.Fatalf("%+v, %v", w, err)
	}
	for range 3 {
		s.pays("", nil)
	}
	if a := s.call("GET", "/v2/refunds/"+r.ID, ""); a.status != 400 || !strings.Contains(a.body, "1160") {
		t.Errorf("the evicted refund: HTTP %d %s", a.status, a.body)
	}
	for _, e := range s.entries("settled") {
		if e.Object.ID == r.ID && e.Detail != "the refund was evicted" {
			t.Errorf("its entry says %q", e.Detail)
		}
	}
	if _, err := s.control.Webhooks(t.Context(), r.ID); err == nil || !strings.Contains(err.Error(), "evicted") {
		t.Errorf("its webhooks: %v", err)
	}
}

// recordRefund runs a scenario for refunds from a captured charge to the end of the third day, and returns what the merchant received. The
// merchant repeats its request with the same reference.idempotent until there is an answer.
func (s *stage) recordRefund(name string) string {
	s.t.Helper()
	charge := s.pays("", nil)
	if err := s.control.SetDefaultScenario(s.t.Context(), name); err != nil {
		s.t.Fatal(err)
	}
	var b strings.Builder
	var r tap.Refund
	for try := 1; try <= 5 && r.ID == ""; try++ {
		a := s.patientCall("POST", "/v2/refunds", s.refundRequest(charge.ID, at("reference", at("idempotent", "1"))))
		if json.Unmarshal([]byte(a.body), &r) != nil {
			fmt.Fprintf(&b, "create %d: HTTP %d %s\n", try, a.status, a.body)
			continue
		}
		fmt.Fprintf(&b, "create %d: %s %s\n", try, r.Status, r.Response.Code)
	}
	for _, d := range []time.Duration{0, 2 * time.Second, time.Minute, 75 * time.Hour} {
		fmt.Fprintf(&b, "GET %s later: %s\n", d, s.after(r.ID, d))
	}
	for _, v := range s.shop.visits("/refund-hook") {
		var sent tap.Refund
		json.Unmarshal([]byte(v.body), &sent)
		fmt.Fprintf(&b, "%10s  webhook  %s %s, signed %t\n", v.at, sent.Status, sent.Response.Code, s.refundSigned(v))
	}
	return b.String()
}

func (s *stage) decodeInto(a answer, to any) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(a.body), to); err != nil || a.status != 200 {
		s.t.Fatalf("HTTP %d %s: %v", a.status, a.body, err)
	}
}

// TestRefundsNeverPassTheCapture makes random calls from many clients, with scenarios that fail, succeed late and update, while the clock
// moves: at every look what is refunded, or may be, is at most what was captured.
func TestRefundsNeverPassTheCapture(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	charge := s.pays("", nil)
	var clients, looks sync.WaitGroup
	over := make(chan struct{})
	looks.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
				s.held(charge.ID)
			}
		}
	})
	for client := range 8 {
		clients.Go(func() { s.refundsAtRandom(charge.ID, client) })
	}
	clients.Wait()
	s.advance(time.Hour)
	rest := 12_345 - s.held(charge.ID)
	if rest > 6_000 {
		t.Errorf("%s was not refunded: the calls did not compete", rest)
	}
	late := s.refunds(charge.ID, map[string]any{"amount": rest.Text(3), "metadata": at("tapmock_scenario", "refund/failed-then-refunded")})
	s.advance(2 * time.Second)
	s.refunds(charge.ID, at("amount", rest.Text(3)))
	s.advance(time.Hour)
	close(over)
	looks.Wait()
	if held := s.held(charge.ID); held != 12_345 || s.getRefund(late.ID).Status != tap.RefundFailed {
		t.Errorf("%s is refunded, the late refund is %s", held, s.getRefund(late.ID).Status)
	}
}

// held is what is refunded of a charge of 12.345, or may be.
func (s *stage) held(charge string) (sum tap.Amount) {
	all, err := s.control.Refunds(s.t.Context(), charge)
	if err != nil {
		s.t.Error(err)
	}
	for _, r := range all {
		if amount, err := tap.ParseAmount(r.Amount); r.Status.Holds() && err == nil {
			sum += amount
		}
	}
	if sum > 12_345 {
		s.t.Errorf("%s of 12.345 is refunded or pending", sum)
	}
	return sum
}

// refundsAtRandom is one of several clients: it asks for refunds of even thousandths, so that something is left of 12.345, repeats some
// requests, updates some refunds, and moves the clock.
func (s *stage) refundsAtRandom(charge string, client int) {
	names := []string{"", "refund/failed", "refund/declined", "refund/failed-then-refunded", "refund/at-once", "refund/create-lost"}
	draw := rand.New(rand.NewPCG(1, uint64(client)))
	for n := range 25 {
		fields := map[string]any{"amount": fmt.Sprintf("%d.%03d", draw.IntN(4), 2+2*draw.IntN(499)), "reference": at("idempotent", fmt.Sprint(client, "-", n/2))}
		if name := names[draw.IntN(len(names))]; name != "" {
			fields["metadata"] = at("tapmock_scenario", name)
		}
		a := s.call("POST", "/v2/refunds", s.refundRequest(charge, fields))
		var r tap.Refund
		if json.Unmarshal([]byte(a.body), &r); r.ID != "" && draw.IntN(2) == 0 {
			s.call("PUT", "/v2/refunds/"+r.ID, `{"metadata":{"n":"`+fmt.Sprint(n)+`"}}`)
		}
		if draw.IntN(3) == 0 {
			s.control.Advance(s.t.Context(), time.Duration(draw.IntN(90))*time.Second) // busy is an answer too
		}
	}
}
