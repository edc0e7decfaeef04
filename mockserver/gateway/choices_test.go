package gateway_test

import (
	"context"
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

// ordered creates a charge of an order, with a reference.idempotent or not.
func ordered(t *testing.T, a *gateway.Account, order, idempotent string) gateway.Creation {
	t.Helper()
	req := &tap.PaymentRequest{Amount: 12345, Currency: "KWD", Source: tap.SourceKNET, RedirectURL: "https://shop.example/return", ExpiryMinutes: 30,
		Order: order, Idempotent: idempotent}
	made, err := a.CreateCharge(req, []byte(order), "")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestMatches follows the first scenario that matches: of the account, then of the server, then the default.
func TestMatches(t *testing.T) {
	parse := func(text string) *scenarios.Set {
		set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: ["+text+"]"))
		if err != nil {
			t.Fatal(err)
		}
		return set
	}
	g := startGateway(t, gateway.Config{Scenarios: parse("{name: t/server, description: x, match: {reference.order: s-*}}, {name: t/both, description: x, match: {reference.order: b-*}}")})
	a := account(t, g, "sk_test_a")
	if err := a.SetScenarios(parse("{name: t/own, description: x, match: {reference.order: b-*}}")); err != nil {
		t.Fatal(err)
	}
	if err := a.SetDefault("outcome/captured"); err != nil {
		t.Fatal(err)
	}
	for order, want := range map[string]string{"s-1": "t/server", "b-1": "t/own", "x-1": "outcome/captured", "": "outcome/captured"} {
		if got := ordered(t, a, order, "").Payment.Script.Name; got != want {
			t.Errorf("order %q follows %s, want %s", order, got, want)
		}
	}
	if other := account(t, g, "sk_test_b"); ordered(t, other, "b-1", "").Payment.Script.Name != "t/both" || ordered(t, other, "x", "").Payment.Script != scenarios.Plain() {
		t.Error("another account does not follow the scenarios of the server, or follows others")
	}
}

// TestDefaults shows the default scenario in force: of the account, or else of the server.
func TestDefaults(t *testing.T) {
	g := startGateway(t, gateway.Config{})
	a := account(t, g, "sk_test_a")
	for _, step := range []struct {
		name string
		set  func() error
		want string
	}{
		{"none", func() error { return nil }, ""},
		{"of the server", func() error { return g.SetDefault("outcome/captured") }, "outcome/captured"},
		{"of the account", func() error { return a.SetDefault("outcome/no-funds") }, "outcome/no-funds"},
		{"of the account, removed", func() error { return a.SetDefault("") }, "outcome/captured"},
	} {
		if err := step.set(); err != nil || a.Overview().Default != step.want {
			t.Errorf("%s: the default is %q, want %q: %v", step.name, a.Overview().Default, step.want, err)
		}
	}
	if a.SetDefault("t/unknown") == nil || g.SetDefault("t/unknown") == nil || a.Overview().Default != "outcome/captured" {
		t.Error("an unknown scenario is the default")
	}
}

// TestCallsAreCountedByOrder counts create calls by the order, or else by reference.idempotent or reference.transaction.
func TestCallsAreCountedByOrder(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
	useDefault(t, a, "api: [{on: charge.create, calls: 2, fault: {status: 503}}]")
	for i, test := range []struct {
		order, idempotent, transaction string
		faulty                         bool
	}{
		{"a", "", "", false}, {"b", "", "", false}, {"a", "i", "t", true}, {"", "a", "", false}, {"", "b", "t", false}, {"", "a", "t", true}, {"", "", "a", false}, {"", "", "a", true},
		{"a", "", "", false}, {"", "c", "u", false}, {"", "d", "u", false},
	} {
		b, err := a.Begin(gateway.ForPayment(tap.KindCharge, &tap.PaymentRequest{Order: test.order, Idempotent: test.idempotent, Transaction: test.transaction}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if b.Commit(); (b.Fault != nil) != test.faulty {
			t.Errorf("call %d (%+v) has the fault %v", i+1, test, b.Fault)
		}
	}
}

// TestRecordFault journals the fault of a create call, and whether the charge was created.
func TestRecordFault(t *testing.T) {
	for commit, want := range map[string]string{"false": ", and no charge is created", "true": ", after the charge is created"} {
		a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
		useDefault(t, a, "api: [{on: charge.create, calls: 1, commit: "+commit+", fault: {status: 503}}]")
		b, err := a.Begin(gateway.ForPayment(tap.KindCharge, &tap.PaymentRequest{}), nil)
		if err != nil {
			t.Fatal(err)
		}
		b.Commit()
		b.RecordFault(tap.Object{Kind: tap.KindCharge, ID: "chg_1"})
		entries, _ := a.Journal()
		if e := entries[len(entries)-1]; e.Event != tap.EventFault || !strings.HasPrefix(e.Detail, "charge.create, call 1: ") || !strings.HasSuffix(e.Detail, want) || e.Object.ID != "chg_1" {
			t.Errorf("commit %s: the entry is %+v", commit, e)
		}
	}
}

// TestIdempotent repeats a request: the original answer for 24 hours, also after the payment; then a new charge.
func TestIdempotent(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	first := ordered(t, a, "a", "i")
	pay(t, g, first.Payment)
	for _, step := range []struct {
		d        time.Duration
		order    string
		repeated bool
		other    bool
	}{
		{0, "a", true, false}, {0, "b", true, true}, {24*time.Hour - 1, "a", true, false}, {1, "a", false, false},
	} {
		advance(t, a, step.d)
		again := ordered(t, a, step.order, "i")
		if again.Repeated != step.repeated || again.OtherBody != step.other || (again.Payment.ID == first.Payment.ID) != step.repeated || again.Payment.Status != tap.Initiated {
			t.Errorf("after %s more, order %s: repeated %t, another body %t, %s", step.d, step.order, again.Repeated, again.OtherBody, again.Payment.Status)
		}
	}
	if one, two := ordered(t, a, "a", ""), ordered(t, a, "a", ""); one.Repeated || two.Repeated || one.Payment.ID == two.Payment.ID {
		t.Error("requests without reference.idempotent are repeated")
	}
	if got := details(a, tap.EventCreateRepeated); len(got) != 3 {
		t.Errorf("the journal has the repeated requests %q", got)
	}
}

// TestStrictCreates refuses unknown customers and repeated requests with another body, under the setting strict only.
func TestStrictCreates(t *testing.T) {
	for _, strict := range []bool{false, true} {
		g := startGateway(t, gateway.Config{Now: fixed})
		a := account(t, g, "sk_test_a")
		setting(t, a, "strict", fmt.Sprint(strict))
		paid, unpaid := create(t, a), create(t, a)
		pay(t, g, paid)
		payer(t, g, unpaid).Cancel(t.Context())
		paid, _ = a.Charge(paid.ID)
		unpaid, _ = a.Charge(unpaid.ID)
		for customer, known := range map[string]bool{"": true, paid.References().Customer: true, unpaid.References().Customer: false, "cus_unknown": false} {
			_, err := a.CreateCharge(&tap.PaymentRequest{Currency: "KWD", Customer: tap.Customer{ID: customer}}, nil, "")
			if refused := errors.Is(err, gateway.ErrUnknownCustomer); refused != (strict && !known) {
				t.Errorf("strict %t, customer %q: %v", strict, customer, err)
			}
		}
		for i, body := range []string{"one", "one", "two"} {
			_, err := a.CreateCharge(&tap.PaymentRequest{Currency: "KWD", Idempotent: "i"}, []byte(body), "")
			if refused := errors.Is(err, gateway.ErrOtherBody); refused != (strict && i == 2) {
				t.Errorf("strict %t, request %d: %v", strict, i+1, err)
			}
		}
	}
}

// TestSettingsOfAScenario gives a charge the settings of its scenario over those of the account.
func TestSettingsOfAScenario(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
	useDefault(t, a, "settings: {pin_tries: 5}")
	setting(t, a, "otp_tries", "4")
	for range 2 {
		if s := create(t, a).Settings; s.PINTries != 5 || s.OTPTries != 4 {
			t.Errorf("pin_tries is %d, otp_tries %d", s.PINTries, s.OTPTries)
		}
	}
	setting(t, a, "otp_tries", "7")
	if s := create(t, a).Settings; s.PINTries != 5 || s.OTPTries != 7 || a.Settings().PINTries != 3 {
		t.Errorf("after a change: pin_tries is %d, otp_tries %d; of the account %d", s.PINTries, s.OTPTries, a.Settings().PINTries)
	}
	a.SetDefault("")
	if s := create(t, a).Settings; s.PINTries != 3 || s.OTPTries != 7 {
		t.Errorf("without the scenario: pin_tries is %d, otp_tries %d", s.PINTries, s.OTPTries)
	}
}

// TestAutomaticAccount pays each charge by itself under the setting payer=auto of the account, of the server or of a scenario.
func TestAutomaticAccount(t *testing.T) {
	for name, prepare := range map[string]func(g *gateway.Gateway, a *gateway.Account){
		"account":  func(_ *gateway.Gateway, a *gateway.Account) { setting(t, a, "payer", "auto") },
		"scenario": func(_ *gateway.Gateway, a *gateway.Account) { useDefault(t, a, "settings: {payer: auto}") },
		"person":   func(*gateway.Gateway, *gateway.Account) {},
	} {
		g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64))})
		a := account(t, g, "sk_test_a")
		prepare(g, a)
		for range 2 {
			c := create(t, a)
			a.Answering(c.Name())(true)
			advance(t, a, time.Minute)
			if got, _ := a.Charge(c.ID); (got.Status == tap.Captured) != (name != "person") {
				t.Errorf("%s: the charge is %s", name, got.Status)
			}
		}
	}
	auto := "auto"
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64))})
	if err := g.SetSettings(map[string]*string{"payer": &auto}); err != nil || g.Settings().Payer != "auto" {
		t.Fatal(err)
	}
	a := account(t, g, "sk_test_a")
	c := create(t, a)
	a.Answering(c.Name())(true)
	advance(t, a, time.Minute)
	if got, _ := a.Charge(c.ID); got.Status != tap.Captured {
		t.Errorf("under a setting of the server the charge is %s", got.Status)
	}
}

// TestFind finds accounts by key and by name, and lists them, the most recently used first.
func TestFind(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a, b := account(t, g, "sk_test_a"), account(t, g, "sk_test_b")
	if g.Find("sk_test_a") != a || g.Find(b.Overview().Name) != b || g.Find("sk_test_c") != nil || !g.RealNow().Equal(fixed()) {
		t.Error("an account is not found by its key or name, or one was opened")
	}
	if all := g.Accounts(); !slices.Equal(all, []*gateway.Account{b, a}) {
		t.Error("the accounts are not in the order of their use")
	}
	account(t, g, "sk_test_a")
	if all := g.Accounts(); !slices.Equal(all, []*gateway.Account{a, b}) {
		t.Error("a second use does not count")
	}
}

// TestConfiguredKeys opens accounts for the configured keys only.
func TestConfiguredKeys(t *testing.T) {
	g := startGateway(t, gateway.Config{Keys: []string{"sk_test_a"}})
	if _, err := g.Account("sk_test_a"); err != nil {
		t.Error(err)
	}
	if _, err := g.Account("sk_test_b"); !errors.Is(err, gateway.ErrUnknownKey) {
		t.Errorf("an unknown key: %v", err)
	}
}

// TestNothingIsSentWithoutConfiguration plays a payment in a gateway without funcs that send, and with Send alone.
func TestNothingIsSentWithoutConfiguration(t *testing.T) {
	for _, send := range []func(context.Context, gateway.Delivery) gateway.Attempt{nil, func(context.Context, gateway.Delivery) gateway.Attempt { return gateway.Attempt{Status: 204} }} {
		want := "not configured"
		if send != nil {
			want = "HTTP 204"
		}
		a := account(t, startGateway(t, gateway.Config{Now: fixed, Send: send}), "sk_test_a")
		createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [webhook: {retries: none}, webhook: {copies: 2, concurrent: true, retries: none}]")
		advance(t, a, time.Minute)
		got := details(a, tap.EventWebhook)
		if len(got) != 3 || slices.ContainsFunc(got, func(e string) bool { return !strings.HasSuffix(e, ": "+want) }) {
			t.Errorf("the webhooks are %q", got)
		}
		if returned := details(a, tap.EventReturned); len(returned) != 1 || !strings.HasSuffix(returned[0], ": not configured") {
			t.Errorf("the return is %q", returned)
		}
	}
}
