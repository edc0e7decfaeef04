package fakepage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// fixed is the payer of every link: the payment is always at the same screen, or has an error.
type fixed struct {
	charge payment.Payment
	err    error
	back   string
}

func (f fixed) Payer(string) (Payer, error)                                { return f, nil }
func (f fixed) Calm(context.Context)                                       {}
func (f fixed) Open() (payment.Session, error)                             { return payment.Session{Payment: f.charge}, f.err }
func (f fixed) View() (payment.Session, error)                             { return f.Open() }
func (f fixed) Latest(int) bool                                            { return true }
func (f fixed) RefuseSubmit(context.Context, string, bool) (string, error) { return "", f.err }
func (f fixed) ChooseKNET(context.Context) (string, error)                 { return f.back, f.err }
func (f fixed) Back(context.Context) (string, error)                       { return f.back, f.err }
func (f fixed) Onward(context.Context) (string, error)                     { return f.back, f.err }
func (f fixed) ResendOTP(context.Context) (string, error)                  { return f.back, f.err }
func (f fixed) Confirm(context.Context, string) (string, error)            { return f.back, f.err }
func (f fixed) Cancel(context.Context) (string, error)                     { return f.back, f.err }
func (f fixed) NoticeLimit(context.Context) (string, error)                { return f.back, f.err }
func (f fixed) End(context.Context, string) (string, error)                { return f.back, f.err }
func (f fixed) SubmitSaved(context.Context, int) (string, error)           { return f.back, f.err }
func (f fixed) DeleteSaved(context.Context, int) (string, error)           { return f.back, f.err }
func (f fixed) Submit(context.Context, tap.TestCard, tap.CardExpiry, bool) (string, error) {
	return f.back, f.err
}

// chargeAt is a charge whose page is at a screen. Each text from outside is text.
func chargeAt(s Screen, text, currency string) payment.Payment {
	settings := tap.DefaultSettings()
	settings.PageMerchant, settings.PageWebsite = text, text
	req := &tap.PaymentRequest{Amount: 12345, Currency: currency, RedirectURL: "https://shop.example/" + text}
	c := payment.NewPayment(tap.KindCharge, tap.NewIDs(1), 1, 1, req, &settings, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	c.Status, c.Result = tap.Status(text), tap.Result{Code: text, Message: text}
	c.Page = payment.Page{Stage: payment.Stage(s), PaymentID: text}
	return c
}

var testLook = Look{Lang: "en", Panel: true, FirstYear: 2019, ArabicBank: "بنك اختبار كي نت [KNET1]"}

const nasty = `"><script>alert(1)</script><a href="javascript:alert(2)">`

// screens renders every screen. Each text from outside is nasty.
func screens(t *testing.T) map[string]*httptest.ResponseRecorder {
	t.Helper()
	at := func(s Screen) fixed { return fixed{charge: chargeAt(s, nasty, nasty)} }
	get := func(h http.Handler, target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		return w
	}
	refused := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/kpay/kpg/paymentrouter.htm", strings.NewReader("bank="+nasty+"&debitNumber=4111111111111111&cardPin=9753"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	New(at(Entry)).Router().ServeHTTP(refused, r)
	const token = "?chg=%22%3E%3Cscript%3E&token=%22%3E%3Cscript%3E&tap_id=%22%3E%3Cscript%3E"
	return map[string]*httptest.ResponseRecorder{
		"choice":  get(New(at(Choice)).Link(), "/x"+token),
		"entry":   get(New(at(Entry)).KNET(), "/x"+token),
		"refused": refused,
		"confirm": get(New(at(Confirm)).KNET(), "/x"+token),
		"ended":   get(New(fixed{err: &payment.EndedError{Payment: chargeAt(Confirm, nasty, nasty)}}).KNET(), "/x"+token),
		"waiting": get(New(fixed{err: &payment.WaitError{Payment: chargeAt(Confirm, nasty, nasty)}}).KNET(), "/x"+token),
		"unknown": get(New(fixed{err: payment.ErrNoPage}).KNET(), "/x"+token),
		"broken":  get(New(fixed{err: errors.New(nasty)}).KNET(), "/x"+token),
	}
}

// TestEveryScreen checks what every screen must contain, and what none may contain.
func TestEveryScreen(t *testing.T) {
	for name, w := range screens(t) {
		page := w.Body.String()
		for _, want := range []string{"<strong>SIMULATION</strong>", "محاكاة", "– SIMULATION</title>", `<meta name="robots" content="noindex`, `lang="`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not contain %q:\n%s", name, want, page)
			}
		}
		for _, bad := range []string{"<script>", "onclick", `href="javascript`, "4111111111111111", "9753", "style=", "ZgotmplZ", "https://fonts", "<img"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s contains %q:\n%s", name, bad, page)
			}
		}
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "form-action") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", name, policy)
		}
		if w.Header().Get("X-Robots-Tag") == "" || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: headers %v", name, w.Header())
		}
	}
}

// TestFormAddresses checks that every form is sent to an address of the pages.
func TestFormAddresses(t *testing.T) {
	for name, w := range screens(t) {
		page := w.Body.String()
		forms := strings.Count(page, "<form ")
		own := strings.Count(page, `action="outcome.htm"`) + strings.Count(page, `action="paymentrouter.htm"`) + strings.Count(page, `action=""`)
		if forms != own || strings.Contains(page, "formaction") {
			t.Errorf("%s has %d forms, %d of them to addresses of the pages, want all", name, forms, own)
		}
	}
}

func TestAssets(t *testing.T) {
	for path, status := range map[string]int{"/kpay/kpg/assets/" + styleName: 200, "/kpay/kpg/assets/" + scriptName: 200, "/kpay/kpg/assets/page.css": 404, "/kpay/kpg/assets/..%2fpage.css": 404} {
		w := httptest.NewRecorder()
		New(fixed{}).Asset().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != status {
			t.Errorf("%s: HTTP %d, want %d", path, w.Code, status)
		}
		if status == 200 && (!strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 || w.Body.Len() > 60000) {
			t.Errorf("%s: %v, %d bytes", path, w.Header(), w.Body.Len())
		}
	}
}

// TestClosedConnection has a browser that closed the connection. The handler sends nothing.
func TestClosedConnection(t *testing.T) {
	w := httptest.NewRecorder()
	New(fixed{err: context.Canceled}).KNET().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Body.Len() != 0 {
		t.Errorf("a body was sent: %s", w.Body)
	}
}

func ExampleNew() {
	pages := New(fixed{charge: chargeAt(Entry, "Shop", "KWD")})
	w := httptest.NewRecorder()
	pages.KNET().ServeHTTP(w, httptest.NewRequest("GET", "/kpay/kpg/paymentpage.htm", nil))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "KD 12.345"))
	// Output: 200 true
}
