package payment

import (
	"errors"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// newCharge is an INITIATED charge of 0.500 KWD.
func newCharge(source string) Payment {
	settings := tap.DefaultSettings()
	req := &tap.PaymentRequest{Amount: 500, Currency: "KWD", Source: source, RedirectURL: "https://shop.example/return", ExpiryMinutes: 30}
	c := NewPayment(tap.KindCharge, tap.NewIDs(1), 1, 1, req, &settings, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	c.ID = "chg_1"
	return c
}

func finish(t *testing.T, c *Payment, end tap.Outcome, event tap.Event, bank Bank) []Fact {
	t.Helper()
	facts, err := c.Finish(End{Outcome: end, Event: event, At: c.Created.Add(time.Minute), IDs: tap.NewIDs(1)}, bank, nil)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestVersion makes each version of a charge that failed and was captured later: it is the charge as each change left it.
func TestVersion(t *testing.T) {
	c := newCharge("src_all")
	at := []Payment{c}
	c.ChooseKNET(c.Created, c.OpenPage(c.Created, nil))
	at[0].Source = tap.SourceKNET // chosen before the next change
	finish(t, &c, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{})
	at = append(at, c)
	c.Redirect, c.Post = Succeeded, Failed
	at[1].Redirect, at[1].Post = c.Redirect, c.Post // the state before the next change
	finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventCorrected, Bank{})
	c.Post = Succeeded
	at = append(at, c)
	if c.Latest() != 2 {
		t.Fatalf("the latest version is %d", c.Latest())
	}
	for n, want := range at {
		got := c.Version(n)
		if got.References() != want.References() {
			t.Errorf("version %d has the references %v, want %v", n, got.References(), want.References())
		}
		if got.State != want.State || got.Latest() != n || got.Redirect != want.Redirect || got.Post != want.Post {
			t.Errorf("version %d is %+v, %d %d, want %+v, %d %d", n, got.State, got.Redirect, got.Post, want.State, want.Redirect, want.Post)
		}
	}
	if first := c.Original(); first.Status != tap.Initiated || first.Source != "src_all" || first.Post != Pending || first.Redirect != Pending {
		t.Errorf("the original is %+v, %d %d", first.State, first.Redirect, first.Post)
	}
}

// TestCapturedAmount captures another amount: versions before the capture keep the requested one.
func TestCapturedAmount(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	facts := finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventSettled, Bank{Captures: 1000, Differs: true})
	if c.Amount != 1000 || c.Version(0).Amount != 500 || c.Version(1).Amount != 1000 {
		t.Errorf("the amounts are %d, %d and %d", c.Amount, c.Version(0).Amount, c.Version(1).Amount)
	}
	if text := c.Describe(facts[0]); text != "INITIATED → CAPTURED, 000 Captured, 1.000 KWD of 0.500 KWD" {
		t.Errorf("the capture is described as %q", text)
	}
}

// TestChangesAreBounded refuses a change of a charge that has the maximum of them, and names it.
func TestChangesAreBounded(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	c.past = make([]State, 63)
	err := c.Apply(State{Status: tap.Captured}, false)
	if full, ok := errors.AsType[*ChangesError](err); !ok || full.Error() != "charge chg_1 has 64 changes, which is the maximum" || c.Status != tap.Initiated {
		t.Errorf("a 65th change: %v, the charge is %s", err, c.Status)
	}
}

// TestRefusedMoveDrawsNothing makes a move that is not legal: the charge stays the same, its draws too.
func TestRefusedMoveDrawsNothing(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventSettled, Bank{})
	before := c
	if _, err := c.Finish(End{Outcome: tap.OutcomePageExpired(), Event: tap.EventSettled}, Bank{}, nil); err == nil {
		t.Fatal("a captured charge was cancelled")
	}
	if c.State != before.State || c.Rand().Uint64() != before.Rand().Uint64() {
		t.Error("the refused move changed the charge")
	}
}
