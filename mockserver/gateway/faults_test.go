package gateway_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// retrievals are the statuses that this many GETs show, each with a ! if it has a fault.
func retrievals(t *testing.T, a *gateway.Account, id string, n int) (all []string) {
	t.Helper()
	for range n {
		c, f, err := a.Retrieve(tap.KindCharge, id)
		if err != nil {
			t.Fatal(err)
		}
		text := string(c.Status)
		if f != nil {
			text += "!"
		}
		all = append(all, text)
	}
	return all
}

// TestFaultOfCalls injects a fault into some calls: they are counted for each charge.
func TestFaultOfCalls(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
	first := createFrom(t, a, "api: [{on: charge.get, calls: 2, fault: {status: 503}}]")
	plain := create(t, a)
	second := createFrom(t, a, "api: [{on: charge.get, calls: 2, fault: {status: 503}}]")
	for _, c := range []gateway.Payment{first, second} {
		if got, want := retrievals(t, a, c.ID, 3), []string{"INITIATED", "INITIATED!", "INITIATED"}; !slices.Equal(got, want) {
			t.Errorf("the GETs show %v, want %v", got, want)
		}
	}
	if got, want := retrievals(t, a, plain.ID, 2), []string{"INITIATED", "INITIATED"}; !slices.Equal(got, want) {
		t.Errorf("without a scenario the GETs show %v", got)
	}
	if c, _ := a.Charge(first.ID); c.Retrieved != 3 {
		t.Errorf("%d GETs are counted, want 3", c.Retrieved)
	}
	if _, _, err := a.Retrieve(tap.KindCharge, "chg_unknown"); err == nil {
		t.Error("a GET of an unknown charge has no error")
	}
	if got := details(a, tap.EventFault); len(got) != 2 || !strings.HasPrefix(got[0], "charge.get, call 2: ") {
		t.Errorf("the journal has the faults %q", got)
	}
}

// details are the texts of the entries of an event.
func details(a *gateway.Account, event tap.Event) (all []string) {
	entries, _ := a.Journal()
	for _, e := range entries {
		if e.Event == event {
			all = append(all, e.Detail)
		}
	}
	return all
}

// TestStaleFault shows an earlier charge: only calls after the first change count, before it there is nothing else to show.
func TestStaleFault(t *testing.T) {
	g := startGateway(t, gateway.Config{})
	a := account(t, g, "sk_test_a")
	c := createFrom(t, a, "api: [{on: charge.get, calls: 1-2, fault: stale}]")
	got := retrievals(t, a, c.ID, 3)
	pay(t, g, c)
	got = append(got, retrievals(t, a, c.ID, 3)...)
	if want := []string{"INITIATED", "INITIATED", "INITIATED", "INITIATED!", "INITIATED!", "CAPTURED"}; !slices.Equal(got, want) {
		t.Errorf("the GETs show %v, want %v", got, want)
	}
}

// TestFaultBeforeAMoment injects a fault until thirty seconds after the settlement.
func TestFaultBeforeAMoment(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	c := createFrom(t, a, "api: [{on: charge.get, before: settled + 30s, fault: {status: 503}}]")
	got := retrievals(t, a, c.ID, 1)
	pay(t, g, c)
	got = append(got, retrievals(t, a, c.ID, 1)...)
	advance(t, a, 30*time.Second-time.Nanosecond)
	got = append(got, retrievals(t, a, c.ID, 1)...)
	advance(t, a, time.Nanosecond)
	got = append(got, retrievals(t, a, c.ID, 1)...)
	if want := []string{"INITIATED!", "CAPTURED!", "CAPTURED!", "CAPTURED"}; !slices.Equal(got, want) {
		t.Errorf("the GETs show %v, want %v", got, want)
	}
}

// TestFaultOfAnUnpaidCharge ends at the expiry of the charge, which is never settled.
func TestFaultOfAnUnpaidCharge(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{Now: fixed}), "sk_test_a")
	c := createFrom(t, a, "api: [{on: charge.get, before: settled + 30s, fault: {status: 503}}]")
	advance(t, a, 30*time.Minute)
	got := retrievals(t, a, c.ID, 1)
	advance(t, a, 30*time.Second)
	if got = append(got, retrievals(t, a, c.ID, 1)...); !slices.Equal(got, []string{"ABANDONED!", "ABANDONED"}) {
		t.Errorf("the GETs show %v", got)
	}
}

// TestWrongValues shows a tenth of the amount, in the answer only.
func TestWrongValues(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
	c := createFrom(t, a, "api: [{on: charge.get, calls: 1, fault: another-amount}]")
	shown, f, err := a.Retrieve(tap.KindCharge, c.ID)
	if err != nil || f == nil || shown.Amount == c.Amount {
		t.Errorf("a GET shows the amount %d, fault %v, %v", shown.Amount, f, err)
	}
	if again, f, _ := a.Retrieve(tap.KindCharge, c.ID); f != nil || again.Amount != c.Amount {
		t.Errorf("the next GET shows the amount %d, fault %v", again.Amount, f)
	}
}

// useDefault makes a scenario in YAML the account's default.
func useDefault(t *testing.T, a *gateway.Account, lines string) {
	t.Helper()
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: [{name: t/x, description: x, "+lines+"}]"))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.SetScenarios(set); err != nil {
		t.Fatal(err)
	}
	if err := a.SetDefault("t/x"); err != nil {
		t.Fatal(err)
	}
}

// TestCallFault counts the calls that list charges: a default scenario can inject faults into them.
func TestCallFault(t *testing.T) {
	g := startGateway(t, gateway.Config{})
	a, plain := account(t, g, "sk_test_a"), account(t, g, "sk_test_b")
	if a.CallFault(scenarios.ListCharges) != nil {
		t.Error("an account without a default scenario has faults of lists")
	}
	useDefault(t, a, "api: [{on: charge.list, calls: 2, fault: {status: 500}}]")
	useDefault(t, plain, "bank: {result: CAPTURED}")
	if plain.CallFault(scenarios.ListCharges) != nil || a.CallFault(scenarios.ListCustomers) != nil {
		t.Error("the lists of an account are not those of its default scenario")
	}
	for call := 1; call <= 3; call++ {
		if f := a.CallFault(scenarios.ListCharges); (f != nil) != (call == 2) {
			t.Errorf("list call %d has the fault %v", call, f)
		}
	}
	if got := details(a, tap.EventFault); len(got) != 1 || !strings.HasPrefix(got[0], "charge.list, call 2: ") {
		t.Errorf("the journal has the faults %q", got)
	}
}

// TestPageFault injects a fault into the page of a charge, and finds none for an unknown page.
func TestPageFault(t *testing.T) {
	g := startGateway(t, gateway.Config{})
	a := account(t, g, "sk_test_a")
	create(t, a)
	if g.FaultyPages() {
		t.Error("a page without a scenario is faulty")
	}
	c := createFrom(t, a, "api: [{on: page.open, calls: 1, fault: {status: 502}}]")
	if !g.FaultyPages() {
		t.Error("no page is faulty")
	}
	for call := 1; call <= 2; call++ {
		if f, owner, name := g.PageFault(c.Token, scenarios.OpenPage); (f != nil) != (call == 1) || owner != a || name != c.Name() {
			t.Errorf("call %d: fault %v of %v", call, f, name)
		}
	}
	if f, owner, name := g.PageFault("unknown", scenarios.OpenPage); f != nil || owner != nil || name != (tap.Object{}) {
		t.Errorf("an unknown page: fault %v of %v", f, name)
	}
}
