package gateway_test

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// lossesOf prepares the only account of a server and opens another one: it returns what the first one says that it has lost, and the log.
func lossesOf(t *testing.T, prepare func(*testing.T, *gateway.Gateway, *gateway.Account)) (lost, log string) {
	t.Helper()
	var text bytes.Buffer
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Limits: gateway.Limits{Accounts: 1},
		Logger: slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	prepare(t, g, account(t, g, "sk_test_a"))
	account(t, g, "sk_test_b")
	a := account(t, g, "sk_test_a")
	if entries := details(a, tap.EventAccountEvicted); (len(entries) == 1) != (a.Lost() != "") || len(entries) == 1 && entries[0] != a.Lost() {
		t.Errorf("the journal has %q, the account has lost %q", entries, a.Lost())
	}
	lost = a.Lost()
	if _, err := a.Reset(t.Context()); err != nil || a.Lost() != "" {
		t.Errorf("after a reset the account has lost %q: %v", a.Lost(), err)
	}
	return lost, text.String()
}

// TestLost names each part of an account that is lost when it is evicted.
func TestLost(t *testing.T) {
	type prepare = func(*testing.T, *gateway.Gateway, *gateway.Account)
	for want, prepare := range map[string]prepare{
		"": func(*testing.T, *gateway.Gateway, *gateway.Account) {},
		"journal": func(_ *testing.T, _ *gateway.Gateway, a *gateway.Account) {
			a.NoteCall("GET", "/", tap.Object{}, 200, "")
		},
		"settings": func(t *testing.T, _ *gateway.Gateway, a *gateway.Account) { setting(t, a, "pin_tries", "5") },
		"own scenarios": func(t *testing.T, _ *gateway.Gateway, a *gateway.Account) {
			if err := a.PutScenarios(t.Context(), []byte("scenarios: [{name: t/x, description: x}]")); err != nil {
				t.Error(err)
			}
		},
		"default scenario":     func(_ *testing.T, _ *gateway.Gateway, a *gateway.Account) { a.SetDefault("outcome/captured") },
		"queue":                func(_ *testing.T, _ *gateway.Gateway, a *gateway.Account) { a.Next("outcome/captured") },
		"clock":                func(t *testing.T, _ *gateway.Gateway, a *gateway.Account) { advance(t, a, time.Minute) },
		"charges (1), journal": func(t *testing.T, g *gateway.Gateway, a *gateway.Account) { pay(t, g, create(t, a)) },
		"journal, gates": func(t *testing.T, g *gateway.Gateway, a *gateway.Account) {
			a.NoteCall("GET", "/", tap.Object{}, 200, "")
			a.Next("outcome/captured")
			if err := a.NextYAML(t.Context(), []byte("scenarios: [{name: t/q, description: x, callbacks: [webhook: {gate: g}]}]")); err != nil {
				t.Error(err)
			}
			a.HoldGate("g")
			a.ClearQueue()
		},
	} {
		lost, log := lossesOf(t, prepare)
		text := ""
		if want != "" {
			text = "the account was evicted because the limit accounts=1 was reached, and lost: " + want + ". Raise the limit, such as -limit accounts=2; a reset ends this note"
		}
		if lost != text || strings.Contains(log, "an account was evicted") != (want != "") {
			t.Errorf("%s: the account has lost %q, the log is %s", want, lost, log)
		}
	}
}

// TestLostCards names saved cards.
func TestLostCards(t *testing.T) {
	lost, _ := lossesOf(t, func(t *testing.T, g *gateway.Gateway, a *gateway.Account) {
		setting(t, a, "kfast", "true")
		saveFor(t, g, a, "cus_1", true)
	})
	if !strings.Contains(lost, "lost: charges (1), journal, settings, cards saved for KFAST.") {
		t.Errorf("the account has lost %q", lost)
	}
}

// TestUnpreparedAccountsAreEvictedFirst opens a third account on a server for two: the one that has been prepared stays, although it was
// used earlier.
func TestUnpreparedAccountsAreEvictedFirst(t *testing.T) {
	g := startGateway(t, gateway.Config{Limits: gateway.Limits{Accounts: 2}})
	setting(t, account(t, g, "sk_test_a"), "pin_tries", "5")
	account(t, g, "sk_test_b")
	account(t, g, "sk_test_c")
	if g.Find("sk_test_a") == nil || g.Find("sk_test_b") != nil || g.Find("sk_test_c") == nil {
		t.Error("another account than the second was evicted")
	}
}

// TestOneChargeIsEvicted creates one charge more than the account may have: the oldest one goes, no other.
func TestOneChargeIsEvicted(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Limits: gateway.Limits{Charges: 3}})
	a := account(t, g, "sk_test_a")
	var ids []string
	for range 4 {
		c := create(t, a)
		pay(t, g, c)
		a.AwaitIdle(t.Context())
		ids = append(ids, c.ID)
	}
	_, gone := a.Charge(ids[0])
	_, kept := a.Charge(ids[1])
	if missing, ok := errors.AsType[*gateway.NoChargeError](gone); !ok || missing.Error() != "this key's account has no such charge; it has evicted 1 charges to stay within its limits" || kept != nil {
		t.Errorf("the first charge: %v, the second: %v", gone, kept)
	}
	if o := a.Overview(); o.Charges != 3 || o.EvictedCharges != 1 {
		t.Errorf("the summary is %+v", o)
	}
	if list, err := a.List(tap.KindCharge, &tap.ListRequest{To: fixed().UnixMilli(), Limit: 9}); err != nil || len(list.Payments) != 3 || list.Evicted != 1 {
		t.Errorf("a list has %d charges, %d evicted: %v", len(list.Payments), list.Evicted, err)
	}
}

// TestFullServerEvictsHalf creates a charge on a full server: half of the idle charges of the account with most of them go.
func TestFullServerEvictsHalf(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Limits: gateway.Limits{ServerCharges: 10}})
	a, b := account(t, g, "sk_test_a"), account(t, g, "sk_test_b")
	for range 10 {
		pay(t, g, create(t, a))
		a.AwaitIdle(t.Context())
	}
	create(t, b)
	if o := a.Overview(); o.EvictedCharges != 5 || o.Charges != 5 || b.Overview().EvictedCharges != 0 {
		t.Errorf("%d charges were evicted, %d are left", o.EvictedCharges, o.Charges)
	}
}

// TestServerWithOnePlaceLeft fills a server with two accounts: the error of the last one does not speak of its share.
func TestServerWithOnePlaceLeft(t *testing.T) {
	g := startGateway(t, gateway.Config{Limits: gateway.Limits{ServerCharges: 2}})
	a, b := account(t, g, "sk_test_a"), account(t, g, "sk_test_b")
	create(t, a)
	create(t, b)
	_, err := b.CreateCharge(&tap.PaymentRequest{Currency: "KWD"}, nil, "")
	if full, ok := errors.AsType[*gateway.FullError](err); !ok || full.Share != 0 || full.Limit != "server-charges" || full.Max != 2 {
		t.Errorf("a third charge: %v", err)
	}
}

// TestIdempotenceOfEvictedCharges evicts a charge: its reference.idempotent makes a new charge, and does not name another charge that has
// taken its place.
func TestIdempotenceOfEvictedCharges(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Limits: gateway.Limits{Charges: 2}})
	a := account(t, g, "sk_test_a")
	settled := func(idempotent string) gateway.Creation {
		made := ordered(t, a, "", idempotent)
		if !made.Repeated {
			pay(t, g, made.Payment)
			a.AwaitIdle(t.Context())
		}
		return made
	}
	first := settled("i")
	advance(t, a, 25*time.Hour)
	second := settled("i") // the first one is too old; both remember i
	if third := settled("k"); second.Repeated || third.Repeated {
		t.Fatal("a new request was repeated")
	}
	if again := settled("i"); !again.Repeated || again.Payment.ID != second.Payment.ID {
		t.Errorf("after the eviction of the first charge, repeated %t", again.Repeated)
	}
	settled("l") // the second one is evicted
	if again := settled("i"); again.Repeated || again.Payment.ID == first.Payment.ID || again.Payment.ID == second.Payment.ID {
		t.Errorf("after the eviction of both charges, repeated %t", again.Repeated)
	}
}

// TestLastEntriesAreKept has journals of which the server may keep nothing: each account keeps its last entry.
func TestLastEntriesAreKept(t *testing.T) {
	g := startGateway(t, gateway.Config{Limits: gateway.Limits{ServerJournal: 1}})
	for _, key := range []string{"sk_test_a", "sk_test_b"} {
		a := account(t, g, key)
		for _, path := range []string{"/1", "/2", "/3"} {
			a.NoteUnknown("GET", path, "")
		}
		if entries, dropped := a.Journal(); len(entries) != 1 || entries[0].Detail != "GET /3" || dropped != 2 {
			t.Errorf("%v are kept, %d dropped", entries, dropped)
		}
	}
}

// TestQueueIsBounded fills the queue.
func TestQueueIsBounded(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
	for i := range 10_000 {
		if err := a.Next("outcome/captured"); err != nil {
			t.Fatalf("scenario %d: %v", i+1, err)
		}
	}
	if err := a.Next("outcome/captured"); err == nil || !strings.HasPrefix(err.Error(), "the queue has 10000 scenarios already") {
		t.Errorf("one more: %v", err)
	}
	if n := a.ClearQueue(); n != 10_000 || len(a.Queue()) != 0 {
		t.Errorf("%d scenarios were in the queue", n)
	}
	if err := a.NextYAML(t.Context(), []byte("scenarios: [{name: t/x}]")); err == nil || len(a.Queue()) != 0 {
		t.Errorf("a file with a mistake: %v", err)
	}
}

// TestChaos injects a scenario into each charge, but into no more than two in a row, and records it.
func TestChaos(t *testing.T) {
	for limit, want := range map[string][]string{
		"": {"f", "f", "", "f", "f", ""}, ", max_consecutive: 1": {"f", "", "f", "", "f", ""}, ", max_consecutive: 9": {"f", "f", "f", "f", "f", "f"},
	} {
		a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
		useDefault(t, a, "chaos: {rates: {webhook/twice: 100%}"+limit+"}")
		var got []string
		for range want {
			text := ""
			if steps := create(t, a).Script.Callbacks; slices.ContainsFunc(steps, func(s scenarios.Callback) bool { return s.Webhook != nil && s.Webhook.Copies == 2 }) {
				text = "f"
			}
			got = append(got, text)
		}
		record, err := a.ChaosRecord()
		if !slices.Equal(got, want) || err != nil || len(record) != len(want) {
			t.Errorf("chaos%s injects %q, want %q; %d calls are recorded: %v", limit, got, want, len(record), err)
		}
	}
}

// TestRareChaos injects a scenario into about one charge in ten.
func TestRareChaos(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{Seed: 1}), "sk_test_a")
	useDefault(t, a, "chaos: {rates: {api/get-down: 10%}, max_consecutive: 9}")
	faulty := 0
	for range 300 {
		if len(create(t, a).Script.API) > 0 {
			faulty++
		}
	}
	if faulty < 15 || faulty > 50 {
		t.Errorf("%d of 300 charges have a fault", faulty)
	}
}
