package gateway_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// fourRefunds makes four refunds, a minute apart, the second one of another charge. order gives the numbers of refunds from 1.
func fourRefunds(t *testing.T) (a *gateway.Account, charge string, ids []string, order func(func(yield func(string) bool)) []int) {
	g, a, c := captured(t, gateway.Config{})
	other := create(t, a)
	pay(t, g, other)
	for i := range 4 {
		of := c
		if i == 1 {
			of = other
		}
		ids = append(ids, refund(t, a, refundOf(of, 1000), "").ID)
		advance(t, a, time.Minute)
	}
	order = func(some func(yield func(string) bool)) (numbers []int) {
		for id := range some {
			numbers = append(numbers, slices.Index(ids, id)+1)
		}
		return numbers
	}
	return a, c.ID, ids, order
}

func idsOf[T any](some []T, id func(T) string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, r := range some {
			if !yield(id(r)) {
				return
			}
		}
	}
}

// TestListRefunds asks for lists: the newest first, from the start or after a refund, at most as many as wanted, filtered, and how many match.
func TestListRefunds(t *testing.T) {
	a, charge, ids, order := fourRefunds(t)
	all := tap.RefundListRequest{To: math.MaxInt64, Limit: 9}
	for _, test := range []struct {
		name   string
		change func(*tap.RefundListRequest)
		want   []int
		more   bool
		total  int
	}{
		{"all", func(*tap.RefundListRequest) {}, []int{4, 3, 2, 1}, false, 4},
		{"exactly the limit", func(r *tap.RefundListRequest) { r.Limit = 4 }, []int{4, 3, 2, 1}, false, 4},
		{"over the limit", func(r *tap.RefundListRequest) { r.Limit = 3 }, []int{4, 3, 2}, true, 4},
		{"after the third", func(r *tap.RefundListRequest) { r.StartingAfter = ids[2] }, []int{2, 1}, false, 4},
		{"after the first", func(r *tap.RefundListRequest) { r.StartingAfter = ids[0] }, nil, false, 4},
		{"of a charge", func(r *tap.RefundListRequest) { r.Charges = map[string]bool{charge: true} }, []int{4, 3, 1}, false, 3},
		{"by id", func(r *tap.RefundListRequest) { r.Refunds = map[string]bool{ids[0]: true, ids[1]: true} }, []int{2, 1}, false, 2},
		{"from the third minute on", func(r *tap.RefundListRequest) { r.From = fixed().Add(2 * time.Minute).UnixMilli() }, []int{4, 3}, false, 2},
	} {
		req := all
		test.change(&req)
		got, more, total, err := a.ListRefunds(&req)
		if numbers := order(idsOf(got, func(r gateway.RefundView) string { return r.ID })); err != nil || !slices.Equal(numbers, test.want) || more != test.more || total != test.total {
			t.Errorf("%s: %v, more %t, %d match, %v; want %v and %d", test.name, numbers, more, total, err, test.want, test.total)
		}
	}
	all.StartingAfter = "re_unknown"
	_, _, _, err := a.ListRefunds(&all)
	if missing, ok := errors.AsType[*gateway.NoRefundError](err); !ok || missing.ID != "re_unknown" {
		t.Errorf("after an unknown refund: %v", err)
	}
}

// TestRefunds asks for refunds as the control API does.
func TestRefunds(t *testing.T) {
	a, charge, _, order := fourRefunds(t)
	for _, test := range []struct {
		charge string
		max    int
		want   []int
		more   bool
	}{
		{"", 9, []int{4, 3, 2, 1}, false}, {"", 4, []int{4, 3, 2, 1}, false}, {"", 3, []int{4, 3, 2}, true},
		{charge, 9, []int{4, 3, 1}, false}, {charge, 2, []int{4, 3}, true}, {"chg_unknown", 9, nil, false},
	} {
		got, more := a.Refunds(test.charge, test.max)
		if numbers := order(idsOf(got, func(r gateway.Refund) string { return r.ID })); !slices.Equal(numbers, test.want) || more != test.more {
			t.Errorf("at most %d of charge %q: %v, more %t; want %v", test.max, test.charge, numbers, more, test.want)
		}
	}
}

// TestUpdates updates a charge and a refund: what is returned and what is kept have the update, which the journal has once.
func TestUpdates(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	r := refund(t, a, refundOf(c, 1000), "")
	update := &tap.Update{Metadata: `{"a":"1"}`, Description: new("changed")}
	for range 2 { // the second one changes nothing
		updated, f, err := a.Update(tap.KindCharge, c.ID, update)
		if kept, _ := a.Charge(c.ID); err != nil || f != nil || updated.Request.Description != "changed" || kept.Request.Metadata != `{"a":"1"}` || updated.Latest() != kept.Latest() {
			t.Errorf("the charge is %+v: fault %v, %v", updated.Request, f, err)
		}
		refunded, f, err := a.UpdateRefund(r.ID, update)
		if kept, _, _ := a.RetrieveRefund(r.ID); err != nil || f != nil || refunded.Request.Metadata != `{"a":"1"}` || kept.Request != refunded.Request {
			t.Errorf("the refund is %+v: fault %v, %v", refunded.Request, f, err)
		}
	}
	if got := details(a, tap.EventUpdated); len(got) != 2 {
		t.Errorf("the journal has %d updates, want 2", len(got))
	}
	if _, _, err := a.Update(tap.KindCharge, "chg_unknown", update); err == nil {
		t.Error("an update of an unknown charge has no error")
	}
	if _, _, err := a.UpdateRefund("re_unknown", update); err == nil {
		t.Error("an update of an unknown refund has no error")
	}
}

// TestUpdatesAreBounded makes as many updates of a refund as there may be: one more is refused, and changes nothing.
func TestUpdatesAreBounded(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	r := refund(t, a, refundOf(c, 1000), "refund: {delay: forever}")
	values := []string{`{"a":"1"}`, `{"a":"2"}`}
	for i := range 63 {
		if _, _, err := a.UpdateRefund(r.ID, &tap.Update{Metadata: values[i%2]}); err != nil {
			t.Fatalf("update %d: %v", i, err)
		}
	}
	updated, _, err := a.UpdateRefund(r.ID, &tap.Update{Metadata: values[1]})
	if full, ok := errors.AsType[*payment.ChangesError](err); !ok || updated.Request.Metadata != values[0] {
		t.Errorf("%v, the metadata is %s", full, updated.Request.Metadata)
	}
	if got := details(a, tap.EventUpdated); len(got) != 63 {
		t.Errorf("the journal has %d updates", len(got))
	}
}

// TestFaultsOfUpdates injects faults into updates: they are made only if the fault comes after them.
func TestFaultsOfUpdates(t *testing.T) {
	for fault, want := range map[string]bool{"fault: {status: 503}": false, "fault: reset": false, "fault: reset, commit: true": true, "delay: 1s": true} {
		g := startGateway(t, gateway.Config{Now: fixed})
		a := account(t, g, "sk_test_a")
		c := createFrom(t, a, "api: [{on: charge.update, "+fault+"}]")
		pay(t, g, c)
		r := refund(t, a, refundOf(c, 1000), "api: [{on: refund.update, "+fault+"}]")
		update := &tap.Update{Metadata: `{"a":"1"}`}
		changed, f, err := a.Update(tap.KindCharge, c.ID, update)
		if err != nil || f == nil || (changed.Request.Metadata != "") != want {
			t.Errorf("%s: the charge has the metadata %q: fault %v, %v", fault, changed.Request.Metadata, f, err)
		}
		refunded, f, err := a.UpdateRefund(r.ID, update)
		if err != nil || f == nil || (refunded.Request.Metadata != "") != want {
			t.Errorf("%s: the refund has the metadata %q: fault %v, %v", fault, refunded.Request.Metadata, f, err)
		}
	}
}

// TestTraceRefund returns what belongs to one refund: its entries from its creation on, and its effects, also those at gates.
func TestTraceRefund(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	refund(t, a, refundOf(c, 1), "")
	r := refund(t, a, refundOf(c, 1000), "refund: {delay: 1m}, callbacks: [webhook: {at: created, gate: g}]")
	advance(t, a, time.Second)
	got, entries, scheduled, err := a.TraceRefund(r.ID)
	if err != nil || got.ID != r.ID || len(entries) == 0 || entries[0].Event != tap.EventCreated {
		t.Fatalf("%v, %s, %+v", err, got.ID, entries)
	}
	if slices.ContainsFunc(entries, func(e gateway.Entry) bool { return e.Object.ID != r.ID }) {
		t.Errorf("the entries are %+v", entries)
	}
	var kinds []string
	for _, e := range scheduled {
		kinds = append(kinds, string(e.Object.Kind)+" "+e.Gate)
	}
	if want := []string{"refund ", "refund g"}; !slices.Equal(kinds, want) {
		t.Errorf("scheduled are %+v", scheduled)
	}
	if _, _, _, err := a.TraceRefund(c.ID); err == nil {
		t.Error("the trace of a charge as a refund has no error")
	}
}

// TestGatesOfRefunds knows the gates of a refund and of a default scenario for refunds; a release lets the result come at once.
func TestGatesOfRefunds(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	r := refund(t, a, refundOf(c, 1000), "refund: {delay: 1s, gate: g}")
	if advance(t, a, time.Minute); retrieved(t, a, r.ID) != "PENDING" {
		t.Error("the refund did not wait at the gate")
	}
	if n, err := a.Release("g", c.ID); n != 1 || err != nil {
		t.Errorf("%d effects were released: %v", n, err)
	}
	a.AwaitIdle(t.Context())
	if got := retrieved(t, a, r.ID); got != "REFUNDED" {
		t.Errorf("after the release the refund is %s", got)
	}
	other := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
	useDefault(t, other, "object: refund, refund: {gate: later}")
	if err := other.HoldGate("later"); err != nil {
		t.Errorf("a gate of the default scenario for refunds: %v", err)
	}
}

// TestRefundCallsAreCountedByCharge counts the create calls of refunds by their charge, with faults that the default scenario injects.
func TestRefundCallsAreCountedByCharge(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	useDefault(t, a, "object: refund, api: [{on: refund.create, calls: 2, commit: false, fault: {status: 503}}]")
	for i, step := range []struct {
		charge string
		faulty bool
	}{{c.ID, false}, {"chg_other", false}, {c.ID, true}, {c.ID, false}, {"chg_other", true}} {
		b, err := a.Begin(gateway.ForRefund(&tap.RefundRequest{ChargeID: step.charge, Currency: "KWD"}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if b.Commit(); (b.Fault != nil) != step.faulty {
			t.Errorf("call %d, of charge %s, has the fault %v", i+1, step.charge, b.Fault)
		}
		if b.Fault != nil {
			b.RecordFault(tap.Object{})
		}
		b.Abort(true)
	}
	if got := details(a, tap.EventFault); len(got) != 2 || got[0] != "refund.create, call 2: 503, and no refund is created" {
		t.Errorf("the journal has %q", got)
	}
}

// TestMatchedRefunds follows the scenario for refunds that matches the request.
func TestMatchedRefunds(t *testing.T) {
	_, a, c := captured(t, gateway.Config{})
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte(`scenarios:
  - {name: t/amount, description: x, object: refund, match: {amount: "1.000"}}
  - {name: t/reference, description: x, object: refund, match: {reference.transaction: r-1}}
  - {name: t/charge, description: x, match: {amount: "2.000"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.SetScenarios(set); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		amount    tap.Amount
		reference string
		want      string
	}{{1000, "", "t/amount"}, {1001, "r-1", "t/reference"}, {1000, "r-1", "t/amount"}, {2000, "r-2", ""}} {
		req := refundOf(c, test.amount)
		req.Merchant = test.reference
		if r := refund(t, a, req, ""); r.Script.Name != test.want {
			t.Errorf("a refund of %d, reference %q, follows %q, want %q", test.amount, test.reference, r.Script.Name, test.want)
		}
	}
}
