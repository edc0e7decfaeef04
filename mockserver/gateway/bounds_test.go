package gateway

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestEviction keeps an account at its limit: what rested longest goes first, what is open never.
func TestEviction(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Charges: 3}})
	open, first, second := create(t, a), create(t, a), create(t, a)
	confirm(t, g, second)
	confirm(t, g, first)
	create(t, a)
	if _, err := a.Charge(second.ID); err == nil {
		t.Error("the charge that rested longest is still there")
	}
	create(t, a)
	if _, err := a.Charge(first.ID); err == nil {
		t.Error("the next one is still there")
	}
	if _, err := a.CreateCharge(chargeRequest(), nil, ""); err == nil {
		t.Error("an account full of open charges takes another")
	}
	if _, err := a.Charge(open.ID); err != nil {
		t.Errorf("an open charge was dropped: %v", err)
	}
	_, err := a.Charge(first.ID)
	if gone, ok := errors.AsType[*NoChargeError](err); !ok || gone.Evicted != 2 {
		t.Errorf("the dropped charge: %v", err)
	}
	if want := 3 * 4; len(a.ids) != want || len(a.charges) != 3 || len(g.pages.entries) != 3 || g.charges.Load() != 3 {
		t.Errorf("%d ids, %d charges, %d pages, %d counted", len(a.ids), len(a.charges), len(g.pages.entries), g.charges.Load())
	}
}

// TestPendingIsNeverEvicted fills an account whose ended charges all have something pending: a retry, or a payer on his way.
func TestPendingIsNeverEvicted(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Charges: 1}, Now: func() time.Time { return time.Unix(1_800_000_000, 0) },
		Send: func(context.Context, Delivery) Attempt { return Attempt{Status: 500} }})
	c := create(t, a)
	confirm(t, g, c)
	if _, err := a.CreateCharge(chargeRequest(), nil, ""); err == nil {
		t.Fatal("a charge whose webhook is to be sent again was dropped")
	}
	if _, err := a.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	kept := a.charges[c.ID]
	a.mu.Lock()
	kept.pending++ // a payer who comes back to an ended charge is on his way
	a.mu.Unlock()
	if _, err := a.CreateCharge(chargeRequest(), nil, ""); err == nil {
		t.Fatal("a charge whose payer is being sent back was dropped")
	}
	a.mu.Lock()
	a.endPendingLocked(kept)
	a.mu.Unlock()
	create(t, a)
	if _, err := a.Charge(c.ID); err == nil {
		t.Error("with nothing pending the charge is still there")
	}
}

// TestServerLimit makes room in the account that was idle longest.
func TestServerLimit(t *testing.T) {
	g, _ := start(t, Config{Limits: Limits{ServerCharges: 4}})
	var accounts []*Account
	var charges []Charge
	for i := range 2 {
		a, err := g.Account(fmt.Sprintf("sk_test_%d", i))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			charges = append(charges, create(t, a))
		}
		accounts = append(accounts, a)
	}
	_, err := accounts[0].CreateCharge(chargeRequest(), nil, "")
	if full, ok := errors.AsType[*FullError](err); !ok || full.Limit != "server-charges" {
		t.Errorf("a server full of open charges: %v", err)
	}
	confirm(t, g, charges[3])
	create(t, accounts[0])
	if _, err := accounts[1].Charge(charges[3].ID); err == nil {
		t.Error("the one idle charge is still there")
	}
}

// TestAccountLimit drops an account at rest, and none that has something open.
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
		t.Error("an account with an open charge was dropped")
	}
	other, err := g.Account("sk_test_c")
	if err != nil {
		t.Fatal(err)
	}
	create(t, other)
	if _, err := g.Account("sk_test_d"); err == nil {
		t.Error("a server full of busy accounts takes another")
	}
	confirm(t, g, c)
	if _, err := g.Account("sk_test_d"); err != nil {
		t.Error(err)
	}
}

// TestJournalBound keeps the newest entries and counts those it dropped.
func TestJournalBound(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Journal: 4000, ServerJournal: 5000}})
	for range 200 {
		create(t, a)
	}
	entries, dropped := a.Journal()
	if a.journal.bytes > 4000 || len(entries) == 0 || int(dropped)+len(entries) != 200 || entries[len(entries)-1].Seq != 200 {
		t.Errorf("%d bytes, %d entries, %d dropped", a.journal.bytes, len(entries), dropped)
	}
	other, err := g.Account("sk_test_other")
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		create(t, other)
	}
	if g.journal.Load() > 5000+200 {
		t.Errorf("all journals have %d bytes", g.journal.Load())
	}
}

// TestIdleChargesDoNotPileUp settles far more charges than the account keeps.
func TestIdleChargesDoNotPileUp(t *testing.T) {
	_, a := start(t, Config{Limits: Limits{Charges: 100}, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	for range 50 {
		for range 40 {
			create(t, a)
		}
		if _, err := a.Advance(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.charges) != 100 || len(a.idle) != 100 || len(a.timeline.queue) != 0 || len(a.ids) != 500 {
		t.Errorf("%d charges, %d idle, %d effects, %d ids", len(a.charges), len(a.idle), len(a.timeline.queue), len(a.ids))
	}
}

// TestPayerOnHisWayIsNotEvicted pays far more at a time than the account keeps: no payer may find his page gone.
func TestPayerOnHisWayIsNotEvicted(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Charges: 8}})
	card, _ := tap.ParseTestCard("8888880000000001")
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for range 50 {
				made, err := a.CreateCharge(chargeRequest(), nil, "")
				if err != nil {
					continue // full, as it may be
				}
				p, _ := g.Payer(made.Charge.Token)
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

// TestReplayOnAFullServer answers with the original, and does not evict it to make room for nothing.
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
		if err != nil || !again.Replay || again.Charge.ID != first.Charge.ID {
			t.Errorf("replay %v, %v", again.Replay, err)
		}
		if got, _ := a.Charge(first.Charge.ID); !got.Status.Final() {
			confirm(t, g, first.Charge)
		}
	}
}

// TestServerPressureSpares an account with one ended charge from another with many.
func TestServerPressureSpares(t *testing.T) {
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
		t.Errorf("the small account's charge: %v", err)
	}
}

// TestEvictedAccountReturns opens an account again: other ids and page links than before, and it knows that it was evicted.
func TestEvictedAccountReturns(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Accounts: 1}, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	old := create(t, a)
	confirm(t, g, old)
	if _, err := g.Account("sk_test_other"); err != nil {
		t.Fatal(err)
	}
	again, err := g.Account(testKey)
	if err != nil || again == a {
		t.Fatalf("%v, the same account: %v", err, again == a)
	}
	c := create(t, a) // through the old pointer, as a request may that came in meanwhile
	if c.Token == old.Token || c.ID == old.ID {
		t.Errorf("the new charge %s has the old one's id or page link", c.ID)
	}
	if _, err := again.Charge(c.ID); err != nil {
		t.Errorf("the new charge is not in the new account: %v", err)
	}
	_, err = again.Charge(old.ID)
	if gone, ok := errors.AsType[*NoChargeError](err); !ok || gone.Evicted != 1 {
		t.Errorf("the old charge: %v", err)
	}
}

// TestAccountsAreEvictedWhole opens and uses accounts at the same time: none with an open charge may go.
func TestAccountsAreEvictedWhole(t *testing.T) {
	g, _ := start(t, Config{Limits: Limits{Accounts: 2}})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 100 {
				a, err := g.Account(fmt.Sprintf("sk_test_%d_%d", i, n))
				if err != nil {
					continue // full, as it may be
				}
				made, err := a.CreateCharge(chargeRequest(), nil, "")
				if err != nil {
					continue
				}
				now, err := g.Account(a.key)
				if err != nil {
					t.Errorf("an account with an open charge is gone: %v", err)
					continue
				}
				if _, err := now.Charge(made.Charge.ID); err != nil {
					t.Errorf("an open charge is gone: %v", err)
				}
				p, _ := g.Payer(made.Charge.Token)
				p.Cancel(t.Context())
			}
		})
	}
	all.Wait()
	kept := 0
	for _, a := range g.accounts {
		kept += len(a.charges)
	}
	if int64(kept) != g.charges.Load() {
		t.Errorf("%d charges are counted, %d are kept", g.charges.Load(), kept)
	}
}
