package gateway_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// captured is an account with a captured charge of 12.345 KWD, on a clock that only a test moves. Without cfg.Send the merchant responds to
// webhooks with 200.
func captured(t *testing.T, cfg gateway.Config) (*gateway.Gateway, *gateway.Account, gateway.Payment) {
	t.Helper()
	if cfg.Now = fixed; cfg.Send == nil {
		cfg.Send = count(new(atomic.Int64))
	}
	g := startGateway(t, cfg)
	a := account(t, g, "sk_test_a")
	c := create(t, a)
	pay(t, g, c)
	advance(t, a, 0)
	return g, a, c
}

// tryRefund sends a request for a refund; scenario, unless it is "", are the lines of a scenario that it follows.
func tryRefund(t *testing.T, a *gateway.Account, req *tap.RefundRequest, scenario, body string) (gateway.RefundCreation, error) {
	t.Helper()
	if scenario != "" {
		set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: [{name: t/x, description: x, object: refund, "+scenario+"}]"))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.NextOf(set); err != nil {
			t.Fatal(err)
		}
	}
	begun, err := a.Begin(gateway.ForRefund(req), nil)
	if err != nil {
		t.Fatal(err)
	}
	begun.Commit()
	return a.CreateRefund(begun, req, []byte(body))
}

// refundOf is a request for a refund in KWD.
func refundOf(c gateway.Payment, amount tap.Amount) *tap.RefundRequest {
	return &tap.RefundRequest{ChargeID: c.ID, Amount: amount, Currency: "KWD", Reason: "requested_by_customer", PostURL: "https://shop.example/refund-hook"}
}

// refund makes a refund.
func refund(t *testing.T, a *gateway.Account, req *tap.RefundRequest, scenario string) gateway.Refund {
	t.Helper()
	made, err := tryRefund(t, a, req, scenario, "")
	if err != nil {
		t.Fatal(err)
	}
	return made.Refund.Refund
}

// retrieved is the status that a GET of the refund shows, with a ! if the call has a fault.
func retrieved(t *testing.T, a *gateway.Account, id string) string {
	t.Helper()
	r, f, err := a.RetrieveRefund(id)
	if err != nil {
		t.Fatal(err)
	}
	if f != nil {
		return string(r.Status) + "!"
	}
	return string(r.Status)
}

// TestRefundDelay completes refunds after the delay of the scenario, or else of the setting, and never before.
func TestRefundDelay(t *testing.T) {
	for _, test := range []struct {
		setting, scenario string
		want              [4]tap.RefundStatus // at once, after 1.999 s, after 2 s, after an hour
	}{
		{"2s", "", [4]tap.RefundStatus{tap.RefundPending, tap.RefundPending, tap.Refunded, tap.Refunded}},
		{"0s", "", [4]tap.RefundStatus{tap.Refunded, tap.Refunded, tap.Refunded, tap.Refunded}},
		{"0s", "refund: {delay: 2s}", [4]tap.RefundStatus{tap.RefundPending, tap.RefundPending, tap.Refunded, tap.Refunded}},
		{"2s", "refund: {delay: 1s}", [4]tap.RefundStatus{tap.RefundPending, tap.Refunded, tap.Refunded, tap.Refunded}},
		{"0s", "refund: {delay: forever}", [4]tap.RefundStatus{tap.RefundPending, tap.RefundPending, tap.RefundPending, tap.RefundPending}},
		{"0s", "refund: {gate: g}", [4]tap.RefundStatus{tap.RefundPending, tap.RefundPending, tap.RefundPending, tap.RefundPending}},
	} {
		_, a, c := captured(t, gateway.Config{})
		setting(t, a, "refund_delay", test.setting)
		r := refund(t, a, refundOf(c, 1000), test.scenario)
		got := [4]tap.RefundStatus{r.Status}
		for i, step := range []time.Duration{1999 * time.Millisecond, time.Millisecond, time.Hour} {
			advance(t, a, step)
			got[i+1] = tap.RefundStatus(retrieved(t, a, r.ID))
		}
		if got != test.want {
			t.Errorf("setting %s, scenario %q: %v, want %v", test.setting, test.scenario, got, test.want)
		}
	}
}

// TestRefundErrors asks for refunds that are not possible: each error has its reason, and no refund is made.
func TestRefundErrors(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	open := create(t, a)
	dollars := refundOf(c, 1000)
	dollars.Currency = "USD"
	for _, test := range []struct {
		req  *tap.RefundRequest
		want string
	}{
		{refundOf(open, 1000), "charge_id: the charge is INITIATED, only a captured one can be refunded"},
		{dollars, "currency: that of the charge is KWD"},
		{refundOf(c, 12346), "amount: 12.345 is left of the charge"},
		{refundOf(gateway.Payment{}, 1000), "this key's account has no such charge; each key is an account of its own"},
	} {
		if _, err := tryRefund(t, a, test.req, "", ""); err == nil || err.Error() != test.want {
			t.Errorf("refund of %d %s of %s: %v, want %q", test.req.Amount, test.req.Currency, test.req.ChargeID, err, test.want)
		}
	}
	if some, _ := a.Refunds("", 9); len(some) != 0 {
		t.Errorf("%d refunds were made", len(some))
	}
	_, _, err := a.RetrieveRefund("re_" + strings.Repeat("x", 99))
	if missing, ok := errors.AsType[*gateway.NoRefundError](err); !ok || !strings.HasPrefix(missing.Error(), `this key's account has no refund "re_xxx`) || len(missing.Error()) > 160 {
		t.Errorf("a GET of an unknown refund: %v", err)
	}
}

// TestLeftOfTheCharge gives back what a refund has taken once it certainly moved no money; one that is pending or unknown keeps it.
func TestLeftOfTheCharge(t *testing.T) {
	for status, want := range map[string]bool{"REFUNDED": false, "FAILED": true, "DECLINED": true, "UNKNOWN": false, "TIMED_OUT": false} {
		_, a, c := captured(t, gateway.Config{})
		refund(t, a, refundOf(c, 12000), "refund: {delay: 1m, status: "+status+"}")
		if _, err := tryRefund(t, a, refundOf(c, 346), "", ""); err == nil {
			t.Errorf("%s: more was refunded than the amount of the charge", status)
		}
		refund(t, a, refundOf(c, 300), "refund: {delay: forever}")
		advance(t, a, time.Minute)
		_, err := tryRefund(t, a, refundOf(c, 12045), "", "")
		if left, ok := errors.AsType[*gateway.RefundError](err); (err == nil) != want || !want && (!ok || left.Left != 45) {
			t.Errorf("%s: after the result, all but 0.300 is refunded: %v", status, err)
		}
		if _, err := tryRefund(t, a, refundOf(c, 46), "", ""); err == nil {
			t.Errorf("%s: 0.046 of 0.045 was refunded", status)
		}
	}
}

// TestLateRefundWithoutCover has a refund fail, another one take the whole amount, and the first one succeed later: that is refused.
func TestLateRefundWithoutCover(t *testing.T) {
	for _, test := range []struct {
		second tap.Amount
		want   string
	}{{12345, "FAILED"}, {11346, "FAILED"}, {11345, "REFUNDED"}} {
		_, a, c := captured(t, gateway.Config{})
		setting(t, a, "refund_delay", "0s")
		first := refund(t, a, refundOf(c, 1000), "refund: {status: FAILED, delay: 1s, later: {at: settled + 1m, status: REFUNDED}}")
		advance(t, a, time.Second)
		refund(t, a, refundOf(c, test.second), "")
		advance(t, a, time.Minute)
		if got := retrieved(t, a, first.ID); got != test.want {
			t.Errorf("after a second refund of %d the first one is %s, want %s", test.second, got, test.want)
		}
		refused := details(a, tap.EventChangeRefused)
		if (len(refused) == 1) != (test.want == "FAILED") || len(refused) == 1 && !strings.HasPrefix(refused[0], "it cannot become REFUNDED: only "+(12345-test.second).String()) {
			t.Errorf("after a second refund of %d the journal has %q", test.second, refused)
		}
	}
}

// TestReversedRefund has a refund fail after it succeeded although nothing is left of its charge.
func TestReversedRefund(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	r := refund(t, a, refundOf(c, 12345), "refund: {delay: 1s, later: {at: settled + 1m, status: FAILED}}")
	advance(t, a, time.Second)
	before := retrieved(t, a, r.ID)
	advance(t, a, time.Minute)
	if after := retrieved(t, a, r.ID); before != "REFUNDED" || after != "FAILED" {
		t.Errorf("the refund is %s, a minute later %s", before, after)
	}
	if got, want := details(a, tap.EventCorrected), []string{"REFUNDED → FAILED, 401 Failed"}; !slices.Equal(got, want) {
		t.Errorf("the journal has %q, want %q", got, want)
	}
}

// TestManyRefunds makes as many refunds of a charge as the mock keeps: one more is refused, one of another charge is not.
func TestManyRefunds(t *testing.T) {
	g, a, c := captured(t, gateway.Config{})
	other := create(t, a)
	pay(t, g, other)
	for range 200 {
		refund(t, a, refundOf(c, 1), "")
	}
	_, err := tryRefund(t, a, refundOf(c, 1), "", "")
	if full, ok := errors.AsType[*gateway.RefundError](err); !ok || !full.Full || !strings.HasPrefix(full.Error(), "the charge has 200 refunds, ") {
		t.Errorf("a refund beyond the maximum: %v", err)
	}
	refund(t, a, refundOf(other, 1), "")
	if some, more := a.Refunds(c.ID, 200); len(some) != 200 || more {
		t.Errorf("%d refunds of the charge, more %t", len(some), more)
	}
}

// TestRepeatedRefund sends a request with the same reference.idempotent again: it gets the original answer, for a day.
func TestRepeatedRefund(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	req := refundOf(c, 1000)
	req.Idempotent = "i-1"
	first, err := tryRefund(t, a, req, "", "{}")
	if err != nil || first.Repeated || first.OtherBody {
		t.Fatalf("the first request: %+v, %v", first, err)
	}
	advance(t, a, 24*time.Hour-time.Nanosecond)
	for body, other := range map[string]bool{"{}": false, "{ }": true} {
		again, err := tryRefund(t, a, req, "", body)
		if err != nil || again.Refund.ID != first.Refund.ID || !again.Repeated || again.OtherBody != other || again.Refund.Status != tap.RefundPending {
			t.Errorf("body %s: refund %s %s, repeated %t, other body %t: %v", body, again.Refund.ID, again.Refund.Status, again.Repeated, again.OtherBody, err)
		}
	}
	if got := details(a, tap.EventCreateRepeated); len(got) != 2 {
		t.Errorf("the journal has %q", got)
	}
	advance(t, a, time.Nanosecond)
	if later, err := tryRefund(t, a, req, "", "{}"); err != nil || later.Repeated || later.Refund.ID == first.Refund.ID {
		t.Errorf("a day later: %+v, %v", later, err)
	}
}

// TestRepeatedRefundUnderStrict refuses another body with the same reference.idempotent.
func TestRepeatedRefundUnderStrict(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	setting(t, a, "strict", "true")
	req := refundOf(c, 1000)
	req.Idempotent = "i-1"
	for i, test := range []struct {
		body string
		want error
	}{{"{}", nil}, {"{ }", gateway.ErrOtherBody}, {"{}", nil}} {
		if made, err := tryRefund(t, a, req, "", test.body); !errors.Is(err, test.want) || made.Repeated != (i == 2) || made.OtherBody {
			t.Errorf("request %d: repeated %t, %v", i+1, made.Repeated, err)
		}
	}
}

// TestRefundsWithoutIdempotent sends equal requests without a reference.idempotent: each makes a refund.
func TestRefundsWithoutIdempotent(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	if first, second := refund(t, a, refundOf(c, 1000), ""), refund(t, a, refundOf(c, 1000), ""); first.ID == second.ID || second.Ordinal != first.Ordinal+1 {
		t.Errorf("the refunds are %s, number %d, and %s, number %d", first.ID, first.Ordinal, second.ID, second.Ordinal)
	}
}

// TestRefundAcrossAReset resets the account between the beginning of the call and its end.
func TestRefundAcrossAReset(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	req := refundOf(c, 1000)
	begun, err := a.Begin(gateway.ForRefund(req), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.CreateRefund(begun, req, nil); !errors.Is(err, gateway.ErrReset) {
		t.Errorf("the error is %v", err)
	}
}

// TestRefusedRefundIsNotCounted refuses a request that follows a scenario of the queue: the scenario waits for the next refund.
func TestRefusedRefundIsNotCounted(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	if _, err := tryRefund(t, a, refundOf(c, 99999), "refund: {delay: forever}", ""); err == nil {
		t.Fatal("more was refunded than the amount of the charge")
	}
	if queue := a.Queue(); !slices.Equal(queue, []string{"t/x"}) {
		t.Errorf("the queue is %q", queue)
	}
}

// TestRefundsLeaveWithTheirCharge evicts a refunded charge: its refunds are gone with it, those of another charge are not.
func TestRefundsLeaveWithTheirCharge(t *testing.T) {
	g, a, first := captured(t, gateway.Config{Limits: gateway.Limits{Charges: 2}})
	second := create(t, a)
	pay(t, g, second)
	var ids []string
	for _, c := range []gateway.Payment{first, second, first} {
		req := refundOf(c, 1000)
		req.Idempotent = fmt.Sprint(len(ids))
		ids = append(ids, refund(t, a, req, "").ID)
	}
	advance(t, a, time.Minute)
	create(t, a)
	for i, want := range []bool{false, true, false} {
		if _, _, err := a.RetrieveRefund(ids[i]); (err == nil) != want {
			t.Errorf("refund %d: %v", i, err)
		}
	}
	req := refundOf(second, 1000)
	req.Idempotent = "0"
	if made, err := tryRefund(t, a, req, "", ""); err != nil || made.Repeated {
		t.Errorf("a request with the reference.idempotent of a refund that was evicted: repeated %t, %v", made.Repeated, err)
	}
	if got := details(a, tap.EventSettled); !slices.Contains(got, "the refund was evicted") {
		t.Errorf("the journal has %q", got)
	}
}

// TestStaleRefund shows the refund before its result in the first call after it.
func TestStaleRefund(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	r := refund(t, a, refundOf(c, 1000), "refund: {delay: 1s}, api: [{on: refund.get, calls: 1, fault: stale}]")
	got := []string{retrieved(t, a, r.ID)}
	advance(t, a, time.Second)
	got = append(got, retrieved(t, a, r.ID), retrieved(t, a, r.ID))
	if want := []string{"PENDING", "PENDING!", "REFUNDED"}; !slices.Equal(got, want) {
		t.Errorf("the GETs show %v, want %v", got, want)
	}
}

// TestFaultsOfRefunds injects other faults than a stale answer: the refund is shown as it is.
func TestFaultsOfRefunds(t *testing.T) {
	for _, fault := range []string{"delay: 1s", "fault: {status: 503}"} {
		_, a, c := captured(t, gateway.Config{})
		r := refund(t, a, refundOf(c, 1000), "refund: {delay: 1s}, api: [{on: refund.get, "+fault+"}]")
		advance(t, a, time.Second)
		if got := retrieved(t, a, r.ID); got != "REFUNDED!" {
			t.Errorf("%s: a GET shows %s", fault, got)
		}
	}
}

// TestRefundJournal follows the causes of a refund's entries: its creation by the result of its charge, and each later one by the one before.
func TestRefundJournal(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	settled, _ := a.AskNow(gateway.Question{Event: tap.EventSettled, Object: c.ID})
	r := refund(t, a, refundOf(c, 1000), "")
	advance(t, a, time.Minute)
	entries, err := a.AskNow(gateway.Question{Object: r.ID})
	if err != nil || len(entries) != 3 {
		t.Fatalf("the journal has %+v: %v", entries, err)
	}
	cause := settled[0].Seq
	for i, want := range []string{"created 1.000 KWD of charge " + c.ID, "settled PENDING → REFUNDED, 000 Refunded", "webhook attempt 1, to https://shop.example/refund-hook: HTTP 200"} {
		e := entries[i]
		if got := string(e.Event) + " " + e.Detail; !strings.HasPrefix(got, want) || e.Cause != cause {
			t.Errorf("entry %d is %q by %d, want %q by %d", i, got, e.Cause, want, cause)
		}
		cause = e.Seq
	}
}
