package mockserver_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

var printedCode = regexp.MustCompile(`<b dir="ltr">(\d{6})</b>`)

// code is the one-time password on the screen.
func (p *payer) code() string {
	p.t.Helper()
	m := printedCode.FindStringSubmatch(p.page.body)
	if m == nil {
		p.t.Fatalf("no one-time password is printed:\n%s", p.page.body)
	}
	return m[1]
}

// TestOTP checks that a one-time password is required from an amount on, and that the one on the screen is right.
func TestOTP(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "otp_from=25.000")
	small := m.create(request(map[string]any{"amount": 24.999}))
	if p := m.open(small.Transaction.URL).submit("9", "2030"); strings.Contains(p.page.body, "debitOTP") {
		t.Errorf("below the threshold an OTP is required:\n%s", p.page.body)
	}
	c := m.create(request(map[string]any{"amount": 25}))
	p := m.open(c.Transaction.URL).submit("9", "2030")
	m.golden("page-otp", p.page.body)
	code := p.code()
	if p.get(); p.code() != code {
		t.Error("a reload changes the OTP")
	}
	if landed := p.post("confirm", "debitOTP", code).address.String(); !strings.Contains(landed, "tap_id="+c.ID) {
		t.Errorf("the right OTP led to %s", landed)
	}
	if got := m.retrieve(c.ID).Status; got != tap.Captured {
		t.Errorf("the charge is %s", got)
	}
}

// TestWrongOTPs uses all tries: a missing OTP uses none, the third wrong one ends the payment.
func TestWrongOTPs(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "otp_from=0")
	c := m.create(request(nil))
	p := m.open(c.Transaction.URL).submit("9", "2030")
	wrong := fmt.Sprintf("%06d", (atoi(p.code())+1)%1_000_000)
	for _, step := range []struct{ otp, want string }{
		{"", "6 digit OTP"}, {"12", "6 digit OTP"}, {wrong, "Invalid OTP Only 2 attempts allowed"}, {wrong, "Invalid OTP Only 1 attempts allowed"},
	} {
		if p.post("confirm", "debitOTP", step.otp); p.page.status != 200 || !strings.Contains(p.page.body, step.want) {
			t.Errorf("%q: HTTP %d\n%s", step.otp, p.page.status, p.page.body)
		}
	}
	if landed := p.post("confirm", "debitOTP", wrong).address.String(); !strings.Contains(landed, "tap_id="+c.ID) {
		t.Errorf("the third wrong OTP led to %s", landed)
	}
	if got := m.retrieve(c.ID); got.Status != tap.Failed || got.Gateway.Response.Message != "NOT CAPTURED" {
		t.Errorf("the charge is %s, %+v", got.Status, got.Gateway)
	}
}

func atoi(s string) (n int) {
	fmt.Sscan(s, &n)
	return n
}

// TestExpiredOTP lets a one-time password expire and requests another one, which is possible once.
func TestExpiredOTP(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "otp_from=0")
	c := m.create(request(nil))
	p := m.open(c.Transaction.URL).submit("9", "2030")
	old := p.code()
	m.advance(3 * time.Minute)
	if p.post("confirm", "debitOTP", old); !strings.Contains(p.page.body, "OTP is Expired. Only 2 attempts allowed") {
		t.Errorf("an expired OTP:\n%s", p.page.body)
	}
	p.post("resend")
	fresh := p.code()
	if fresh == old || strings.Contains(p.page.body, `name="resend"`) {
		t.Errorf("after the one resend: %s, then %s\n%s", old, fresh, p.page.body)
	}
	if p.post("resend"); p.code() != fresh {
		t.Error("a second resend sends another OTP")
	}
	p.post("confirm", "debitOTP", fresh)
	if got := m.retrieve(c.ID).Status; got != tap.Captured {
		t.Errorf("the charge is %s", got)
	}
}

// TestOTPIsNotLogged searches log and journal for the one-time password.
func TestOTPIsNotLogged(t *testing.T) {
	var log bytes.Buffer
	m := startMock(t, mockserver.Config{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}, "otp_from=0")
	p := m.open(m.create(request(nil)).Transaction.URL).submit("9", "2030")
	code := p.code()
	p.post("confirm", "debitOTP", "000000")
	p.post("confirm", "debitOTP", code)
	for _, e := range m.Journal(key) {
		fmt.Fprintf(&log, "%+v\n", e)
	}
	if text := log.String(); strings.Contains(text, code) || !strings.Contains(text, "otp_sent") || !strings.Contains(text, "otp_refused") {
		t.Errorf("log and journal contain %s, or lack the events:\n%s", code, text)
	}
}
