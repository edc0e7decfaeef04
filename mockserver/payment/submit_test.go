package payment

import (
	"errors"
	"slices"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestConfirmScreen submits with and without the confirm screen: without it the bank is asked at once, unless a password is required.
func TestConfirmScreen(t *testing.T) {
	for _, test := range []struct {
		screen string
		asks   bool
		want   bool // the bank is asked
	}{{"always", false, false}, {"never", false, true}, {"never", true, false}} {
		c := assuming(t, "page_confirm_screen="+test.screen)
		c.OpenPage(c.Created, nil)
		facts, next, err := c.Submit(paying, Bank{AsksOTP: &test.asks}, c.Created, nil)
		if err != nil || next.AskBank != test.want || next.Ends || facts[0].Event() != tap.EventSubmitted || c.Page.Stage != StageConfirm {
			t.Errorf("%+v: %v, %+v, %v, stage %s", test, events(facts), next, err, c.Page.Stage)
		}
	}
}

// TestSubmitBeforeKNET submits a card while the payer still chooses the method: nothing happens.
func TestSubmitBeforeKNET(t *testing.T) {
	c := newCharge(tap.SourceAll)
	c.OpenPage(c.Created, nil)
	before := c.Page
	if facts, next, err := c.Submit(paying, Bank{}, c.Created, nil); len(facts) != 0 || next != (Next{}) || err != nil || c.Page != before {
		t.Errorf("%v, %+v, %v, the page is %+v", events(facts), next, err, c.Page)
	}
}

// TestSubmitAgain submits another card at the confirm screen: it replaces the first one.
func TestSubmitAgain(t *testing.T) {
	c := atEntry()
	c.Submit(paying, Bank{}, c.Created, nil)
	other := paying
	other.Expiry.Month = 5
	if _, _, err := c.Submit(other, Bank{}, c.Created, nil); err != nil || c.Page.Expiry != other.Expiry || c.Page.Card != card {
		t.Errorf("%v, the page is %+v", err, c.Page)
	}
}

// TestRefusedForms refuses forms at the confirm screen: the payer is back at the entry screen, except after the last wrong PIN.
func TestRefusedForms(t *testing.T) {
	c := assuming(t, "pin_tries=2")
	c.OpenPage(c.Created, nil)
	c.Submit(paying, Bank{}, c.Created, nil)
	if facts := c.RefuseSubmit("no card", nil); len(facts) != 1 || facts[0].Text() != "no card" || c.Page.Stage != StageEntry || c.Page.WrongPINs != 0 {
		t.Errorf("a refused form: %v, stage %s, %d wrong PINs", events(facts), c.Page.Stage, c.Page.WrongPINs)
	}
	c.Submit(paying, Bank{}, c.Created, nil)
	if facts, next := c.RefusePIN("not 4 digits", nil); len(facts) != 1 || next.Ends || c.Page.Stage != StageEntry || c.Page.WrongPINs != 1 {
		t.Errorf("a wrong PIN: %v, %+v, stage %s", events(facts), next, c.Page.Stage)
	}
	if _, next := c.RefusePIN("not 4 digits", nil); !next.Ends || next.Outcome.Bank.Code != "75" {
		t.Errorf("the last wrong PIN: %+v", next)
	}
	choosing := newCharge(tap.SourceAll)
	choosing.OpenPage(choosing.Created, nil)
	if choosing.RefuseSubmit("no card", nil); choosing.Page.Stage != StageChoice {
		t.Errorf("a refused form at the choice: stage %s", choosing.Page.Stage)
	}
}

// TestGoBack returns from the confirm screen to the entry screen.
func TestGoBack(t *testing.T) {
	c := atEntry()
	c.Submit(paying, Bank{}, c.Created, nil)
	if facts := c.GoBack(nil); !slices.Equal(events(facts), []tap.Event{tap.EventPageBack}) || c.Page.Stage != StageEntry {
		t.Errorf("%v, stage %s", events(facts), c.Page.Stage)
	}
}

// TestCancel ends the payment as cancelled, which is an assumption.
func TestCancel(t *testing.T) {
	c := assuming(t)
	c.OpenPage(c.Created, nil)
	facts, next := c.Cancel(nil)
	if !slices.Equal(events(facts), []tap.Event{tap.EventCancelled, tap.EventAssumption}) || !next.Ends || next.Outcome.Status != tap.Cancelled {
		t.Errorf("%v, %+v", events(facts), next)
	}
}

// TestConsent saves a card for KFAST: only if it is enabled, the charge names a customer and they have room; it requires a password.
func TestConsent(t *testing.T) {
	for _, test := range []struct {
		kfast, named, room bool
		want               string
	}{
		{true, true, true, "saved"}, {true, true, false, "refused"}, {true, false, true, "paid"}, {false, true, true, "paid"}, {false, true, false, "paid"},
	} {
		c := chargeOf(func(req *tap.PaymentRequest, s *tap.Settings) {
			if s.KFAST = test.kfast; test.named {
				req.Customer.ID = "cus_1"
			}
		})
		c.OpenPage(c.Created, nil)
		saving := paying
		saving.Consent, saving.MaySave = true, test.room
		facts, _, err := c.Submit(saving, Bank{}, c.Created, nil)
		got := "paid"
		switch {
		case errors.Is(err, ErrKFASTRefused) && facts[0].Event() == tap.EventSubmitRefused:
			got = "refused"
		case c.Page.Consent && c.Page.OTP.Sent == 1:
			got = "saved"
		}
		if got != test.want || got == "refused" && c.Page.Stage != StageEntry {
			t.Errorf("%+v: %s, %v, stage %s", test, got, err, c.Page.Stage)
		}
	}
}

// TestSavingIsTheChoiceOfThePayer submits without consent, for a customer without room: nothing is refused or saved.
func TestSavingIsTheChoiceOfThePayer(t *testing.T) {
	c := chargeOf(func(req *tap.PaymentRequest, s *tap.Settings) { s.KFAST, req.Customer.ID = true, "cus_1" })
	c.OpenPage(c.Created, nil)
	if _, _, err := c.Submit(paying, Bank{}, c.Created, nil); err != nil || c.Page.Consent || c.Page.OTP.Sent != 0 || !c.UsesKFAST() {
		t.Errorf("%v, the page is %+v", err, c.Page)
	}
}
