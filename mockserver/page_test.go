package mockserver_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestScreens compares the entry and confirm screens with golden files.
func TestScreens(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "public_url=")
	c := m.create(request(nil))
	p := m.open(c.Transaction.URL)
	if !strings.HasPrefix(p.address.Path, "/kpay/kpg/paymentpage.htm") || len(p.address.Query().Get("PaymentID")) != 18 || strings.Contains(p.address.String(), c.ID) {
		t.Errorf("the link leads to %s", p.address)
	}
	m.golden("page-entry", p.page.body)
	p.submit("9", "2030")
	m.golden("page-confirm", p.page.body)
	for _, want := range []string{"KD 12.345", "888888******0001", ">09<", ">2030<", "SIMULATION", "محاكاة"} {
		if !strings.Contains(p.page.body, want) {
			t.Errorf("the confirm screen lacks %q", want)
		}
	}
	if strings.Contains(p.page.body, "1234") {
		t.Error("the confirm screen contains the PIN")
	}
}

// TestChecks sends each mistake of the entry form: the page names the first in the real page's order, and the charge stays INITIATED.
func TestChecks(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	good := []string{"bank", testBank, "dcprefix", "888888", "debitNumber", testCard, "debitMonth", "9", "debitYear", "2030", "cardPin", "1234"}
	for _, wrong := range []struct{ field, value, message string }{
		{"bank", "bankname", "Kindly Select Your Bank Option"},
		{"debitNumber", "123", "check your Card-Number"},
		{"debitNumber", "4111111111111111", "check your Card-Number"},
		{"dcprefix", "403622", "check your Card-Number"},
		{"debitMonth", "0", "Expiration Month &amp; Year"},
		{"debitYear", "0", "Expiration Month &amp; Year"},
		{"cardPin", "123", "check your Pin(4 digits)"},
		{"cardPin", "12a4", "check your Pin(4 digits)"},
	} {
		p := m.open(c.Transaction.URL).post("proceed", append(good, wrong.field, wrong.value)...)
		if p.page.status != 200 || !strings.Contains(p.page.body, wrong.message) || !strings.Contains(p.page.body, `<div id="PayPageEntry">`) {
			t.Errorf("%s=%s: HTTP %d\n%s", wrong.field, wrong.value, p.page.status, p.page.body)
		}
		if strings.Contains(p.page.body, "4111111111111111") {
			t.Error("the answer contains the refused card number")
		}
	}
	p := m.open(c.Transaction.URL).post("proceed", append(good, "debitNumber", "000 000 000 1")...)
	if !strings.Contains(p.page.body, "888888******0001") {
		t.Errorf("blanks in the number were not removed:\n%s", p.page.body)
	}
	if m.retrieve(c.ID).Status != tap.Initiated {
		t.Error("the charge is not INITIATED any more")
	}
}

// TestExpiryOfTheCardDecides pays with expiries that KNET's test environment captures or declines.
func TestExpiryOfTheCardDecides(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, c := range []struct {
		month, year string
		want        tap.Status
	}{{"9", "2030", tap.Captured}, {"9", "2025", tap.Captured}, {"9", "2021", tap.Failed}, {"5", "2021", tap.Failed}, {"12", "2031", tap.Failed}} {
		charge := m.create(request(nil))
		m.pay(charge.Transaction.URL, c.month, c.year)
		if got := m.retrieve(charge.ID).Status; got != c.want {
			t.Errorf("%s/%s: %s, want %s", c.month, c.year, got, c.want)
		}
	}
	other := startMock(t, mockserver.Config{}, "bank_captured_expiries=01/27", "bank_decline_code=51")
	c := other.create(request(nil))
	other.pay(c.Transaction.URL, "9", "2030")
	if got := other.retrieve(c.ID); got.Status != tap.Failed || got.Gateway.Response.Code != "51" {
		t.Errorf("with other settings: %s, %+v", got.Status, got.Gateway)
	}
}

// TestReturnURL checks that tap_id is added to every kind of address.
func TestReturnURL(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, c := range []struct{ redirect, want string }{
		{"https://shop.example/return", "https://shop.example/return?tap_id=ID"},
		{"https://shop.example/return?order=7", "https://shop.example/return?order=7&tap_id=ID"},
		{"https://shop.example/return?", "https://shop.example/return?tap_id=ID"},
		{"https://shop.example/#/done", "https://shop.example/?tap_id=ID#/done"},
		{"https://shop.example/r?a=%20b#x?y", "https://shop.example/r?a=%20b&tap_id=ID#x?y"},
		{"shopapp://paid", "shopapp://paid?tap_id=ID"},
		{"shop.example/return", "http://shop.example/return?tap_id=ID"},
		{"localhost:3000/return", "http://localhost:3000/return?tap_id=ID"},
		{"https://shop.example/عودة", "https://shop.example/%D8%B9%D9%88%D8%AF%D8%A9?tap_id=ID"},
	} {
		charge := m.create(request(map[string]any{"redirect": at("url", c.redirect)}))
		p := m.open(charge.Transaction.URL).submit("9", "2030")
		res := p.lastAnswer("confirm")
		if want := strings.ReplaceAll(c.want, "ID", charge.ID); res.status != 303 || res.header.Get("Location") != want {
			t.Errorf("%s: HTTP %d to %s, want %s", c.redirect, res.status, res.header.Get("Location"), want)
		}
	}
	other := startMock(t, mockserver.Config{}, "return_status=302", "return_data=true")
	charge := other.create(request(nil))
	res := other.open(charge.Transaction.URL).lastAnswer("proceedCancel")
	back, _ := url.Parse(res.header.Get("Location"))
	data := back.Query().Get("data")
	if res.status != 302 || len(data) != 32 || data != strings.ToUpper(data) || back.Query().Get("tap_id") != charge.ID {
		t.Errorf("with other settings: HTTP %d to %s", res.status, back)
	}
}

// lastAnswer submits the form and returns the answer without following a redirect.
func (p *payer) lastAnswer(button string) answer {
	p.t.Helper()
	form := url.Values{button: {"x"}, "token": {p.address.Query().Get("token")}}
	next, _ := p.address.Parse("paymentrouter.htm")
	req, _ := http.NewRequest("POST", next.String(), strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.send(req)
}

func TestUnknownPages(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, path := range []string{"/gosell/v2/payment/tap_process.aspx", "/gosell/v2/payment/tap_process.aspx?chg=nonsense", "/kpay/kpg/paymentpage.htm?PaymentID=1", "/kpay/kpg/paymentpage.htm?token=%zz"} {
		if page := m.open(m.url + path).page; page.status != 404 || !strings.Contains(page.body, "No such payment") {
			t.Errorf("%s: HTTP %d\n%s", path, page.status, page.body)
		}
	}
	req, _ := http.NewRequest("POST", m.url+"/kpay/kpg/paymentrouter.htm", strings.NewReader("token=%zz&"+strings.Repeat("x", 20000)))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a := m.send(req); a.status != 400 {
		t.Errorf("a form that cannot be parsed: HTTP %d\n%s", a.status, a.body)
	}
}

// TestOtherSitesMayNotPost sends a form as a browser sends it from another site.
func TestOtherSitesMayNotPost(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	p := m.open(c.Transaction.URL)
	req, _ := http.NewRequest("POST", m.url+"/kpay/kpg/paymentrouter.htm", strings.NewReader(url.Values{"cancel": {"x"}, "token": {p.address.Query().Get("token")}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := m.send(req); a.status != 403 || !strings.Contains(a.body, "SIMULATION") {
		t.Errorf("HTTP %d\n%s", a.status, a.body)
	}
	if got := m.retrieve(c.ID).Status; got != tap.Initiated {
		t.Errorf("the charge is %s", got)
	}
}

// TestBackKeepsBankAndExpiry checks that Back keeps bank and expiry, but not number and PIN.
func TestBackKeepsBankAndExpiry(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	p := m.open(m.create(request(nil)).Transaction.URL).submit("5", "2031").post("back")
	for _, want := range []string{`KNET1]|0.000|0.00|0.000" selected`, `value="5" selected`, `value="2031" selected`} {
		if !strings.Contains(p.page.body, want) {
			t.Errorf("%q is not filled in:\n%s", want, p.page.body)
		}
	}
	if strings.Contains(p.page.body, testCard+`"`) || strings.Contains(p.page.body, "1234") {
		t.Errorf("the page contains the number or the PIN:\n%s", p.page.body)
	}
}

// TestFormsFromPlainHTTP sends forms as browsers send them from an address that is neither https nor loopback. There they send no
// fetch metadata, and the mock must use the form's origin, also behind a proxy.
func TestFormsFromPlainHTTP(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, c := range []struct {
		host, forwarded, origin string
		status                  int
	}{
		{"tapmock:8080", "", "http://tapmock:8080", 303},
		{"inner:1", "pay.example", "http://pay.example", 303},
		{"tapmock:8080", "", "http://evil.example", 403},
		{"tapmock:8080", "", "null", 403},
	} {
		p := m.open(m.create(request(nil)).Transaction.URL)
		if policy := p.page.header.Get("Referrer-Policy"); policy != "same-origin" {
			t.Errorf("under the policy %q browsers send the origin null", policy)
		}
		req, _ := http.NewRequest("POST", m.url+"/kpay/kpg/paymentrouter.htm", strings.NewReader(url.Values{"cancel": {"x"}, "token": {p.address.Query().Get("token")}}.Encode()))
		req.Host = c.host
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", c.origin)
		if c.forwarded != "" {
			req.Header.Set("X-Forwarded-Host", c.forwarded)
		}
		if a := m.send(req); a.status != c.status {
			t.Errorf("%+v: HTTP %d", c, a.status)
		}
	}
}

// TestStartPageRefusesShellText opens the start page with shell commands instead of a charge's id.
func TestStartPageRefusesShellText(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	if page := m.asks("localhost", "GET", "/?tap_id="+url.QueryEscape("chg_1;touch /tmp/x"), "Accept", "text/html"); strings.Contains(page.body, "touch") {
		t.Errorf("the page contains them:\n%s", page.body)
	}
}

// TestHintsFollowTheSettings checks that pages name the expiries that are captured.
func TestHintsFollowTheSettings(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "bank_captured_expiries=01/27")
	if page := m.open(m.create(request(nil)).Transaction.URL).page; !strings.Contains(page.body, "01/2027") || strings.Contains(page.body, "09/2030") {
		t.Errorf("the page names other expiries:\n%s", page.body)
	}
	if page := m.asks("localhost", "GET", "/", "Accept", "text/html"); !strings.Contains(page.body, "01/27") {
		t.Errorf("the start page names other expiries:\n%s", page.body)
	}
}

// TestNoConfirmScreen checks that Submit leads directly to the bank, as sometimes on the newest page.
func TestNoConfirmScreen(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "page_confirm_screen=never", "page_generation=onebox")
	c := m.create(request(nil))
	p := m.open(c.Transaction.URL)
	if p.post("proceed", "debitNumber", testCard, "cardExpiry", "13/30", "cardPin", "1234"); !strings.Contains(p.page.body, "Expiration Month &amp; Year") {
		t.Errorf("a bad expiry:\n%s", p.page.body)
	}
	p.post("proceed", "debitNumber", testCard, "cardExpiry", "09/30", "cardPin", "1234")
	if got := m.retrieve(c.ID).Status; got != tap.Captured || !strings.Contains(p.address.String(), "tap_id="+c.ID) {
		t.Errorf("%s at %s", got, p.address)
	}
	otp := startMock(t, mockserver.Config{}, "page_confirm_screen=never", "otp_from=0")
	if q := otp.open(otp.create(request(nil)).Transaction.URL).submit("9", "2030"); !strings.Contains(q.page.body, "debitOTP") {
		t.Errorf("no OTP is required:\n%s", q.page.body)
	}
}

// TestAccessibleNames checks that every field has a label in the page's language.
func TestAccessibleNames(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "page_accessible=true")
	page := m.open(m.create(request(nil), "lang_code", "ar").Transaction.URL).page.body
	if n := strings.Count(page, "aria-label="); n != 6 || !strings.Contains(page, `aria-label=":الرقم السري"`) {
		t.Errorf("%d fields have a label:\n%s", n, page)
	}
	plain := startMock(t, mockserver.Config{}, "page_language=ar")
	if page := plain.open(plain.create(request(nil)).Transaction.URL).page.body; strings.Contains(page, "aria-label=") || !strings.Contains(page, `lang="ar"`) {
		t.Errorf("without the setting:\n%s", page)
	}
}
