package gateway

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// refundOfOne is a request for a refund of 1.000 KWD.
func refundOfOne(c Payment) *tap.RefundRequest {
	return &tap.RefundRequest{ChargeID: c.ID, Amount: 1000, Currency: "KWD", Reason: "requested_by_customer"}
}

// TestRefundUsesUpItsQueueEntry makes a refund from the queue: afterwards the entry holds neither memory nor the account.
func TestRefundUsesUpItsQueueEntry(t *testing.T) {
	g, a := start(t, Config{Now: frozenNow, Limits: Limits{Accounts: 1}})
	c := create(t, a)
	confirm(t, g, c)
	queueYAML(t, a, "{name: t/x, description: x, object: refund, settings: {refund_delay: 0s}}")
	b, err := a.Begin(ForRefund(refundOfOne(c)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.CreateRefund(b, refundOfOne(c), nil); err != nil {
		t.Fatal(err)
	}
	checkMemory(t, g)
	a.AwaitIdle(t.Context())
	if _, err := g.Account("sk_test_other"); err != nil {
		t.Errorf("the account is not evicted after the refund: %v", err)
	}
}

// TestRefundKeepsItsCharge makes a refund whose scenario needs the memory that its charge holds: the charge is not evicted for it.
func TestRefundKeepsItsCharge(t *testing.T) {
	paid, cost := costing(t, "a")
	own := setOf(t, "{name: t/r, description: "+strings.Repeat("x", 200)+", object: refund, refund: {delay: 1s}}")
	script, err := own.Resolve("t/r")
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []int{0, script.Cost()} {
		g, a := start(t, Config{Now: frozenNow, Limits: Limits{Scenarios: own.Cost() + max(cost, script.Cost()) + room}})
		if err := a.NextOf(paid); err != nil {
			t.Fatal(err)
		}
		c := create(t, a)
		confirm(t, g, c)
		a.AwaitIdle(t.Context())
		if err := a.SetScenarios(own); err != nil {
			t.Fatal(err)
		}
		b, err := a.Begin(ForRefund(refundOfOne(c)), headerOf("t/r"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = a.CreateRefund(b, refundOfOne(c), nil); (fullOf(err) == "scenarios") != (room == 0) {
			t.Errorf("with %d bytes more: %v", room, err)
		}
		if _, err := a.Advance(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Charge(c.ID); err != nil {
			t.Errorf("with %d bytes more the charge is gone: %v", room, err)
		}
		checkMemory(t, g)
	}
}
