package gateway

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// checkMemory counts what the accounts hold and compares it with what is counted.
func checkMemory(t *testing.T, g *Gateway) {
	t.Helper()
	total, files := 0, map[*scenarios.Set]int{}
	for _, a := range g.accounts {
		holders := map[*scenarios.Script]int{}
		for c := range a.state.payments.all() {
			holders[c.Script]++
		}
		for r := range a.state.refunds.all() {
			holders[r.Script]++
		}
		for _, q := range a.state.choice.queue {
			holders[q.script]++
		}
		for _, p := range a.state.choice.chaos {
			holders[p.script]++
		}
		holders[a.state.choice.defaults[tap.KindCharge]]++
		holders[a.state.choice.defaults[tap.KindRefund]]++
		own := a.state.choice.own.Cost()
		for script, h := range a.state.choice.held {
			if h.users != holders[script] {
				t.Errorf("%s has %d users, %d are counted", script.Name, holders[script], h.users)
			}
			own, total = own+h.cost, total+h.cost
		}
		if own != a.state.choice.memory || own > g.limits.Scenarios {
			t.Errorf("an account needs %d bytes, %d are counted, the limit is %d", own, a.state.choice.memory, g.limits.Scenarios)
		}
		if a.state.choice.own != nil {
			files[a.state.choice.own]++
		}
	}
	for set, users := range files {
		total += set.Cost()
		if f := g.memory.files[set]; f == nil || f.users != users {
			t.Errorf("a file of %d accounts is counted as %+v", users, f)
		}
	}
	if total != g.memory.used || total > g.memory.max || len(files) != len(g.memory.files) || len(g.memory.texts) > len(files) {
		t.Errorf("%d bytes in %d files, %d are counted in %d files, the limit is %d", total, len(files), g.memory.used, len(g.memory.files), g.memory.max)
	}
}

// ownFile is one of a few scenario files.
func ownFile(n int) []byte {
	return fmt.Appendf(nil, `scenarios:
  - {name: own/plain, description: %s., bank: {result: CAPTURED}}
  - {name: own/settings, description: A., extends: own/plain, settings: {pin_tries: 5}}
  - {name: own/refund, description: A., object: refund, refund: {status: FAILED}}
  - {name: own/chaos, description: A., chaos: {rates: {own/plain: 50%%, webhook/twice: 50%%}}}
`, strings.Repeat("x", 1000*n))
}

// TestMemoryIsCounted brings scenarios in every way from several accounts at once, on a server with too little memory for all, and
// compares what is counted with what is there.
func TestMemoryIsCounted(t *testing.T) {
	g, _ := start(t, Config{Limits: Limits{Charges: 4, Accounts: 6, Scenarios: 60_000, ServerScenarios: 150_000}})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			draw := rand.New(rand.NewPCG(1, uint64(i)))
			for range 150 {
				a, err := g.Account(fmt.Sprintf("sk_test_%d", draw.IntN(8)))
				if err != nil {
					continue // full
				}
				bring(t, g, a, draw)
			}
		})
	}
	all.Wait()
	checkMemory(t, g)
	for a := range maps.Values(g.accounts) {
		if _, err := a.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	checkMemory(t, g)
	if g.memory.used != 0 || len(g.memory.texts) != 0 {
		t.Errorf("after all resets %d bytes are counted, %d texts", g.memory.used, len(g.memory.texts))
	}
}

// TestMemoryIsCountedAtEachStep is the same on one account, compared after each step.
func TestMemoryIsCountedAtEachStep(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Charges: 4, Scenarios: 100_000}})
	draw := rand.New(rand.NewPCG(1, 1))
	for i := range 500 {
		bring(t, g, a, draw)
		a.AwaitIdle(t.Context())
		if checkMemory(t, g); t.Failed() {
			t.Fatalf("after step %d", i)
		}
	}
}

// bring does one of the things that bring scenarios to an account or take them away. Errors because something is full or gone are expected.
func bring(t *testing.T, g *Gateway, a *Account, draw *rand.Rand) {
	switch draw.IntN(17) {
	case 0:
		a.PutScenarios(t.Context(), ownFile(draw.IntN(30)))
	case 1:
		a.SetScenarios(nil)
	case 2:
		a.Next("own/settings + webhook/twice")
	case 3:
		a.NextYAML(t.Context(), ownFile(draw.IntN(30)))
	case 4:
		a.SetDefault([]string{"", "own/chaos", "own/plain", "payer/pays", "own/refund"}[draw.IntN(5)])
	case 5:
		a.ClearQueue()
	case 6:
		if draw.IntN(4) == 0 {
			a.Reset(t.Context())
		}
	case 7:
		a.Next("own/refund + webhook/twice")
	default:
		made, err := a.CreateCharge(chargeRequest(), nil, "")
		if p, none := g.Payer(made.Payment.Token); err == nil && none == nil {
			p.Open()
			p.End(t.Context(), []string{"captured", "webhook-twice", "cancelled"}[draw.IntN(3)])
			req := &tap.RefundRequest{ChargeID: made.Payment.ID, Amount: 100, Currency: made.Payment.Request.Currency, Reason: "r"}
			if begun, err := a.Begin(ForRefund(req), nil); err == nil {
				begun.Commit()
				a.CreateRefund(begun, req, nil)
			}
		}
	}
}

// TestChangeOfAnEvictedAccount changes an account that was evicted after it was looked up: each change is refused, none is lost.
func TestChangeOfAnEvictedAccount(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Accounts: 1}})
	if _, err := g.Account("sk_test_other"); err != nil {
		t.Fatal(err)
	}
	strict := "true"
	set, err := scenarios.Parse(scenarios.Builtin(), "x", ownFile(1))
	if err != nil {
		t.Fatal(err)
	}
	_, released := a.Release("g", "")
	_, advanced := a.Advance(t.Context(), time.Hour)
	_, frozen := a.Freeze(t.Context(), time.Time{})
	for what, err := range map[string]error{"settings": a.SetSettings(map[string]*string{"strict": &strict}), "scenarios": a.SetScenarios(set),
		"default": a.SetDefault("payer/pays"), "next": a.Next("payer/pays"), "next of a set": a.NextOf(set), "hold": a.HoldGate("g"),
		"release": released, "advance": advanced, "freeze": frozen} {
		if !errors.Is(err, ErrEvicted) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if a.state.choice.memory != 0 || g.memory.used != 0 {
		t.Errorf("%d and %d bytes are counted", a.state.choice.memory, g.memory.used)
	}
}
