package payment

import (
	"errors"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// withOTP is a charge whose payer was sent a one-time password.
func withOTP(t *testing.T, settings ...string) Payment {
	t.Helper()
	c := assuming(t, settings...)
	c.OpenPage(c.Created, nil)
	if _, _, err := c.Submit(paying, Bank{AsksOTP: &ask}, c.Created, nil); err != nil || c.Page.OTP.Sent != 1 {
		t.Fatalf("submit: %v, %+v", err, c.Page.OTP)
	}
	return c
}

// TestResendOTP requests further passwords: as many as the settings allow, each with its own code and lifetime.
func TestResendOTP(t *testing.T) {
	c := withOTP(t, "otp_resends=2")
	code := c.OTPCode()
	for n := 2; n <= 4; n++ {
		later := c.Created.Add(time.Duration(n) * time.Second)
		facts := c.ResendOTP(later, nil)
		if sent := n <= 3; sent != (len(facts) == 1) || sent && c.Describe(facts[0]) != map[int]string{2: "message 2", 3: "message 3"}[n] {
			t.Errorf("request %d: %v", n-1, events(facts))
		}
	}
	if c.Page.OTP.Sent != 3 || !c.Page.OTP.SentAt.Equal(c.Created.Add(3*time.Second)) || c.OTPCode() == code || len(c.OTPCode()) != 6 {
		t.Errorf("the password is %+v, its code %s", c.Page.OTP, c.OTPCode())
	}
	if left := c.OTPLeft(c.Created.Add(4 * time.Second)); left != c.Settings.OTPLifetime-time.Second {
		t.Errorf("the code is valid for %s", left)
	}
	if _, _, err := c.Confirm(code, Bank{}, c.Created, nil); err == nil {
		t.Error("the code of an earlier message was taken")
	}
}

// TestResendOTPAtTheConfirmScreenOnly requests a password at the screen before, and where none is required.
func TestResendOTPAtTheConfirmScreenOnly(t *testing.T) {
	c := withOTP(t)
	c.GoBack(nil)
	plain := atEntry()
	plain.Submit(paying, Bank{}, plain.Created, nil)
	for name, at := range map[string]*Payment{"at the entry screen": &c, "without a password": &plain} {
		before := at.Page
		if facts := at.ResendOTP(at.Created, nil); len(facts) != 0 || at.Page != before {
			t.Errorf("%s: %v", name, events(facts))
		}
	}
}

// TestOTPTries confirms with wrong codes: after the last try the payment fails with the decline code.
func TestOTPTries(t *testing.T) {
	c := withOTP(t, "otp_tries=2", "bank_decline_code=51")
	if _, _, err := c.Confirm("", Bank{}, c.Created, nil); err == nil || c.Page.OTP.Tries != 0 {
		t.Errorf("a missing password: %v, %d tries", err, c.Page.OTP.Tries)
	}
	facts, next, err := c.Confirm("000000", Bank{}, c.Created, nil)
	if e, ok := errors.AsType[*OTPError](err); !ok || e.Left != 1 || next.Ends || c.Describe(facts[0]) != "wrong, 1 tries left" {
		t.Errorf("the first try: %v, %+v, %v", err, next, events(facts))
	}
	if _, _, err := c.Confirm("", Bank{}, c.Created, nil); err.Error() != "the OTP is missing, 1 tries are left" {
		t.Errorf("a missing password after it: %v", err)
	}
	facts, next, err = c.Confirm(c.OTPCode(), Bank{RefusesOTP: true}, c.Created, nil)
	if e, ok := errors.AsType[*OTPError](err); !ok || e.Left != 0 || c.Describe(facts[0]) != "right, but the scenario refuses it, 0 tries left" {
		t.Errorf("the last try: %v, %v", err, events(facts))
	}
	if !next.Ends || next.AskBank || next.Outcome.Status != tap.Failed || next.Outcome.Bank.Code != "51" {
		t.Errorf("the last try ends with %+v", next)
	}
}

// TestOTPThreshold submits around the amount from which a one-time password is required.
func TestOTPThreshold(t *testing.T) {
	no := false
	for _, test := range []struct {
		from string
		asks *bool
		want int
	}{
		{"none", nil, 0}, {"0.500", nil, 1}, {"0.501", nil, 0}, {"0.499", nil, 1}, {"0.499", &no, 0}, {"none", &ask, 1},
	} {
		c := assuming(t, "otp_from="+test.from)
		c.OpenPage(c.Created, nil)
		c.Submit(paying, Bank{AsksOTP: test.asks}, c.Created, nil)
		if c.Page.OTP.Sent != test.want || c.Page.Stage != StageConfirm {
			t.Errorf("from %s: %d messages at the %s screen", test.from, c.Page.OTP.Sent, c.Page.Stage)
		}
	}
}

// TestOTPIsSentOnce submits the card twice: the second time sends no further message.
func TestOTPIsSentOnce(t *testing.T) {
	c := withOTP(t)
	facts, next, err := c.Submit(paying, Bank{AsksOTP: &ask}, c.Created.Add(time.Second), nil)
	if err != nil || next != (Next{}) || len(facts) != 1 || c.Page.OTP.Sent != 1 || !c.Page.OTP.SentAt.Equal(c.Created) {
		t.Errorf("%v, %+v, %v, %+v", events(facts), next, err, c.Page.OTP)
	}
}
