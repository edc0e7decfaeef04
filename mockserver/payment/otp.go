package payment

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// OTP is the one-time password of a payment in progress (KNET page 5.4; KNET's test environment has none, documented). The code
// itself is not kept: it is computed from the charge's page token and the number of the message.
type OTP struct {
	Sent   int       // messages so far; 0: no password is required
	SentAt time.Time // the latest, on the account's clock
	Tries  int       // wrong or late passwords so far
}

// OTPError says that a one-time password was refused; the payer may try again while tries are left.
type OTPError struct {
	Reason string // missing, wrong or expired
	Left   int    // remaining tries
}

// Error gives the reason and the remaining tries.
func (e *OTPError) Error() string {
	return fmt.Sprintf("the OTP is %s, %d tries are left", e.Reason, e.Left)
}

// needsOTP reports whether a one-time password is required: always to save a card for KFAST (KNET page 5.4, documented), otherwise as
// the scenario says, or for this amount as the settings say.
func (c *Payment) needsOTP(bank Bank) bool {
	if c.Page.Consent {
		return true
	}
	if bank.AsksOTP != nil {
		return *bank.AsksOTP
	}
	from, err := c.Settings.OTPThreshold()
	return err == nil && c.Request.Amount >= from
}

// OTPCode returns the code of the latest message, six digits; the page prints it as a simulated SMS.
func (c *Payment) OTPCode() string {
	h := fnv.New64a()
	h.Write([]byte(c.Token + strconv.Itoa(c.Page.OTP.Sent)))
	return fmt.Sprintf("%06d", h.Sum64()%1_000_000)
}

// OTPLeft returns how long the latest code is still valid.
func (c *Payment) OTPLeft(now time.Time) time.Duration {
	return max(0, c.Settings.OTPLifetime-now.Sub(c.Page.OTP.SentAt))
}

// ResendOTP sends another one-time password, if the settings allow one more.
func (c *Payment) ResendOTP(now time.Time, facts []Fact) []Fact {
	if o := c.Page.OTP; c.Page.Stage == StageConfirm && o.Sent > 0 && o.Sent <= c.Settings.OTPResends {
		return c.sendOTP(now, facts)
	}
	return facts
}

func (c *Payment) sendOTP(now time.Time, facts []Fact) []Fact {
	c.Page.OTP.Sent++
	c.Page.OTP.SentAt = now
	return append(facts, Counted(tap.EventOTPSent, c.Page.OTP.Sent))
}

// checkOTP returns no error for the right code, else an *OTPError. After the last try the payment fails, as at KNET (IPAY0100049,
// documented; the charge's status is inferred).
func (c *Payment) checkOTP(code string, bank Bank, now time.Time, facts []Fact) ([]Fact, Next, error) {
	if c.Page.OTP.Sent == 0 {
		return facts, Next{}, nil
	}
	reason, detail := "wrong", "wrong"
	switch {
	case len(code) != 6:
		return facts, Next{}, &OTPError{Reason: "missing", Left: c.Settings.OTPTries - c.Page.OTP.Tries}
	case c.OTPLeft(now) == 0:
		reason, detail = "expired", "expired"
	case code == c.OTPCode() && !bank.RefusesOTP:
		return facts, Next{}, nil
	case code == c.OTPCode():
		detail = "right, but the scenario refuses it"
	}
	c.Page.OTP.Tries++
	left := c.Settings.OTPTries - c.Page.OTP.Tries
	facts = append(facts, Fact{event: tap.EventOTPRefused.Number(), text: detail, n: int16(left)})
	next := Next{}
	if left <= 0 {
		facts, next = c.Assume(AssumesOTPTries, facts), ends(tap.KNETOutcome(tap.KNETNotCaptured, c.Settings.BankDeclineCode))
	}
	return facts, next, &OTPError{Reason: reason, Left: left}
}
