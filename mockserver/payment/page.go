package payment

import (
	"errors"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Stage is the screen that the payer sees.
type Stage string

// The stages of a page. The page of a src_all or src_card charge begins with the choice.
const (
	StageNew     Stage = ""
	StageChoice  Stage = "choice"
	StageEntry   Stage = "entry"
	StageConfirm Stage = "confirm"
)

// Page is the state of the payer's page. It never contains the PIN or the OTP.
type Page struct {
	Stage     Stage
	Opened    time.Time // when KNET's page was opened, on the account's clock
	PaymentID string    // KNET's
	Card      tap.TestCard
	Expiry    tap.CardExpiry
	OTP       OTP
	Consent   bool // the payer wants the card saved for KFAST
	WrongPINs int
	Views     int // how often the page was shown; only the latest view may submit its form
}

// Session is a payment as its page shows it.
type Session struct {
	Payment Payment
	Saved   []SavedCard // with which the charge's customer can pay
	Now     time.Time   // on the account's clock
	Frozen  bool        // whether that clock is frozen
}

// Errors of the page.
var (
	ErrNoPage       = errors.New("there is no such payment page")
	ErrWrongPIN     = errors.New("the PIN is wrong") // the bank refused it; the payer may try again
	ErrTabClosed    = errors.New("the payer has closed the tab")
	ErrNoOutcome    = errors.New("there is no such outcome")
	ErrKFASTRefused = errors.New("the customer has the maximum number of cards saved for KFAST")
	ErrNoSavedCard  = errors.New("the customer has no such saved card")
)

// EndedError says that the payment of a page has ended.
type EndedError struct{ Payment Payment }

// Error names the status.
func (e *EndedError) Error() string { return "the payment has ended: " + string(e.Payment.Status) }

// WaitError says that the payer has done their part and must wait: for the bank, or until the scenario allows the return.
type WaitError struct{ Payment Payment }

// Error says what the payer waits for.
func (e *WaitError) Error() string {
	if !e.Payment.Over() {
		return "the bank has not decided yet"
	}
	return "the scenario does not allow the payer's return yet"
}

// Next is what must happen after a move of the payer. The zero value says that the payer stays on the page.
type Next struct {
	AskBank bool        // the bank decides
	Ends    bool        // the payment ends with Outcome
	Outcome tap.Outcome // if Ends
}

func ends(o tap.Outcome) Next { return Next{Ends: true, Outcome: o} }

// OpenPage shows the page. The page's time limit counts from the first time.
func (c *Payment) OpenPage(now time.Time, facts []Fact) []Fact {
	if c.Page.Stage != StageNew {
		return facts
	}
	c.Page.Stage = StageChoice
	if c.Source == tap.SourceKNET {
		c.enterKNET(now)
	}
	return append(facts, Said(tap.EventPageOpened, ""))
}

// enterKNET opens KNET's page.
func (c *Payment) enterKNET(now time.Time) {
	c.Page = Page{Stage: StageEntry, Opened: now, PaymentID: tap.PaymentID(now, c.Rand()), Views: c.Page.Views}
}

// ChooseKNET chooses KNET on the page of a src_all or src_card charge.
func (c *Payment) ChooseKNET(now time.Time, facts []Fact) []Fact {
	if c.Page.Stage != StageChoice || c.Request.Currency != "KWD" {
		return facts
	}
	c.Source = tap.SourceKNET
	c.enterKNET(now)
	return append(facts, Said(tap.EventMethodChosen, ""))
}

// PastLimit reports whether the time limit of KNET's page has passed (KNET page 6, inferred).
func (c *Payment) PastLimit(now time.Time) bool {
	return (c.Page.Stage == StageEntry || c.Page.Stage == StageConfirm) && now.Sub(c.Page.Opened) >= c.Settings.PageLimit
}

// PageLeft returns how long KNET's page may still be used.
func (c *Payment) PageLeft(now time.Time) time.Duration {
	return max(0, c.Settings.PageLimit-now.Sub(c.Page.Opened))
}

// ReachLimit ends the payment because the page's time limit has passed, with the result 304.
func (c *Payment) ReachLimit(facts []Fact) ([]Fact, Next) {
	facts = append(facts, Said(tap.EventPageLimitReached, "after "+c.Settings.PageLimit.String()+" on the page"))
	return c.Assume(AssumesPageTimeout, c.Assume(AssumesPageLimit, facts)), ends(tap.OutcomePageExpired())
}

// Submission is a card that the payer submits.
type Submission struct {
	Card    tap.TestCard
	Expiry  tap.CardExpiry
	Consent bool // to save it for KFAST
	MaySave bool // the customer may save one more card
}

// Submit submits the card and shows the confirm screen; if it is called again, the later card counts. It takes no PIN: every PIN of 4
// digits is right (KNET page 1, documented). Errors: [ErrKFASTRefused] and [ErrWrongPIN].
func (c *Payment) Submit(s Submission, bank Bank, now time.Time, facts []Fact) ([]Fact, Next, error) {
	s.Consent = s.Consent && c.UsesKFAST()
	switch {
	case s.Consent && !s.MaySave:
		return append(facts, Said(tap.EventSubmitRefused, ErrKFASTRefused.Error())), Next{}, ErrKFASTRefused
	case bank.RefusesPIN:
		facts, next := c.RefusePIN("the bank refused the PIN", facts)
		return facts, next, ErrWrongPIN
	}
	facts, next := c.accept(s, bank, now, facts)
	return facts, next, nil
}

// accept stores the card and shows the confirm screen, and sends a one-time password if one is required.
func (c *Payment) accept(s Submission, bank Bank, now time.Time, facts []Fact) ([]Fact, Next) {
	if c.Page.Stage != StageEntry && c.Page.Stage != StageConfirm {
		return facts, Next{}
	}
	c.Page.Stage, c.Page.Card, c.Page.Expiry, c.Page.Consent = StageConfirm, s.Card, s.Expiry, s.Consent
	facts = append(facts, Said(tap.EventSubmitted, "fields: bank, prefix, number, expiry, PIN"))
	switch {
	case c.Page.OTP.Sent > 0:
	case c.needsOTP(bank):
		return c.sendOTP(now, facts), Next{}
	case c.Settings.PageConfirmScreen == "never":
		return facts, Next{AskBank: true}
	}
	return facts, Next{}
}

// RefusePIN counts a wrong PIN and shows the entry screen; after the last try the bank refuses the payment (authRespCode 75, observed).
func (c *Payment) RefusePIN(message string, facts []Fact) ([]Fact, Next) {
	facts = append(facts, Said(tap.EventSubmitRefused, message))
	c.Page.WrongPINs++
	if c.Page.WrongPINs >= c.Settings.PINTries {
		return c.Assume(AssumesPINTries, facts), ends(tap.KNETOutcome(tap.KNETNotCaptured, "75"))
	}
	c.toEntry()
	return facts, Next{}
}

// RefuseSubmit records that the page refused a form, and shows the entry screen.
func (c *Payment) RefuseSubmit(message string, facts []Fact) []Fact {
	c.toEntry()
	return append(facts, Said(tap.EventSubmitRefused, message))
}

func (c *Payment) toEntry() {
	if c.Page.Stage == StageConfirm {
		c.Page.Stage = StageEntry
	}
}

// GoBack returns from the confirm screen to the entry screen.
func (c *Payment) GoBack(facts []Fact) []Fact {
	if c.Page.Stage != StageConfirm {
		return facts
	}
	c.Page.Stage = StageEntry
	return append(facts, Said(tap.EventPageBack, ""))
}

// Cancel ends the payment as cancelled by the payer.
func (c *Payment) Cancel(facts []Fact) ([]Fact, Next) {
	end := tap.KNETOutcome(tap.KNETCanceled, "")
	return c.assumeEnd(end, append(facts, Said(tap.EventCancelled, ""))), ends(end)
}

// Confirm asks the bank for its decision. If a one-time password is required and otp is not right, the error is an [*OTPError].
func (c *Payment) Confirm(otp string, bank Bank, now time.Time, facts []Fact) ([]Fact, Next, error) {
	if c.Page.Stage != StageConfirm {
		return facts, Next{}, nil
	}
	if facts, next, err := c.checkOTP(otp, bank, now, facts); err != nil {
		return facts, next, err
	}
	return append(facts, Said(tap.EventConfirmed, "")), Next{AskBank: true}, nil
}
