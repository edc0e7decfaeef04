package testkit

import (
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Card is a KNET card, as a payer types it.
type Card struct {
	Number string // 16 digits that start with 888888
	Expiry string // MM/YYYY or MM/YY
	PIN    string // 4 digits
}

// The test cards: payments by GoodCard are captured, payments by RefusedCard are declined by the bank.
var (
	GoodCard    = Card{Number: "8888880000000001", Expiry: "09/2030", PIN: "1234"}
	RefusedCard = Card{Number: "8888880000000001", Expiry: "01/2029", PIN: "1234"}
)

// Payer is a payer at the payment page. It sends the page's forms over HTTP, without a browser. Its fields describe the page that is
// shown now.
//
// Screen is one of: choice (of the payment method), entry (of the card), confirm, waiting (for the bank), ended, other tab (the page is
// open in another tab), or merchant (the payer left the mock).
type Payer struct {
	Screen  string   // see above
	Message string   // the error message on the page; "" is none
	Saved   []string // numbers of the customer's saved cards that the page offers, masked
	OTP     string   // the one-time password that the page shows as a simulated SMS; "" is none
	URL     string   // of the page; after the return an address of the merchant
	Status  int      // HTTP status of the page; 0 if the merchant cannot be reached
	Body    string   // of the page

	mock *Mock
	at   *url.URL
}

// Open opens the payment page of a charge: its transaction.url.
func (m *Mock) Open(payURL string) *Payer {
	m.tb.Helper()
	at, err := url.Parse(payURL)
	if err != nil || at.Host == "" {
		m.tb.Fatalf("testkit: %q is not the URL of a payment page; use transaction.url of the create answer", payURL)
	}
	p := &Payer{mock: m, at: at}
	p.get()
	return p
}

// Pay pays with [GoodCard], and with the one-time password if the page asks for one. It returns the URL at which the payer
// lands: the merchant's redirect.url with tap_id.
func (m *Mock) Pay(payURL string) (landed string) { m.tb.Helper(); return m.PayWith(payURL, GoodCard) }

// PayWith is [Mock.Pay] with another card.
func (m *Mock) PayWith(payURL string, card Card) (landed string) {
	m.tb.Helper()
	p := m.Open(payURL).Submit(card)
	if p.Screen == "confirm" {
		p.Confirm()
	}
	return p.URL
}

// Cancel opens the page, presses Cancel, and returns the URL at which the payer lands.
func (m *Mock) Cancel(payURL string) (landed string) {
	m.tb.Helper()
	return m.Open(payURL).Cancel().URL
}

// Abandon opens the page and leaves it. The charge becomes ABANDONED when it expires.
func (m *Mock) Abandon(payURL string) { m.tb.Helper(); m.Open(payURL) }

// Submit types the card on the entry screen and presses Submit. If the page was opened again since, it is refused (screen other tab).
func (p *Payer) Submit(card Card) *Payer {
	p.mock.tb.Helper()
	return p.submit(card, url.Values{})
}

// SubmitAndSave is [Payer.Submit] with consent to save the card for KFAST; the page then asks for a one-time password. The setting
// kfast must be true, and the charge must name a customer.
func (p *Payer) SubmitAndSave(card Card) *Payer {
	p.mock.tb.Helper()
	return p.submit(card, url.Values{"fCFlg": {"on"}})
}

// SubmitSaved chooses saved card n (an index of Saved), types its PIN and presses Submit.
func (p *Payer) SubmitSaved(n int, pin string) *Payer {
	p.mock.tb.Helper()
	return p.send("proceed", url.Values{"paymentOption": {"FC"}, "savedCardNumber": {strconv.Itoa(n)}, "debitsavedcardPIN": {pin}})
}

func (p *Payer) submit(card Card, more url.Values) *Payer {
	p.mock.tb.Helper()
	if p.Screen == "choice" {
		p.send("knet", nil)
	}
	month, year, _ := strings.Cut(card.Expiry, "/")
	if len(year) == 2 {
		year = "20" + year
	}
	number := strings.ReplaceAll(card.Number, " ", "")
	fields := url.Values{"bank": {testBank}, "dcprefix": {number[:min(6, len(number))]}, "debitNumber": {number[min(6, len(number)):]},
		"debitMonth": {strings.TrimPrefix(month, "0")}, "debitYear": {year}, "cardPin": {card.PIN}}
	maps.Copy(fields, more)
	return p.send("proceed", fields)
}

const testBank = "201825717889145|Knet Test Card [KNET1]|0.000|0.00|0.000"

// Confirm presses Confirm. If the page asks for a one-time password, it types the one that the page shows.
func (p *Payer) Confirm() *Payer { p.mock.tb.Helper(); return p.ConfirmOTP(p.OTP) }

// ConfirmOTP types a one-time password, correct or not, and presses Confirm.
func (p *Payer) ConfirmOTP(otp string) *Payer {
	p.mock.tb.Helper()
	return p.send("confirm", url.Values{"debitOTP": {otp}})
}

// ResendOTP requests another one-time password.
func (p *Payer) ResendOTP() *Payer { p.mock.tb.Helper(); return p.send("resend", nil) }

// Back goes from the confirm screen to the entry screen.
func (p *Payer) Back() *Payer { p.mock.tb.Helper(); return p.send("back", nil) }

// Cancel presses Cancel.
func (p *Payer) Cancel() *Payer { p.mock.tb.Helper(); return p.send("cancel", nil) }

// Reload loads the page again, such as while the bank decides.
func (p *Payer) Reload() *Payer { p.mock.tb.Helper(); p.get(); return p }

func (p *Payer) get() {
	p.mock.tb.Helper()
	req, err := http.NewRequestWithContext(p.mock.tb.Context(), http.MethodGet, p.at.String(), nil)
	p.mock.check(err)
	p.show(p.mock.http.Do(req))
}

var (
	formTag     = regexp.MustCompile(`<form [^>]*>`)
	formAction  = regexp.MustCompile(` action="([^"]*)"`)
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	oneTimeCode = regexp.MustCompile(`id="notification">[^<]*<b dir="ltr">(\d{6})</b>`)
	savedCard   = regexp.MustCompile(`name="savedCardNumber"[^>]*> ([^<]+)<`)
	errorText   = regexp.MustCompile(`id="(?:ValidationMessage|otpmsgDC2?)"[^>]*role="alert"[^>]*>([^<]+)<`)
)

// send submits the page's form by a button, with these fields.
func (p *Payer) send(button string, fields url.Values) *Payer {
	p.mock.tb.Helper()
	tag := formTag.FindString(p.Body)
	if tag == "" || p.Screen == "merchant" {
		p.mock.tb.Fatalf("testkit: the payer cannot press %s: the page %s shows the screen %s", button, p.URL, p.Screen)
	}
	to := p.at // a form without an action is sent to the URL of its page
	if action := formAction.FindStringSubmatch(tag); action != nil {
		var err error
		to, err = p.at.Parse(html.UnescapeString(action[1]))
		p.mock.check(err)
	}
	form := url.Values{button: {"x"}}
	for _, h := range hiddenField.FindAllStringSubmatch(p.Body, -1) {
		form.Set(h[1], html.UnescapeString(h[2]))
	}
	maps.Copy(form, fields)
	req, err := http.NewRequestWithContext(p.mock.tb.Context(), http.MethodPost, to.String(), strings.NewReader(form.Encode()))
	p.mock.check(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	p.at = to
	p.show(p.mock.http.Do(req))
	return p
}

// maxRedirects is how many redirects the payer follows.
const maxRedirects = 10

// show follows redirects and reads the page.
func (p *Payer) show(res *http.Response, err error) {
	p.mock.tb.Helper()
	for n := 0; err == nil && res.Header.Get("Location") != "" && n < maxRedirects; n++ {
		res.Body.Close()
		next, parseErr := p.at.Parse(res.Header.Get("Location"))
		p.mock.check(parseErr)
		if p.at = next; next.Scheme != "http" && next.Scheme != "https" {
			break // a link into an app
		}
		req, reqErr := http.NewRequestWithContext(p.mock.tb.Context(), http.MethodGet, next.String(), nil)
		p.mock.check(reqErr)
		res, err = p.mock.http.Do(req)
	}
	p.URL, p.Message, p.OTP, p.Status, p.Body, p.Saved = p.at.String(), "", "", 0, "", nil
	if err == nil {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		res.Body.Close()
		p.Status, p.Body = res.StatusCode, string(text)
	}
	p.read()
}

// read sets the fields that describe the page.
func (p *Payer) read() {
	switch {
	case !strings.HasPrefix(p.URL, p.mock.URL) || !strings.Contains(p.Body, "SIMULATION") || p.at.Path == "/":
		p.Screen = "merchant"
		return
	case strings.Contains(p.Body, `id="PayPageEntry" hidden`):
		p.Screen = "confirm"
	case strings.Contains(p.Body, `id="PayPageEntry"`):
		p.Screen = "entry"
	case strings.Contains(p.Body, `name="knet"`):
		p.Screen = "choice"
	case p.Status == http.StatusOK:
		p.Screen = "waiting"
	case p.Status == http.StatusConflict:
		p.Screen, p.Message = "other tab", "the page is open in another tab (IPAY0100040): continue there, or Reload"
	default:
		p.Screen = "ended"
	}
	if m := oneTimeCode.FindStringSubmatch(p.Body); m != nil {
		p.OTP = m[1]
	}
	for _, m := range savedCard.FindAllStringSubmatch(p.Body, -1) {
		p.Saved = append(p.Saved, m[1])
	}
	if m := errorText.FindStringSubmatch(p.Body); m != nil {
		p.Message = strings.TrimSpace(html.UnescapeString(m[1]))
	}
}
