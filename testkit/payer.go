package testkit

import (
	"net/http"

	"github.com/tapmock/tapmock/mockserver/control"
)

// Card is a KNET card, as a payer types it.
type Card = control.Card

// The test cards: payments by GoodCard are captured, payments by DeclinedCard are declined by the bank.
var (
	GoodCard     = control.GoodCard
	DeclinedCard = control.DeclinedCard
)

// Payer is a payer at the payment page. It sends the page's forms over HTTP, without a browser. Its fields describe the page that is
// shown now.
//
// Screen is one of: choice (of the payment method), entry (of the card), confirm, waiting (for the bank, or for the return), ended,
// other tab (the page is open in another tab), merchant (the payer left the mock), or failed (the page did not load: no answer, or an
// HTTP status from 500 on).
type Payer struct {
	Screen  string   // see above
	Message string   // the error message on the page; "" is none
	Saved   []string // numbers of the customer's saved cards that the page offers, masked
	OTP     string   // the one-time password that the page shows as a simulated SMS; "" is none
	URL     string   // of the page; after the return an address of the merchant
	Status  int      // HTTP status of the page; 0 if there was no answer
	Body    string   // of the page

	mock *Mock
	page *control.Payer
}

// Open opens the payment page of a charge: its transaction.url.
func (m *Mock) Open(payURL string) *Payer { m.tb.Helper(); return m.open(payURL, m.http) }

// OpenWithCookies is [Mock.Open] for a payer that keeps cookies in a jar, as a browser does: at the merchant before, on the mock's page,
// and on the return. Use it for a shop that recognises the payer's session on the return; the jar is that of the HTTP client which
// visited the shop's checkout. A nil jar keeps none. Unlike a browser the payer sends cookies with SameSite=Strict too.
func (m *Mock) OpenWithCookies(payURL string, jar http.CookieJar) *Payer {
	m.tb.Helper()
	client := *m.http
	client.Jar = jar
	return m.open(payURL, &client)
}

func (m *Mock) open(payURL string, client *http.Client) *Payer {
	m.tb.Helper()
	page, err := control.OpenPage(m.tb.Context(), client, m.URL, payURL)
	m.check(err)
	return (&Payer{mock: m, page: page}).show(nil)
}

// Pay pays with [GoodCard], and with the one-time password if the page asks for one. It returns the URL at which the payer lands: the
// merchant's redirect.url with tap_id; or the page's, if the payer still waits there for the bank or for the return. It ends the test if
// the page refuses the card.
func (m *Mock) Pay(payURL string) (landed string) { m.tb.Helper(); return m.PayWith(payURL, GoodCard) }

// PayWith is [Mock.Pay] with another card.
func (m *Mock) PayWith(payURL string, card Card) (landed string) {
	m.tb.Helper()
	p := m.Open(payURL).Submit(card)
	switch p.Screen {
	case "entry":
		m.tb.Fatalf("testkit: the page refused the card: %s; Open and Submit show the screen instead of ending the test", p.Message)
	case "confirm":
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
	return p.show(p.page.Submit(p.mock.tb.Context(), card))
}

// SubmitAndSave is [Payer.Submit] with consent to save the card for KFAST; the page then asks for a one-time password. The setting
// kfast must be true, and the charge must name a customer.
func (p *Payer) SubmitAndSave(card Card) *Payer {
	p.mock.tb.Helper()
	return p.show(p.page.SubmitAndSave(p.mock.tb.Context(), card))
}

// SubmitSaved chooses saved card n (an index of Saved), types its PIN and presses Submit.
func (p *Payer) SubmitSaved(n int, pin string) *Payer {
	p.mock.tb.Helper()
	return p.show(p.page.SubmitSaved(p.mock.tb.Context(), n, pin))
}

// Confirm presses Confirm. If the page asks for a one-time password, it types the one that the page shows.
func (p *Payer) Confirm() *Payer {
	p.mock.tb.Helper()
	return p.show(p.page.Confirm(p.mock.tb.Context()))
}

// ConfirmOTP types a one-time password, correct or not, and presses Confirm.
func (p *Payer) ConfirmOTP(otp string) *Payer {
	p.mock.tb.Helper()
	return p.show(p.page.ConfirmOTP(p.mock.tb.Context(), otp))
}

// ResendOTP requests another one-time password.
func (p *Payer) ResendOTP() *Payer {
	p.mock.tb.Helper()
	return p.show(p.page.ResendOTP(p.mock.tb.Context()))
}

// Back goes from the confirm screen to the entry screen.
func (p *Payer) Back() *Payer { p.mock.tb.Helper(); return p.show(p.page.Back(p.mock.tb.Context())) }

// Cancel presses Cancel.
func (p *Payer) Cancel() *Payer {
	p.mock.tb.Helper()
	return p.show(p.page.Cancel(p.mock.tb.Context()))
}

// Reload loads the page again, such as while the bank decides.
func (p *Payer) Reload() *Payer {
	p.mock.tb.Helper()
	return p.show(p.page.Reload(p.mock.tb.Context()))
}

// show copies the page into the payer's fields. It ends the test if the payer could not act.
func (p *Payer) show(err error) *Payer {
	p.mock.tb.Helper()
	p.mock.check(err)
	at := p.page
	p.Screen, p.Message, p.Saved, p.OTP, p.URL, p.Status, p.Body = at.Screen, at.Message, at.Saved, at.OTP, at.URL, at.Status, at.Body
	return p
}
