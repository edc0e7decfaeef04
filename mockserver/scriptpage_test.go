package mockserver_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestPayerAtThePage has a payer at the page while the scenario delays the bank and the return.
func TestPayerAtThePage(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("bank: {delay: 20s}\ncallbacks:\n  - return: {at: settled + 1m, query: {lang: ar}}\n  - webhook: {at: returned + 5s}", nil)
	p := s.open(c.Transaction.URL).submit("9", "2030").post("confirm")
	waits := func() {
		t.Helper()
		if p.page.status != 200 || !strings.Contains(p.page.body, "please wait") || !strings.HasPrefix(p.page.header.Get("Refresh"), "1; url=") || !strings.Contains(p.page.body, "SIMULATION") {
			t.Fatalf("the page does not say that the payer waits: HTTP %d %v\n%s", p.page.status, p.page.header, p.page.body)
		}
	}
	waits()
	if got := s.get(c.ID).Status; got != tap.Initiated {
		t.Errorf("before the bank decides the charge is %s", got)
	}
	s.advance(20 * time.Second)
	p.get()
	waits()
	if got := s.get(c.ID).Status; got != tap.Captured {
		t.Errorf("after the bank has decided the charge is %s", got)
	}
	s.advance(time.Minute)
	p.get()
	if want := s.shop.url + "/return?tap_id=" + c.ID + "&lang=ar"; p.address.String() != want {
		t.Errorf("the payer returned to %s, want %s", p.address, want)
	}
	s.advance(time.Minute)
	if hooks := s.shop.visits("/hook"); len(hooks) != 1 || hooks[0].at != 85*time.Second {
		t.Errorf("webhooks were received at %v", times(hooks))
	}
}

// TestReturnNever checks that the payer stays on the page.
func TestReturnNever(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.next("return/never")
	c := s.create(s.order(nil))
	p := s.open(c.Transaction.URL).submit("9", "2030").post("confirm")
	s.advance(time.Hour)
	p.get()
	if p.page.status != 200 || !strings.Contains(p.page.body, "please wait") || s.get(c.ID).Redirect.Status != tap.DeliveryPending {
		t.Errorf("HTTP %d at %s, redirect %s", p.page.status, p.address, s.get(c.ID).Redirect.Status)
	}
}

// TestBankAtThePage has a bank that refuses PINs and one-time passwords.
func TestBankAtThePage(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("bank: {pin: {refuse: 2}, otp: {ask: true, refuse: 1}}", nil)
	p := s.open(c.Transaction.URL)
	for range 2 {
		if p.submit("9", "2030"); !strings.Contains(p.page.body, "Please check your Pin") {
			t.Fatalf("the PIN was accepted: %s", p.page.body)
		}
	}
	p.submit("9", "2030")
	code := printedCode.FindStringSubmatch(p.page.body)
	if code == nil {
		t.Fatalf("no one-time password is required: %s", p.page.body)
	}
	if p.post("confirm", "debitOTP", code[1]); !strings.Contains(p.page.body, "Invalid OTP") {
		t.Fatalf("the one-time password was accepted: %s", p.page.body)
	}
	p.post("confirm", "debitOTP", code[1])
	if got := s.get(c.ID).Status; got != tap.Captured {
		t.Errorf("the charge is %s", got)
	}
}

// TestPageFaults injects faults into requests for the page: the payment itself succeeds. GETs count as page.open, forms as page.submit.
func TestPageFaults(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("api:\n  - {on: page.open, calls: 1-2, fault: {status: 502}}\n  - {on: page.submit, calls: 2, commit: true, fault: reset}", nil)
	for range 2 {
		if p := s.open(c.Transaction.URL); p.page.status != 502 {
			t.Fatalf("HTTP %d", p.page.status)
		}
	}
	p := s.open(c.Transaction.URL) // page.open, calls 3 and 4
	p.submit("9", "2030")          // page.submit, call 1; page.open, call 5
	form := "confirm=x&token=" + tokenOf(p)
	if a := s.post(p.address.Scheme+"://"+p.address.Host+"/kpay/kpg/paymentrouter.htm", form); a.status != 0 {
		t.Errorf("Confirm was answered: HTTP %d", a.status)
	}
	s.awaitIdle()
	if got := s.get(c.ID).Status; got != tap.Captured {
		t.Errorf("Confirm did not commit: the charge is %s", got)
	}
}

// TestPageCalls counts requests for the page and its forms separately: a GET is a call of page.open, a form one of page.submit.
func TestPageCalls(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("api:\n  - {on: page.open, calls: 3, fault: {status: 502}}\n  - {on: page.submit, calls: 1, fault: {status: 503}}", nil)
	p := s.open(c.Transaction.URL) // page.open, calls 1 and 2: the link and the page
	if p.submit("9", "2030"); p.page.status != 503 {
		t.Errorf("the first form: HTTP %d", p.page.status)
	}
	if p = s.open(c.Transaction.URL); p.page.status != 502 {
		t.Errorf("the third GET: HTTP %d", p.page.status)
	}
	if p = s.open(c.Transaction.URL); p.page.status != 200 {
		t.Errorf("the fourth GET: HTTP %d", p.page.status)
	}
	if p.submit("9", "2030").post("confirm"); s.get(c.ID).Status != tap.Captured {
		t.Errorf("after the second form the charge is %s", s.get(c.ID).Status)
	}
}
