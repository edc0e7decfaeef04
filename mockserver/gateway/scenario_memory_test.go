package gateway

import (
	"errors"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

// costing is a scenario set whose script needs memory, and how much.
func costing(t *testing.T, name string) (*scenarios.Set, int) {
	t.Helper()
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: [{name: t/"+name+", description: "+strings.Repeat("x", 200)+", bank: {result: CAPTURED}}]"))
	if err != nil {
		t.Fatal(err)
	}
	script, err := set.Resolve("t/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return set, script.Cost()
}

// fullOf returns the limit of a [*FullError], or "".
func fullOf(err error) string {
	if full, ok := errors.AsType[*FullError](err); ok {
		return full.Limit
	}
	return ""
}

// TestMemoryLimitIsExact queues a scenario that needs exactly as much as the limit allows, and one byte more.
func TestMemoryLimitIsExact(t *testing.T) {
	one, cost := costing(t, "a")
	for less, want := range map[int]string{0: "", 1: "scenarios"} {
		_, a := start(t, Config{Limits: Limits{Scenarios: cost - less}})
		if err := a.NextOf(one); fullOf(err) != want {
			t.Errorf("with %d bytes less than needed: %v", less, err)
		}
		_, a = start(t, Config{Limits: Limits{ServerScenarios: cost - less}})
		if err := a.NextOf(one); (fullOf(err) == "server-scenarios") != (want != "") {
			t.Errorf("with %d bytes less on the server: %v", less, err)
		}
	}
}

// TestMemoryIsGivenBack queues a scenario and empties the queue, again and again, where there is memory for one.
func TestMemoryIsGivenBack(t *testing.T) {
	one, cost := costing(t, "a")
	g, a := start(t, Config{Limits: Limits{Scenarios: cost}})
	other, _ := costing(t, "b")
	for range 3 {
		for _, set := range []*scenarios.Set{one, other} {
			if err := a.NextOf(set); err != nil {
				t.Error(err)
			}
			if err := a.NextOf(set); err != nil {
				t.Errorf("the same once more: %v", err)
			}
			if a.ClearQueue(); a.state.choice.memory != 0 || g.memory.used != 0 {
				t.Errorf("%d and %d bytes are counted for an empty queue", a.state.choice.memory, g.memory.used)
			}
		}
	}
}

// TestIdleChargesGiveMemory queues a scenario where charges that have ended hold the memory: as many of them as necessary are evicted.
func TestIdleChargesGiveMemory(t *testing.T) {
	_, cost := costing(t, "a")
	g, a := start(t, Config{Limits: Limits{Scenarios: 3 * cost}})
	plain := create(t, a)
	confirm(t, g, plain)
	var ids []string
	for _, name := range []string{"a", "b", "c"} {
		set, _ := costing(t, name)
		if err := a.NextOf(set); err != nil {
			t.Fatal(err)
		}
		c := create(t, a)
		confirm(t, g, c)
		a.AwaitIdle(t.Context())
		ids = append(ids, c.ID)
	}
	more, _ := costing(t, "d")
	if err := a.NextOf(more); err != nil {
		t.Fatal(err)
	}
	_, first := a.Charge(ids[0])
	_, second := a.Charge(ids[1])
	_, kept := a.Charge(plain.ID)
	if o := a.Overview(); first == nil || second != nil || kept != nil || o.EvictedCharges != 1 {
		t.Errorf("the first charge: %v, the second: %v, one without memory: %v; %d evicted", first, second, kept, o.EvictedCharges)
	}
	large, _ := scenarios.Parse(scenarios.Builtin(), "x", []byte("scenarios: [{name: t/e, description: "+strings.Repeat("x", 100_000)+"}]"))
	if err := a.NextOf(large); fullOf(err) != "scenarios" || a.Overview().EvictedCharges != 1 {
		t.Errorf("one that can never fit: %v, %d evicted", err, a.Overview().EvictedCharges)
	}
}

// TestLastIdleChargeGivesMemory queues a scenario that needs all that the account may have, which a charge that has ended holds.
func TestLastIdleChargeGivesMemory(t *testing.T) {
	first, cost := costing(t, "a")
	second, _ := costing(t, "b")
	g, a := start(t, Config{Limits: Limits{Scenarios: cost}})
	if err := a.NextOf(first); err != nil {
		t.Fatal(err)
	}
	confirm(t, g, create(t, a))
	a.AwaitIdle(t.Context())
	if err := a.NextOf(second); err != nil || a.Overview().EvictedCharges != 1 {
		t.Errorf("%v, %d evicted", err, a.Overview().EvictedCharges)
	}
}

// TestFullServerEvictsAnAccountWithScenarios queues scenarios in three accounts where the server has memory for two: the least recently used
// one of those with scenarios goes.
func TestFullServerEvictsAnAccountWithScenarios(t *testing.T) {
	_, cost := costing(t, "a")
	g, bare := start(t, Config{Limits: Limits{ServerScenarios: 2 * cost}})
	var all [3]*Account
	for i, name := range []string{"a", "b", "c"} {
		set, _ := costing(t, name)
		a, err := g.Account("sk_test_" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.NextOf(set); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		all[i] = a
	}
	if g.Find(bare.key) != bare || g.Find("sk_test_a") != nil || g.Find("sk_test_b") != all[1] || g.Find("sk_test_c") != all[2] || g.memory.used != 2*cost {
		t.Errorf("other accounts than the first were evicted; %d bytes are counted", g.memory.used)
	}
}

// TestLargeScenarioEvictsNoOtherAccount queues a scenario that its own account may not have: no other account is evicted for it.
func TestLargeScenarioEvictsNoOtherAccount(t *testing.T) {
	one, cost := costing(t, "a")
	g, a := start(t, Config{Limits: Limits{Scenarios: cost}})
	other, err := g.Account("sk_test_other")
	if err != nil || other.NextOf(one) != nil {
		t.Fatal(err)
	}
	if err := a.PutScenarios(t.Context(), ownFile(30)); fullOf(err) != "scenarios" || g.Find("sk_test_other") != other {
		t.Errorf("%v; the other account is there: %t", err, g.Find("sk_test_other") == other)
	}
}

// TestAnotherOrder takes the latest charge of another order for a webhook or an answer with the wrong order.
func TestAnotherOrder(t *testing.T) {
	_, a := start(t, Config{Now: frozenNow})
	created := func(order string) *Payment {
		req := chargeRequest()
		req.Order = order
		made, err := a.CreateCharge(req, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		return &made.Payment
	}
	c := created("own")
	other := func() (order string) {
		a.update(func(t *tx) {
			if req := t.otherOrder(c); req != nil {
				order = req.Order
			}
		})
		return order
	}
	for _, step := range []struct{ order, want string }{{"", ""}, {"own", ""}, {"x", "x"}, {"y", "y"}, {"own", "y"}, {"", "y"}} {
		if created(step.order); other() != step.want {
			t.Errorf("after a charge of the order %q the other order is %q, want %q", step.order, other(), step.want)
		}
	}
}

// TestSlowMerchantOfTheLastSlot has one slot for the deliveries of all accounts: a delivery that waits for it ends with its account.
func TestSlowMerchantOfTheLastSlot(t *testing.T) {
	g, a := start(t, Config{Now: frozenNow, Limits: Limits{Deliveries: 1}})
	g.slots <- struct{}{}
	g.cfg.Send = nil // nothing may be sent
	c := create(t, a)
	a.update(func(t *tx) { t.live.cancel(ErrEvicted) })
	confirm(t, g, c)
	<-g.slots
	entries, err := a.AskNow(Question{Event: "webhook"})
	if err != nil || len(entries) != 1 || entries[0].Attempt.Failure != "cancelled" {
		t.Errorf("%+v, %v", entries, err)
	}
}
