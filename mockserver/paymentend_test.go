package mockserver_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestNeverTwice acts on payments that have ended, in every way that a browser can.
func TestNeverTwice(t *testing.T) {
	shop := startMerchant(t, nil)
	m := startMock(t, mockserver.Config{})
	hooked := request(map[string]any{"post": at("url", shop.url)})
	loaded := map[string]bool{"reload": true, "the link again": true} // the others are forms, which lead back to the merchant
	for name, again := range map[string]func(link string, first *payer, second *payer) answer{
		"confirm again":       func(_ string, first, _ *payer) answer { return first.lastAnswer("confirm") },
		"confirm in two tabs": func(_ string, _, second *payer) answer { return second.lastAnswer("confirm") },
		"cancel afterwards":   func(_ string, first, _ *payer) answer { return first.lastAnswer("cancel") },
		"back afterwards":     func(_ string, first, _ *payer) answer { return first.lastAnswer("back") },
		"submit afterwards":   func(_ string, _, second *payer) answer { return second.submit("5", "2031").page },
		"reload":              func(_ string, first, _ *payer) answer { first.get(); return first.page },
		"the link again":      func(link string, _, _ *payer) answer { return first(m.open(link)) },
	} {
		c := m.create(hooked)
		two, one := m.open(c.Transaction.URL), m.open(c.Transaction.URL)
		one.submit("9", "2030")
		if res := one.lastAnswer("confirm"); res.status != 303 {
			t.Fatalf("%s: confirm: HTTP %d", name, res.status)
		}
		shop.next(t.Context())
		page := again(c.Transaction.URL, one, two)
		if loaded[name] && (page.status != 410 || !strings.Contains(page.body, "This payment has ended") || !strings.Contains(page.body, "2118")) {
			t.Errorf("%s: HTTP %d\n%s", name, page.status, page.body)
		}
		if want := "https://shop.example/return?tap_id=" + c.ID; !loaded[name] && (page.status != 303 || page.header.Get("Location") != want) {
			t.Errorf("%s: HTTP %d to %s, want %s", name, page.status, page.header.Get("Location"), want)
		}
		if got := m.retrieve(c.ID); got.Status != tap.Captured || len(got.Activities) != 2 {
			t.Errorf("%s: %s with %d activities", name, got.Status, len(got.Activities))
		}
		shop.none()
	}
}

func first(p *payer) answer { return p.page }

func TestSubmitAfterCancel(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	two, one := m.open(c.Transaction.URL), m.open(c.Transaction.URL)
	if landed := one.post("proceedCancel").address.String(); landed != "https://shop.example/return?tap_id="+c.ID {
		t.Errorf("cancel led to %s", landed)
	}
	if landed := two.submit("9", "2030").address.String(); landed != "https://shop.example/return?tap_id="+c.ID {
		t.Errorf("submit in the other tab led to %s", landed)
	}
	if page := m.open(c.Transaction.URL).page; page.status != 410 || !strings.Contains(page.body, "CANCELLED") || !strings.Contains(page.body, "https://shop.example/return?tap_id=") {
		t.Errorf("HTTP %d\n%s", page.status, page.body)
	}
	if got := m.retrieve(c.ID); got.Status != tap.Cancelled || got.Response.Code != "302" {
		t.Errorf("the charge is %s %s", got.Status, got.Response.Code)
	}
}

func TestBackAndReload(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	p := m.open(c.Transaction.URL).submit("5", "2031")
	if p.get(); !strings.Contains(p.page.body, `<div id="payConfirm">`) {
		t.Errorf("a reload left the confirm screen:\n%s", p.page.body)
	}
	if p.post("back"); !strings.Contains(p.page.body, `<div id="PayPageEntry">`) {
		t.Errorf("Back did not lead to the entry screen:\n%s", p.page.body)
	}
	p.submit("9", "2030").post("confirm")
	if got := m.retrieve(c.ID).Status; got != tap.Captured {
		t.Errorf("the charge is %s: the second card must be used", got)
	}
}

// TestPageLimit lets the page's five minutes pass, which has an effect when the payer acts.
func TestPageLimit(t *testing.T) {
	shop := startMerchant(t, nil)
	m := startMock(t, mockserver.Config{})
	c := m.create(request(map[string]any{"post": at("url", shop.url)}))
	m.advance(10 * time.Minute)
	p := m.open(c.Transaction.URL)
	m.advance(5*time.Minute - time.Millisecond)
	p.submit("9", "2030")
	m.advance(time.Millisecond)
	if got := m.retrieve(c.ID).Status; got != tap.Initiated {
		t.Errorf("before the payer acts the charge is %s", got)
	}
	if landed := p.post("confirm").address.String(); landed != "https://shop.example/return?tap_id="+c.ID {
		t.Errorf("the payer returned to %s", landed)
	}
	if got := shop.next(t.Context()).verify(t, "12.345"); got.Status != tap.Cancelled || got.Response != tap.ResultPageExpired() {
		t.Errorf("the webhook says %s %+v", got.Status, got.Response)
	}
}

// TestTapsExpiry leaves charges unpaid. By default no webhook is sent for them.
func TestTapsExpiry(t *testing.T) {
	shop := startMerchant(t, nil)
	hook := map[string]any{"post": at("url", shop.url)}
	m := startMock(t, mockserver.Config{})
	short, opened := m.create(expiry(5, "MINUTE")), m.create(request(hook))
	p := m.open(opened.Transaction.URL)
	m.advance(5 * time.Minute)
	if got := m.retrieve(short.ID); got.Status != tap.Abandoned || got.Response.Code != "301" || got.Transaction.URL != "" {
		t.Errorf("after 5 minutes: %s %+v", got.Status, got.Response)
	}
	m.advance(25*time.Minute - time.Millisecond)
	if got := m.retrieve(opened.ID).Status; got != tap.Initiated {
		t.Errorf("just before 30 minutes: %s", got)
	}
	m.advance(time.Millisecond)
	if page := p.submit("9", "2030").page; page.status != 410 || !strings.Contains(page.body, "ABANDONED") {
		t.Errorf("the page of an abandoned charge: HTTP %d\n%s", page.status, page.body)
	}
	shop.none()

	other := startMock(t, mockserver.Config{}, "charge_expiry_outcome=CANCELLED")
	c := other.create(request(hook))
	other.advance(30 * time.Minute)
	if got := shop.next(t.Context()).verify(t, "12.345"); got.ID != c.ID || got.Response.Code != "304" {
		t.Errorf("charge_expiry_outcome=CANCELLED: the webhook says %+v", got.Response)
	}
}

// TestLaterCardCounts submits a second card, after a mistake and from another tab: the card on the confirm screen pays.
func TestLaterCardCounts(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	p := m.open(c.Transaction.URL)
	p.submit("9", "2030")
	if p.post("proceed", "bank", testBank, "cardPin", "1"); !strings.Contains(p.page.body, `<div id="PayPageEntry">`) {
		t.Errorf("after a mistake:\n%s", p.page.body)
	}
	p.submit("9", "2030").post("back")
	other := m.open(c.Transaction.URL)
	if other.submit("5", "2031"); !strings.Contains(other.page.body, ">2031<") {
		t.Errorf("the confirm screen shows another card:\n%s", other.page.body)
	}
	other.post("confirm")
	if got := m.retrieve(c.ID).Status; got != tap.Failed {
		t.Errorf("the charge is %s: the later card must be used", got)
	}
}

// TestMistakeAfterTheLimit submits a mistake after the page's time limit: the payment ends, as after any other action.
func TestMistakeAfterTheLimit(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	p := m.open(c.Transaction.URL)
	m.advance(5 * time.Minute)
	if landed := p.post("proceed").address.String(); landed != "https://shop.example/return?tap_id="+c.ID {
		t.Errorf("the payer returned to %s", landed)
	}
	if got := m.retrieve(c.ID); got.Response.Code != "304" {
		t.Errorf("the charge is %s %s", got.Status, got.Response.Code)
	}
}

// TestSecondTab opens the page again: the form of the earlier tab is refused with a message, the later tab works, and so does the
// earlier after a reload.
func TestSecondTab(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	first := m.open(c.Transaction.URL)
	second := m.open(c.Transaction.URL)
	if first.submit("9", "2030"); first.page.status != 409 || !strings.Contains(first.page.body, "IPAY0100040") {
		t.Errorf("the earlier tab: HTTP %d\n%s", first.page.status, first.page.body)
	}
	if second.submit("5", "2031"); !strings.Contains(second.page.body, ">2031<") {
		t.Errorf("the later tab:\n%s", second.page.body)
	}
	first = m.open(c.Transaction.URL)
	if first.post("confirm"); !strings.Contains(first.address.String(), "tap_id=") {
		t.Errorf("after a reload the earlier tab is at %s", first.address)
	}
}

// TestPINTries sends invalid PINs until the payment fails.
func TestPINTries(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	p := m.open(c.Transaction.URL)
	bad := []string{"bank", testBank, "dcprefix", "888888", "debitNumber", testCard, "debitMonth", "9", "debitYear", "2030", "cardPin", "12"}
	for _, want := range []string{"Only 2 attempts allowed", "Only 1 attempts allowed"} {
		if p.post("proceed", bad...); !strings.Contains(p.page.body, want) {
			t.Errorf("the page lacks %q:\n%s", want, p.page.body)
		}
	}
	p.post("proceed", bad...)
	if got := m.retrieve(c.ID); got.Status != tap.Failed || got.Gateway.Response.Code != "75" || !strings.Contains(p.address.String(), "tap_id=") {
		t.Errorf("%s, %+v, at %s", got.Status, got.Gateway, p.address)
	}
}
