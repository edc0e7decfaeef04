package payment

import (
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestDecision lets the scenario decide, or else the expiry of the card.
func TestDecision(t *testing.T) {
	for _, test := range []struct {
		year int
		bank Bank
		want tap.Outcome
	}{
		{2030, Bank{}, tap.KNETOutcome(tap.KNETCaptured, "")},
		{2031, Bank{}, tap.KNETOutcome(tap.KNETNotCaptured, "51")},
		{2030, Bank{Decides: true, Decision: tap.KNETOutcome(tap.KNETHostTimeout, "")}, tap.KNETOutcome(tap.KNETHostTimeout, "")},
		{2030, Bank{Decision: tap.KNETOutcome(tap.KNETHostTimeout, "")}, tap.KNETOutcome(tap.KNETCaptured, "")},
	} {
		c := assuming(t, "bank_captured_expiries=09/30", "bank_decline_code=51")
		c.Page.Expiry = tap.CardExpiry{Month: 9, Year: test.year}
		got := c.Decision(test.bank)
		if got.Status != test.want.Status || got.Result != test.want.Result || *got.Bank != *test.want.Bank {
			t.Errorf("%d, %+v: %+v", test.year, test.bank, got)
		}
	}
}

// TestDiffersOnlyWhenCaptured declines a payment of which the bank would have captured another amount: the amount stays.
func TestDiffersOnlyWhenCaptured(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	facts := finish(t, &c, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{Captures: 750, Differs: true})
	if c.Amount != 500 || len(facts) != 1 {
		t.Errorf("the amount is %d, %v", c.Amount, events(facts))
	}
}

// TestFinishEndsTheDecision clears that the bank is deciding.
func TestFinishEndsTheDecision(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	c.Deciding = true
	if finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventSettled, Bank{}); c.Deciding {
		t.Error("the bank is still deciding")
	}
}

// TestLateMovesNeedACorrection captures a failed charge: only a corrected result can.
func TestLateMovesNeedACorrection(t *testing.T) {
	for event, want := range map[tap.Event]bool{tap.EventSettled: false, tap.EventCorrected: true} {
		c := newCharge(tap.SourceKNET)
		finish(t, &c, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{})
		_, err := c.Finish(End{Outcome: tap.KNETOutcome(tap.KNETCaptured, ""), Event: event, At: c.Created, IDs: tap.NewIDs(1)}, Bank{}, nil)
		if (err == nil) != want {
			t.Errorf("%s: %v", event, err)
		}
	}
}

// TestExpiryOutcome ends an unpaid charge as the setting says.
func TestExpiryOutcome(t *testing.T) {
	for setting, want := range map[string]struct {
		status tap.Status
		code   string
		event  tap.Event
	}{"ABANDONED": {tap.Abandoned, "301", tap.EventExpired}, "CANCELLED": {tap.Cancelled, "304", tap.EventSettled}} {
		c := assuming(t, "charge_expiry_outcome="+setting)
		end, event := c.ExpiryOutcome()
		if end.Status != want.status || end.Result.Code != want.code || event != want.event || end.Bank != nil {
			t.Errorf("%s: %+v, %s", setting, end, event)
		}
	}
}
