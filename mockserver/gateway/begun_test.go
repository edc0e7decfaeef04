package gateway

import (
	"errors"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// defaultYAML makes a scenario in YAML the account's default.
func defaultYAML(t *testing.T, a *Account, text string) {
	t.Helper()
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios:\n  - "+text+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	a.SetScenarios(set)
	if err := a.SetDefault(string(set.List()[0].Name)); err != nil {
		t.Fatal(err)
	}
}

// begin begins a create call of one order.
func begin(t *testing.T, a *Account) *Begun {
	t.Helper()
	req := chargeRequest()
	req.Order = "ord-1"
	b, err := a.Begin(ForPayment(tap.KindCharge, req), nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCommitCountsValidCalls has an invalid request between two valid ones: the fault of the second call is for the second valid
// one.
func TestCommitCountsValidCalls(t *testing.T) {
	_, a := start(t, Config{})
	defaultYAML(t, a, "{name: t/x, description: x, api: [{on: charge.create, calls: 2, fault: {status: 503}}]}")
	first := begin(t, a)
	first.Commit()
	begin(t, a).Abort(false)
	second := begin(t, a)
	second.Commit()
	third := begin(t, a)
	third.Commit()
	if first.Fault != nil || second.Fault == nil || third.Fault != nil {
		t.Errorf("the faults of three valid calls are %v, %v, %v; want one for the second", first.Fault, second.Fault, third.Fault)
	}
	if got := a.state.choice.creates[1]; got != 3 {
		t.Errorf("%d create calls are counted, want 3", got)
	}
}

// TestBeginWithoutCommit expects that Begin alone counts no call for faults.
func TestBeginWithoutCommit(t *testing.T) {
	_, a := start(t, Config{})
	defaultYAML(t, a, "{name: t/x, description: x, api: [{on: charge.create, calls: 1, fault: {status: 503}}]}")
	begin(t, a)
	b := begin(t, a)
	if b.Fault != nil {
		t.Errorf("before Commit the call has the fault %v", b.Fault)
	}
	if b.Commit(); b.Fault == nil {
		t.Error("the first committed call has no fault")
	}
}

// TestResetBetweenBeginAndEnd resets the account between the beginning and the end of a create call, whose scenario was taken from the
// queue: nothing of the call reaches the account afterwards.
func TestResetBetweenBeginAndEnd(t *testing.T) {
	const faulty = "scenarios: [{name: t/x, description: x, api: [{on: charge.create, calls: 1, fault: {status: 503}}]}]"
	for name, end := range map[string]func(*Account, *Begun){
		"commit":             func(_ *Account, b *Begun) { b.Commit() },
		"abort":              func(_ *Account, b *Begun) { b.Abort(false) },
		"abort that counts":  func(_ *Account, b *Begun) { b.Abort(true) },
		"commit, then abort": func(_ *Account, b *Begun) { b.Commit(); b.Abort(false) },
		"create": func(a *Account, b *Begun) {
			if _, err := a.Create(b, chargeRequest(), nil, ""); !errors.Is(err, ErrReset) {
				t.Errorf("a create that a reset overtook: %v", err)
			}
		},
	} {
		_, a := start(t, Config{})
		set, err := scenarios.Parse(scenarios.Builtin(), "x", []byte(faulty))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.NextOf(set); err != nil {
			t.Fatal(err)
		}
		b := begin(t, a)
		if _, err := a.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		after := begin(t, a)
		end(a, b)
		if o := a.Overview(); a.state.choice.creates[1] != 1 || len(o.Queue) != 0 || o.Charges != 0 || o.LastEntry != 0 || len(a.state.choice.calls) != 0 {
			t.Errorf("%s: after the reset and one call: %d create calls, %+v, %v calls by order", name, a.state.choice.creates, o, a.state.choice.calls)
		}
		if after.Abort(false); a.state.choice.creates[1] != 0 {
			t.Errorf("%s: %d create calls after the later call was aborted", name, a.state.choice.creates)
		}
	}
}

// TestCallKeepsItsAccount has a create call under way that took the only scenario from the queue: the account is not evicted, and the
// scenario returns to the queue when the call is aborted.
func TestCallKeepsItsAccount(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Accounts: 1}})
	if err := a.Next("payer/pays"); err != nil {
		t.Fatal(err)
	}
	b := begin(t, a)
	if _, err := g.Account("sk_test_other"); err == nil {
		t.Error("the account was evicted during the call")
	}
	b.Abort(false)
	if queue := a.Queue(); len(queue) != 1 {
		t.Errorf("the queue is %v", queue)
	}
	if _, err := g.Account("sk_test_other"); err != nil {
		t.Errorf("the account is not evicted after the call: %v", err)
	}
}

// TestHeaderChoosesScenario names scenarios in the header, in metadata and in the queue: the header wins and leaves the queue
// alone.
func TestHeaderChoosesScenario(t *testing.T) {
	_, a := start(t, Config{})
	if err := a.Next("outcome/wrong-pin"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ header, metadata, want string }{
		{"outcome/no-funds", "", "outcome/no-funds"},
		{"outcome/no-funds", "outcome/captured", "outcome/no-funds"},
		{"outcome/no-funds + webhook/twice", "", "outcome/no-funds + webhook/twice"},
		{"", "outcome/captured", "outcome/captured"},
		{"", "", "outcome/wrong-pin"},
		{"", "", ""},
	} {
		b, err := a.Begin(ForPayment(tap.KindCharge, requestFor(test.metadata)), headerOf(test.header))
		if err != nil || b.Script.Name != test.want {
			t.Errorf("header %q, metadata %q: %v, error %v", test.header, test.metadata, b, err)
		}
	}
}

// TestUnknownScenario names an unknown scenario: the error says where, and the call changes nothing.
func TestUnknownScenario(t *testing.T) {
	_, a := start(t, Config{})
	for _, test := range []struct{ header, metadata, where string }{
		{"outcome/no-fund", "", "header X-Tapmock-Scenario"},
		{"outcome/no-fund", "outcome/captured", "header X-Tapmock-Scenario"},
		{"", "outcome/no-fund", "metadata.tapmock_scenario"},
	} {
		_, err := a.Begin(ForPayment(tap.KindCharge, requestFor(test.metadata)), headerOf(test.header))
		if _, ok := errors.AsType[*scenarios.UnknownError](err); !ok || !strings.HasPrefix(err.Error(), test.where+": ") || !strings.Contains(err.Error(), "outcome/no-funds") {
			t.Errorf("header %q, metadata %q: %v", test.header, test.metadata, err)
		}
	}
	if got := a.state.choice.creates[1]; got != 0 {
		t.Errorf("%d create calls are counted", got)
	}
}

// requestFor is a create request whose metadata names a scenario, unless the name is "".
func requestFor(scenario string) *tap.PaymentRequest {
	req := chargeRequest()
	if scenario != "" {
		req.Metadata = `{"tapmock_scenario":"` + scenario + `"}`
	}
	return req
}

// headerOf reads the headers of a request that names a scenario.
func headerOf(scenario string) func(string) string {
	return func(name string) string {
		if name == "X-Tapmock-Scenario" {
			return scenario
		}
		return ""
	}
}
