package gateway

import (
	"fmt"
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

// NeedsOTP reports whether a one-time password is required: always to save a card for KFAST (KNET page 5.4, documented),
// otherwise as the scenario says, or for this amount as the settings say.
func (c *Charge) NeedsOTP() bool {
	if c.Page.Consent {
		return true
	}
	if otp := c.Script.Bank.OTP; otp != nil && otp.Ask != nil {
		return *otp.Ask
	}
	from, err := c.Settings.OTPThreshold()
	return err == nil && c.Request.Amount >= from
}

// OTPCode returns the code of the latest message, six digits; the page prints it as a simulated SMS.
func (c *Charge) OTPCode() string {
	return fmt.Sprintf("%06d", hash64(c.Token+strconv.Itoa(c.Page.OTP.Sent))%1_000_000)
}

// OTPLeft returns how long the latest code is still valid.
func (c *Charge) OTPLeft(now time.Time) time.Duration {
	return max(0, c.Settings.OTPLifetime-now.Sub(c.Page.OTP.SentAt))
}

// refusesOTP reports whether the scenario makes the bank refuse even the right code.
func (c *Charge) refusesOTP() bool {
	otp := c.Script.Bank.OTP
	return otp != nil && otp.Refuse.Refuses(c.Page.OTP.Tries)
}

// sendOTPLocked sends the payer a new code.
func (a *Account) sendOTPLocked(c *Charge) {
	c.Page.OTP.Sent++
	c.Page.OTP.SentAt = a.nowLocked()
	a.record(Entry{Event: tap.EventOTPSent, Object: c.object(), Detail: fmt.Sprintf("message %d", c.Page.OTP.Sent)})
}

// checkOTPLocked returns nil for the right code, else an *OTPError. After the last try the payment fails, as at KNET (IPAY0100049,
// documented; the charge's status is inferred).
func (a *Account) checkOTPLocked(c *Charge, code string) error {
	if c.Page.OTP.Sent == 0 {
		return nil
	}
	reason, detail := "wrong", "wrong"
	switch {
	case len(code) != 6:
		return &OTPError{Reason: "missing", Left: c.Settings.OTPTries - c.Page.OTP.Tries}
	case c.OTPLeft(a.nowLocked()) == 0:
		reason, detail = "expired", "expired"
	case code == c.OTPCode() && !c.refusesOTP():
		return nil
	case code == c.OTPCode():
		detail = "right, but the scenario refuses it"
	}
	c.Page.OTP.Tries++
	left := c.Settings.OTPTries - c.Page.OTP.Tries
	cause := a.record(Entry{Event: tap.EventOTPRefused, Object: c.object(), Detail: fmt.Sprintf("%s, %d tries left", detail, left)})
	if left <= 0 {
		a.assumeLocked(c, assumesOTPTries, cause)
		a.settleLocked(c, tap.KNETOutcome(tap.KNETNotCaptured, c.Settings.BankDeclineCode), cause)
	}
	return &OTPError{Reason: reason, Left: left}
}
