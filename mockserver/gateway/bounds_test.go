package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestEviction fills an account up to its limit: the charge that became idle first is evicted first, an open charge never.
func TestEviction(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Charges: 3}})
	open, first, second := create(t, a), create(t, a), create(t, a)
	confirm(t, g, second)
	confirm(t, g, first)
	create(t, a)
	if _, err := a.Charge(second.ID); err == nil {
		t.Error("the charge that became idle first was not evicted")
	}
	create(t, a)
	if _, err := a.Charge(first.ID); err == nil {
		t.Error("the charge that became idle second was not evicted")
	}
	if _, err := a.CreateCharge(chargeRequest(), nil, ""); err == nil {
		t.Error("an account full of open charges accepted another")
	}
	if _, err := a.Charge(open.ID); err != nil {
		t.Errorf("an open charge was evicted: %v", err)
	}
	_, err := a.Charge(first.ID)
	if missing, ok := errors.AsType[*NoChargeError](err); !ok || missing.Evicted != 2 {
		t.Errorf("the evicted charge: %v", err)
	}
	if a.state.payments.len() != 3 || len(g.pages.payers) != 3 || g.places.all.taken != 3 || g.places.all.idle != 0 {
		t.Errorf("%d charges, %d pages, %d counted", a.state.payments.len(), len(g.pages.payers), g.places.all.taken)
	}
}

// TestPendingIsNeverEvicted fills an account whose ended charges all have something pending: a retry, or a payer's return.
func TestPendingIsNeverEvicted(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Charges: 1}, Now: func() time.Time { return time.Unix(1_800_000_000, 0) },
		Send: func(context.Context, Delivery) Attempt { return Attempt{Status: 500} }})
	c := create(t, a)
	confirm(t, g, c)
	if _, err := a.CreateCharge(chargeRequest(), nil, ""); err == nil {
		t.Fatal("a charge with a pending retry was evicted")
	}
	if _, err := a.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	lane := c.number
	a.update(func(t *tx) { t.timeline.Keep(lane) }) // a payer is being sent back
	if _, err := a.CreateCharge(chargeRequest(), nil, ""); err == nil {
		t.Fatal("a charge whose payer is being sent back was evicted")
	}
	a.update(func(t *tx) { t.timeline.Unkeep(lane) })
	create(t, a)
	if _, err := a.Charge(c.ID); err == nil {
		t.Error("the charge was not evicted although nothing of it was pending")
	}
}

// wantFull creates a charge and checks that the limit refuses it, whole or because of the account's share.
func wantFull(t *testing.T, a *Account, limit string, share int) {
	t.Helper()
	_, err := a.CreateCharge(chargeRequest(), nil, "")
	full, ok := errors.AsType[*FullError](err)
	if !ok || full.Limit != limit || full.Share != share || !strings.Contains(err.Error(), fmt.Sprintf("-limit %s=%d", limit, 2*full.Max)) {
		t.Errorf("%v; want the limit %s, share %d, and its flag", err, limit, share)
	}
}

// TestFairShare has one account that creates as many charges as it can: it gets half of what the others leave free, and the others
// still get theirs. Charges that have ended do not count.
func TestFairShare(t *testing.T) {
	g, greedy := start(t, Config{Limits: Limits{ServerCharges: 20}})
	open := []Payment{create(t, greedy)}
	for range 9 {
		open = append(open, create(t, greedy))
	}
	wantFull(t, greedy, "server-charges", 10)
	for i, want := range []int{5, 3, 1, 1} { // half of 10, 5, 2 and 1
		a, err := g.Account(fmt.Sprintf("sk_test_%d", i))
		if err != nil {
			t.Fatal(err)
		}
		for range want {
			create(t, a)
		}
		if i < 3 {
			wantFull(t, a, "server-charges", want)
		}
	}
	late, err := g.Account("sk_test_late")
	if err != nil {
		t.Fatal(err)
	}
	wantFull(t, late, "server-charges", 0)
	confirm(t, g, open[0])
	create(t, late)
	wantFull(t, greedy, "server-charges", 5)
}

// TestCreatesDoNotOvershoot creates charges concurrently, in several accounts and through evictions: never are more kept than the limit.
func TestCreatesDoNotOvershoot(t *testing.T) {
	const limit = 16
	g, _ := start(t, Config{Limits: Limits{ServerCharges: limit}})
	var all sync.WaitGroup
	for i := range 8 {
		a, err := g.Account(fmt.Sprintf("sk_test_%d", i))
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			for range 50 {
				made, err := a.CreateCharge(chargeRequest(), nil, "")
				g.pages.mu.Lock()
				kept := len(g.pages.payers)
				g.pages.mu.Unlock()
				if kept > limit {
					t.Errorf("%d charges are kept, the limit is %d", kept, limit)
				}
				if err != nil {
					continue // full
				}
				p, _ := g.Payer(made.Payment.Token)
				p.Cancel(t.Context())
			}
		})
	}
	all.Wait()
	kept := 0
	for _, a := range g.accounts {
		if s := a.places; s.taken != a.state.payments.len() || s.idle != len(a.state.idle) {
			t.Errorf("%+v is counted, %d charges are kept, %d idle", s, a.state.payments.len(), len(a.state.idle))
		}
		kept += a.state.payments.len()
	}
	if kept != g.places.all.taken || kept == 0 {
		t.Errorf("%d charges are counted, %d are kept", g.places.all.taken, kept)
	}
}

// TestServerLimit evicts from another account when the server is full.
func TestServerLimit(t *testing.T) {
	g, _ := start(t, Config{Limits: Limits{ServerCharges: 4}})
	var accounts []*Account
	var charges []Payment
	for i, n := range []int{2, 1, 1} {
		a, err := g.Account(fmt.Sprintf("sk_test_%d", i))
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			charges = append(charges, create(t, a))
		}
		accounts = append(accounts, a)
	}
	late, err := g.Account("sk_test_late")
	if err != nil {
		t.Fatal(err)
	}
	wantFull(t, late, "server-charges", 0)
	confirm(t, g, charges[2])
	create(t, late)
	if _, err := accounts[1].Charge(charges[2].ID); err == nil {
		t.Error("the only idle charge was not evicted")
	}
}

// TestAccountLimit evicts an idle account, and never one with an open charge.
func TestAccountLimit(t *testing.T) {
	g, first := start(t, Config{Limits: Limits{Accounts: 2}})
	c := create(t, first)
	if _, err := g.Account("sk_test_b"); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Account("sk_test_c"); err != nil {
		t.Fatal(err)
	}
	if again, _ := g.Account(testKey); again != first {
		t.Error("an account with an open charge was evicted")
	}
	other, err := g.Account("sk_test_c")
	if err != nil {
		t.Fatal(err)
	}
	create(t, other)
	if _, err := g.Account("sk_test_d"); err == nil {
		t.Error("a server full of accounts with open charges accepted another")
	}
	confirm(t, g, c)
	if _, err := g.Account("sk_test_d"); err != nil {
		t.Error(err)
	}
}

// TestJournalBound expects that a full journal keeps the newest entries and counts the dropped ones.
func TestJournalBound(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Journal: 4000, ServerJournal: 5000}})
	for range 200 {
		create(t, a)
	}
	entries, dropped := a.Journal()
	if a.state.journal.Bytes() > 4000 || len(entries) == 0 || int(dropped)+len(entries) != 200 || entries[len(entries)-1].Seq != 200 {
		t.Errorf("%d bytes, %d entries, %d dropped", a.state.journal.Bytes(), len(entries), dropped)
	}
	other, err := g.Account("sk_test_other")
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		create(t, other)
	}
	if g.journal.Load() > 5000+200 {
		t.Errorf("the journals have %d bytes together", g.journal.Load())
	}
}

// TestIdleChargesAreBounded ends far more charges than the account keeps.
func TestIdleChargesAreBounded(t *testing.T) {
	_, a := start(t, Config{Limits: Limits{Charges: 100}, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	for range 50 {
		for range 40 {
			create(t, a)
		}
		if _, err := a.Advance(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	queued, _ := a.state.timeline.Len()
	if a.state.payments.len() != 100 || len(a.state.idle) != 100 || queued != 0 {
		t.Errorf("%d charges, %d idle, %d effects", a.state.payments.len(), len(a.state.idle), queued)
	}
}

// TestPayerAtThePageIsNotEvicted pays far more charges concurrently than the account keeps: no page may disappear before its
// payer is sent back.
func TestPayerAtThePageIsNotEvicted(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Charges: 8}})
	card, _ := tap.ParseTestCard("8888880000000001")
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for range 50 {
				made, err := a.CreateCharge(chargeRequest(), nil, "")
				if err != nil {
					continue // full
				}
				p, _ := g.Payer(made.Payment.Token)
				p.Open()
				p.Submit(t.Context(), card, tap.CardExpiry{Month: 9, Year: 2030}, false)
				if _, err := p.Confirm(t.Context(), ""); err != nil {
					t.Errorf("confirm: %v", err)
				}
			}
		})
	}
	all.Wait()
}

// TestReplayOnAFullServer replays a create request on a full server: the answer is the original charge, which must not be evicted.
func TestReplayOnAFullServer(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{ServerCharges: 1}})
	req := chargeRequest()
	req.Idempotent = "once"
	first, err := a.CreateCharge(req, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again, err := a.CreateCharge(req, nil, "")
		if err != nil || !again.Repeated || again.Payment.ID != first.Payment.ID {
			t.Errorf("replay %v, %v", again.Repeated, err)
		}
		if got, _ := a.Charge(first.Payment.ID); !got.Status.Final() {
			confirm(t, g, first.Payment)
		}
	}
}

// TestServerLimitSparesSmallAccount expects that a full server evicts from the account with many idle charges, not from the one
// with one.
func TestServerLimitSparesSmallAccount(t *testing.T) {
	g, small := start(t, Config{Limits: Limits{ServerCharges: 100}})
	big, err := g.Account("sk_test_big")
	if err != nil {
		t.Fatal(err)
	}
	kept := create(t, small)
	confirm(t, g, kept)
	for range 99 {
		confirm(t, g, create(t, big))
	}
	create(t, small)
	if _, err := small.Charge(kept.ID); err != nil {
		t.Errorf("the charge of the small account: %v", err)
	}
}

// TestEvictedAccountReturns opens an evicted account again: its ids and page links are new, and it says that charges were evicted.
func TestEvictedAccountReturns(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Accounts: 1}, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	old := create(t, a)
	confirm(t, g, old)
	if _, err := g.Account("sk_test_other"); err != nil {
		t.Fatal(err)
	}
	again, err := g.Account(testKey)
	if err != nil || again == a {
		t.Fatalf("error %v, same account: %v", err, again == a)
	}
	c := create(t, a) // through the old pointer, like a request that was received before the eviction
	if c.Token == old.Token || c.ID == old.ID {
		t.Errorf("the new charge %s has the id or page link of the old one", c.ID)
	}
	if _, err := again.Charge(c.ID); err != nil {
		t.Errorf("the new charge is not in the new account: %v", err)
	}
	_, err = again.Charge(old.ID)
	if missing, ok := errors.AsType[*NoChargeError](err); !ok || missing.Evicted != 1 {
		t.Errorf("the old charge: %v", err)
	}
}

// TestAccountsAreEvictedWhole opens and uses accounts concurrently: no account with an open charge may be evicted.
func TestAccountsAreEvictedWhole(t *testing.T) {
	g, _ := start(t, Config{Limits: Limits{Accounts: 2}})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 100 {
				a, err := g.Account(fmt.Sprintf("sk_test_%d_%d", i, n))
				if err != nil {
					continue // full
				}
				made, err := a.CreateCharge(chargeRequest(), nil, "")
				if err != nil {
					continue
				}
				now, err := g.Account(a.key)
				if err != nil {
					t.Errorf("an account with an open charge was evicted: %v", err)
					continue
				}
				if _, err := now.Charge(made.Payment.ID); err != nil {
					t.Errorf("an open charge was evicted: %v", err)
				}
				p, _ := g.Payer(made.Payment.Token)
				p.Cancel(t.Context())
			}
		})
	}
	all.Wait()
	kept := 0
	for _, a := range g.accounts {
		kept += a.state.payments.len()
	}
	if kept != g.places.all.taken {
		t.Errorf("%d charges are counted, %d are kept", g.places.all.taken, kept)
	}
}
