package gateway_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// count returns a merchant that acknowledges each webhook and counts it.
func count(n *atomic.Int64) func(context.Context, gateway.Delivery) gateway.Attempt {
	return func(context.Context, gateway.Delivery) gateway.Attempt { n.Add(1); return gateway.Attempt{Status: 200} }
}

// TestRelease holds webhooks of two charges at a gate, and releases it for one and then for all.
func TestRelease(t *testing.T) {
	var sent atomic.Int64
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(&sent)})
	a := account(t, g, "sk_test_a")
	first, second := createFrom(t, a, "callbacks: [webhook: {gate: g}]"), createFrom(t, a, "callbacks: [webhook: {gate: g}]")
	pay(t, g, first)
	pay(t, g, second)
	if done := advance(t, a, time.Minute); sent.Load() != 0 || !slices.Equal(done.Gates, []string{"g"}) {
		t.Errorf("before the release %d webhooks were sent, the gates reached are %q", sent.Load(), done.Gates)
	}
	state := func() gateway.GateState {
		all := a.Gates()
		i := slices.IndexFunc(all, func(s gateway.GateState) bool { return s.Name == "g" })
		return all[i]
	}
	if s := state(); s.Open || len(s.Waiting) != 2 || s.Waiting[0].Object.ID != first.ID || s.Waiting[0].Kind != gateway.SendWebhook {
		t.Errorf("the gate is %+v", s)
	}
	if n, err := a.Release("g", second.ID); n != 1 || err != nil || state().Open {
		t.Errorf("released for one charge: %d, %v, open %t", n, err, state().Open)
	}
	advance(t, a, 0)
	if c, _ := a.Charge(second.ID); sent.Load() != 1 || c.Post.Status() != tap.DeliverySuccess {
		t.Errorf("%d webhooks, post.status of the released charge is %s", sent.Load(), c.Post.Status())
	}
	if n, err := a.Release("g", ""); n != 1 || err != nil || !state().Open {
		t.Errorf("released for all: %d, %v, open %t", n, err, state().Open)
	}
	if advance(t, a, 0); sent.Load() != 2 {
		t.Errorf("%d webhooks were sent", sent.Load())
	}
	if err := a.HoldGate("g"); err != nil || state().Open {
		t.Errorf("held again: %v, open %t", err, state().Open)
	}
}

// TestUnknownGate names gates and charges that the account does not have.
func TestUnknownGate(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
	createFrom(t, a, "callbacks: [webhook: {gate: stock}]")
	_, unknown := a.Release("stick", "")
	_, missing := a.Release("stock", "chg_unknown")
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"released":          {unknown, "the account has no gate stick, did you mean stock?"},
		"held":              {a.HoldGate("warehouse"), "the account has no gate warehouse; it has those of its charges"},
		"not a name":        {a.HoldGate("a b"), "gate"},
		"an unknown charge": {missing, "no such charge"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, test.err, test.want)
		}
	}
	if all := a.Gates(); slices.ContainsFunc(all, func(s gateway.GateState) bool { return s.Name == "warehouse" || s.Name == "stick" }) {
		t.Errorf("an unknown gate is remembered: %v", all)
	}
}

// TestGatesOfAllSources lists the gates of a charge, of the queue, of the default scenario and of the server's default.
func TestGatesOfAllSources(t *testing.T) {
	g := startGateway(t, gateway.Config{})
	a := account(t, g, "sk_test_a")
	createFrom(t, a, "callbacks: [webhook: {gate: of-charge}]")
	useDefault(t, a, "callbacks: [webhook: {gate: of-default}]")
	if err := a.NextYAML(t.Context(), []byte("scenarios: [{name: t/q, description: x, callbacks: [webhook: {gate: of-queue}]}]")); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range a.Gates() {
		names = append(names, s.Name)
	}
	for _, want := range []string{"of-charge", "of-default", "of-queue"} {
		if !slices.Contains(names, want) || a.HoldGate(want) != nil {
			t.Errorf("%s is not among the gates %q", want, names)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("the gates are %q", names)
	}
}

// TestBankAtAGate holds the decision of the bank; a person waits at the page meanwhile.
func TestBankAtAGate(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	c := createFrom(t, a, "bank: {gate: g, result: CAPTURED}, settings: {return_wait: 0s}")
	p := submit(t, g, c)
	p.Confirm(t.Context(), "")
	advance(t, a, time.Minute)
	if got, _ := a.Charge(c.ID); got.Status != tap.Initiated || !got.Deciding {
		t.Errorf("before the release the charge is %s, deciding %t", got.Status, got.Deciding)
	}
	a.Release("g", "")
	advance(t, a, 0)
	if got, _ := a.Charge(c.ID); got.Status != tap.Captured || got.Deciding {
		t.Errorf("after the release the charge is %s, deciding %t", got.Status, got.Deciding)
	}
}

// TestSlowBank delays the decision of the bank, and lets one never decide.
func TestSlowBank(t *testing.T) {
	for delay, want := range map[string][3]tap.Status{
		"20s":     {tap.Initiated, tap.Captured, tap.Captured},
		"1ms":     {tap.Captured, tap.Captured, tap.Captured},
		"forever": {tap.Initiated, tap.Initiated, tap.Abandoned},
	} {
		g := startGateway(t, gateway.Config{Now: fixed})
		a := account(t, g, "sk_test_a")
		c := createFrom(t, a, "bank: {delay: "+delay+"}, settings: {return_wait: 0s}")
		submit(t, g, c).Confirm(t.Context(), "")
		for i, d := range []time.Duration{19 * time.Second, time.Second, time.Hour} {
			advance(t, a, d)
			if got, _ := a.Charge(c.ID); got.Status != want[i] {
				t.Errorf("a delay of %s: after step %d the charge is %s, want %s", delay, i+1, got.Status, want[i])
			}
		}
		if silent := details(a, tap.EventBankSilent); len(silent) == 1 != (delay == "forever") {
			t.Errorf("a delay of %s: %q", delay, silent)
		}
	}
}

// TestDelayedAnswer delays an answer of the API on the account's clock, or holds it at a gate.
func TestDelayedAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		fault string
		free  func(*testing.T, *gateway.Account)
	}{
		"delay": {"delay: 40s", func(t *testing.T, _ *gateway.Account) { time.Sleep(40 * time.Second) }},
		"gate":  {"gate: g", func(_ *testing.T, a *gateway.Account) { a.Release("g", "") }},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
			c := createFrom(t, a, "api: [{on: charge.get, "+test.fault+"}]")
			_, f, err := a.Retrieve(tap.KindCharge, c.ID)
			if err != nil || f == nil {
				t.Fatal(f, err)
			}
			var answered atomic.Bool
			go func() {
				written, err := a.DelayAnswer(t.Context(), c.Name(), f)
				if err != nil {
					t.Error(err)
				}
				answered.Store(true)
				written()
			}()
			time.Sleep(40*time.Second - time.Nanosecond)
			synctest.Wait()
			if answered.Load() {
				t.Errorf("%s: the answer was not delayed", name)
			}
			test.free(t, a)
			synctest.Wait()
			if !answered.Load() || len(details(a, tap.EventAnswerDelayed)) != 1 || !a.AwaitIdle(t.Context()) {
				t.Errorf("%s: answered %t, %q", name, answered.Load(), details(a, tap.EventAnswerDelayed))
			}
		})
	}
}

// TestAnswerAtAnOpenGate is not delayed.
func TestAnswerAtAnOpenGate(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{Now: fixed}), "sk_test_a")
	c := createFrom(t, a, "api: [{on: charge.get, gate: g}]")
	_, f, _ := a.Retrieve(tap.KindCharge, c.ID)
	a.Release("g", c.ID)
	written, err := a.DelayAnswer(t.Context(), c.Name(), f)
	if err != nil || len(details(a, tap.EventAnswerDelayed)) != 0 {
		t.Fatalf("%v, the journal has %q", err, details(a, tap.EventAnswerDelayed))
	}
	written()
}

// TestDelayedAnswerIsGivenUp disconnects the client while its answer is delayed: nothing is left on the timeline.
func TestDelayedAnswerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
		c := createFrom(t, a, "api: [{on: charge.get, delay: 40s}]")
		_, f, _ := a.Retrieve(tap.KindCharge, c.ID)
		before := a.Overview().Scheduled
		gone, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		if written, err := a.DelayAnswer(gone, c.Name(), f); err == nil || written != nil {
			t.Errorf("the answer is to be written: %v", err)
		}
		if after := a.Overview().Scheduled; after != before {
			t.Errorf("%d effects were scheduled, and %d after the client had left", before, after)
		}
	})
}
