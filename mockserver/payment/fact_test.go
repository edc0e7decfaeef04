package payment

import (
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestDescribe checks the text of each kind of fact, and what is left of it when the charge has been evicted.
func TestDescribe(t *testing.T) {
	c := chargeOf(func(req *tap.PaymentRequest, _ *tap.Settings) { req.Order = "ord_1" })
	settled := finish(t, &c, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{})[0]
	corrected := finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventCorrected, Bank{Captures: 1000, Differs: true})[0]
	const evicted = "the charge was evicted"
	for name, test := range map[string]struct {
		fact       Fact
		want, left string
	}{
		"created":   {Said(tap.EventCreated, ""), "0.500 KWD from src_kw.knet, order ord_1", evicted},
		"doubted":   {Said(tap.EventCreated, "post.url: 4111111111111111"), "0.500 KWD from src_kw.knet, order ord_1; post.url: ************1111", evicted},
		"settled":   {settled, "INITIATED → FAILED, 401 Failed", evicted},
		"corrected": {corrected, "FAILED → CAPTURED, 000 Captured", evicted},
		"said":      {Said(tap.EventSubmitted, "fields: bank"), "fields: bank", "fields: bank"},
		"otp":       {Counted(tap.EventOTPSent, 2), "message 2", "message 2"},
		"given up":  {Counted(tap.EventGivenUp, 3), "attempt 3 was the last, post.status is ERROR", "attempt 3 was the last, post.status is ERROR"},
		"returned":  {Said(tap.EventReturned, "to shop"), "to shop", evicted},
	} {
		if got, left := c.Describe(test.fact), DescribeEvicted(c.Name(), test.fact); got != test.want || left != test.left {
			t.Errorf("%s: %q, without the charge %q", name, got, left)
		}
	}
	plain := newCharge(tap.SourceAll)
	if text := plain.Describe(Said(tap.EventCreated, "")); text != "0.500 KWD from src_all" {
		t.Errorf("without an order: %q", text)
	}
	if f := Said(tap.EventSubmitted, "four"); f.Size() != 4 || f.Text() != "four" {
		t.Errorf("the fact %q has %d bytes", f.Text(), f.Size())
	}
}

// TestErrors checks the texts of the errors of a move and of the page.
func TestErrors(t *testing.T) {
	open, over := newCharge(tap.SourceKNET), newCharge(tap.SourceKNET)
	finish(t, &over, tap.KNETOutcome(tap.KNETCanceled, ""), tap.EventSettled, Bank{})
	for _, test := range []struct {
		err  error
		want string
	}{
		{&EndedError{over}, "the payment has ended: CANCELLED"},
		{&WaitError{open}, "the bank has not decided yet"},
		{&WaitError{over}, "the scenario does not allow the payer's return yet"},
		{&OTPError{"wrong", 2}, "the OTP is wrong, 2 tries are left"},
		{&MoveError{"charge chg_1", "CAPTURED", "FAILED"}, "charge chg_1 is CAPTURED and cannot become FAILED"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
