package payment

import (
	"errors"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

var (
	card   = func() tap.TestCard { c, _ := tap.ParseTestCard("8888880000000001"); return c }()
	paying = Submission{Card: card, Expiry: tap.CardExpiry{Month: 9, Year: 2030}}
	ask    = true
)

// atEntry is a charge whose payer sees KNET's entry screen.
func atEntry() Payment {
	c := newCharge(tap.SourceKNET)
	c.OpenPage(c.Created, nil)
	return c
}

func events(facts []Fact) (all []tap.Event) {
	for _, f := range facts {
		all = append(all, f.Event())
	}
	return all
}

// TestPageMoves makes moves at the screens at which they have no effect: nothing happens.
func TestPageMoves(t *testing.T) {
	for name, move := range map[string]func(*Payment) []Fact{
		"open again":             func(c *Payment) []Fact { return c.OpenPage(c.Created, nil) },
		"choose at entry":        func(c *Payment) []Fact { return c.ChooseKNET(c.Created, nil) },
		"back at entry":          func(c *Payment) []Fact { return c.GoBack(nil) },
		"resend without an OTP":  func(c *Payment) []Fact { return c.ResendOTP(c.Created, nil) },
		"confirm at entry":       func(c *Payment) []Fact { facts, _, _ := c.Confirm("", Bank{}, c.Created, nil); return facts },
		"choose in another coin": func(c *Payment) []Fact { return chooseIn("SAR") },
	} {
		c := atEntry()
		before := c.Page
		if facts := move(&c); len(facts) != 0 || c.Page != before {
			t.Errorf("%s: %v, the page is %+v", name, events(facts), c.Page)
		}
	}
}

func chooseIn(currency string) []Fact {
	c := newCharge("src_all")
	req := *c.Request
	req.Currency = currency
	c.Request = &req
	c.OpenPage(c.Created, nil)
	return c.ChooseKNET(c.Created, nil)
}

// TestViewsSurviveTheChoice chooses KNET: the views of the page are still counted.
func TestViewsSurviveTheChoice(t *testing.T) {
	c := newCharge("src_all")
	c.Page.Views = 3
	c.ChooseKNET(c.Created, c.OpenPage(c.Created, nil))
	if c.Page.Views != 3 || c.Page.Stage != StageEntry || len(c.Page.PaymentID) != 18 {
		t.Errorf("the page is %+v", c.Page)
	}
}

// TestWrongPINs refuses PINs: after the last try the bank refuses the payment with 75.
func TestWrongPINs(t *testing.T) {
	c := atEntry()
	for try := 1; try <= c.Settings.PINTries; try++ {
		facts, next, err := c.Submit(paying, Bank{RefusesPIN: true}, c.Created, nil)
		last := try == c.Settings.PINTries
		if !errors.Is(err, ErrWrongPIN) || facts[0].Event() != tap.EventSubmitRefused || next.Ends != last || c.Page.Stage != StageEntry {
			t.Errorf("try %d: %v, %v, ends %t, stage %s", try, events(facts), err, next.Ends, c.Page.Stage)
		}
		if last && (next.Outcome.Status != tap.Failed || next.Outcome.Bank.Code != "75") {
			t.Errorf("the last try ends with %+v", next.Outcome)
		}
	}
}

// TestOTP asks for a one-time password: a missing one costs no try, wrong and late ones do, the right one asks the bank.
func TestOTP(t *testing.T) {
	c := atEntry()
	facts, next, err := c.Submit(paying, Bank{AsksOTP: &ask}, c.Created, nil)
	if err != nil || next != (Next{}) || len(facts) != 2 || c.Describe(facts[1]) != "message 1" {
		t.Fatalf("submit: %v, %+v, %v", events(facts), next, err)
	}
	late := c.Created.Add(c.Settings.OTPLifetime)
	for _, test := range []struct {
		name, code, reason string
		bank               Bank
		now                time.Time
		tries              int
	}{
		{"missing", "", "missing", Bank{}, c.Created, 0},
		{"wrong", "000000", "wrong", Bank{}, c.Created, 1},
		{"late", c.OTPCode(), "expired", Bank{}, late, 1},
		{"refused", c.OTPCode(), "wrong", Bank{RefusesOTP: true}, c.Created, 1},
	} {
		again := c
		_, next, err := again.Confirm(test.code, test.bank, test.now, nil)
		wrong, ok := errors.AsType[*OTPError](err)
		if !ok || wrong.Reason != test.reason || wrong.Left != c.Settings.OTPTries-test.tries || next != (Next{}) || again.Page.OTP.Tries != test.tries {
			t.Errorf("%s: %v, %+v, %d tries", test.name, err, next, again.Page.OTP.Tries)
		}
	}
	if facts, next, err := c.Confirm(c.OTPCode(), Bank{}, late.Add(-1), nil); err != nil || !next.AskBank || facts[0].Event() != tap.EventConfirmed {
		t.Errorf("the right one: %v, %+v, %v", events(facts), next, err)
	}
}

// TestPageLimit is reached after the limit of KNET's page, and not before it was opened.
func TestPageLimit(t *testing.T) {
	c := newCharge("src_all")
	limit := c.Settings.PageLimit
	if c.OpenPage(c.Created, nil); c.PastLimit(c.Created.Add(time.Hour)) {
		t.Error("the choice has a limit")
	}
	c.ChooseKNET(c.Created, nil)
	if c.PastLimit(c.Created.Add(limit-1)) || !c.PastLimit(c.Created.Add(limit)) {
		t.Error("the limit is not at its time")
	}
	if left := c.PageLeft(c.Created.Add(limit - time.Second)); left != time.Second {
		t.Errorf("%s are left", left)
	}
	if _, next := c.ReachLimit(nil); !next.Ends || next.Outcome.Result.Code != "304" {
		t.Errorf("the limit ends the payment with %+v", next)
	}
}
