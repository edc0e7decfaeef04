package fakepage

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Paths of the pages, relative to one another, so that they work behind a proxy that adds a prefix. KNET's host stands in
// them as kpay, because suites look for it in the address.
const (
	knetFromLink = "../../../kpay/kpg/" // from …/v2/payment/tap_process.aspx
	linkFromKNET = "../../gosell/v2/payment/tap_process.aspx?chg="
)

// Pages serves the payer's pages.
type Pages struct{ payments Payments }

// New returns the pages of these payments.
func New(p Payments) *Pages { return &Pages{payments: p} }

// maxForm bounds a posted form; the page's own has a few hundred bytes.
const maxForm = 16 << 10

// guarded refuses posts from other sites and large ones, and adds the headers of every page.
func guarded(h func(http.ResponseWriter, *http.Request)) http.Handler {
	return headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := sameSite.Check(asSeenOutside(r)); err != nil {
			showNotice(w, http.StatusForbidden, "", notice{Title: "Not from here",
				Text: "This form was sent by another site. Payments are made on this page only."})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		h(w, r)
	}))
}

var sameSite = http.NewCrossOriginProtection()

// asSeenOutside is the request under the host that the browser asked for, if a proxy has told.
func asSeenOutside(r *http.Request) *http.Request {
	host, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Host"), ",")
	if host = strings.TrimSpace(host); host == "" {
		return r
	}
	c := *r
	c.Host = host
	return &c
}

// headers forbids whatever the pages do not need. The referrer stays on the site, where browsers without fetch metadata need
// it to name the form's origin. There is no form-action: browsers would apply it to the way back to the
// merchant as well (KNET page 17).
func headers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set := w.Header()
		set.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
		set.Set("X-Robots-Tag", "noindex, nofollow")
		set.Set("X-Content-Type-Options", "nosniff")
		set.Set("Referrer-Policy", "same-origin")
		set.Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}

// Link is where a charge's transaction.url leads: to KNET's page, or to the choice of a payment method.
func (p *Pages) Link() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		token := r.URL.Query().Get("chg")
		payment, err := p.payments.Open(r.Context(), token)
		switch {
		case err != nil:
			p.onward(w, r, token, err, knetFromLink)
		case payment.Screen == Choice:
			showChoice(w, payment, token)
		default:
			seeOther(w, knetFromLink+pageAddress(payment, token))
		}
	})
}

// Choose takes the form of the choice.
func (p *Pages) Choose() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			p.refuse(w, errForm, knetFromLink)
			return
		}
		token := r.PostForm.Get("token")
		action := p.payments.ChooseKNET
		if r.PostForm.Has("cancel") {
			action = p.payments.Cancel
		}
		p.act(w, r, token, knetFromLink, action)
	})
}

// KNET shows the KNET page: the entry or the confirm screen.
func (p *Pages) KNET() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		token := r.URL.Query().Get("token")
		payment, err := p.payments.View(r.Context(), token)
		switch {
		case err != nil:
			p.onward(w, r, token, err, "")
		case payment.Screen == Choice:
			seeOther(w, linkFromKNET+url.QueryEscape(token))
		default:
			showKNET(w, r, payment, token, otpTrouble(payment, r.URL.Query().Get("otp")), chosenBefore(payment))
		}
	})
}

// otpTrouble says why the payer is asked for a one-time password again, or "".
func otpTrouble(p Payment, reason string) string {
	if p.OTP == nil || reason == "" {
		return ""
	}
	return wordsIn(p.Look.Lang).otpMessage(reason, p.OTP.TriesLeft)
}

// Router takes the KNET page's form; which button sent it says what to do.
func (p *Pages) Router() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			p.refuse(w, errForm, "")
			return
		}
		token := r.PostForm.Get("token")
		if view, err := strconv.Atoi(r.PostForm.Get("view")); err == nil && !p.payments.Latest(token, view) {
			p.refuse(w, errOtherTab, "")
			return
		}
		switch {
		case r.PostForm.Has("proceedCancel") || r.PostForm.Has("cancel"):
			p.act(w, r, token, "", p.payments.Cancel)
		case r.PostForm.Has("back"):
			p.act(w, r, token, "", p.payments.Back)
		case r.PostForm.Has("deletecard"):
			p.act(w, r, token, "", func(ctx context.Context, token string) (string, error) {
				return p.payments.DeleteSaved(ctx, token, savedNumber(r.PostForm.Get("savedCardNumber")))
			})
		case r.PostForm.Has("resend"):
			p.act(w, r, token, "", p.payments.Resend)
		case r.PostForm.Has("confirm"):
			p.act(w, r, token, "", func(ctx context.Context, token string) (string, error) {
				return p.payments.Confirm(ctx, token, digitsOf(r.PostForm.Get("debitOTP")))
			})
		default:
			p.submit(w, r, token)
		}
	})
}

// Outcome takes the form of the outcome panel.
func (p *Pages) Outcome() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			p.refuse(w, errForm, "")
			return
		}
		p.act(w, r, r.PostForm.Get("token"), "", func(ctx context.Context, token string) (string, error) {
			return p.payments.End(ctx, token, r.PostForm.Get("outcome"))
		})
	})
}

// submit checks the card and hands it in. What is wrong is said on the entry screen; nothing of it is kept.
func (p *Pages) submit(w http.ResponseWriter, r *http.Request, token string) {
	form := entryFormOf(r.PostForm)
	if form.saved {
		p.submitSaved(w, r, token, form)
		return
	}
	card, expiry, message := form.check()
	if message == "" {
		p.act(w, r, token, "", func(ctx context.Context, token string) (string, error) {
			return p.payments.Submit(ctx, token, card, expiry, form.consent)
		})
		return
	}
	p.refuseSubmit(w, r, token, message, form)
}

// submitSaved hands in a saved card: only its PIN is asked for.
func (p *Pages) submitSaved(w http.ResponseWriter, r *http.Request, token string, form entryForm) {
	if !form.savedPIN {
		p.refuseSubmit(w, r, token, msgPIN, entryForm{saved: true})
		return
	}
	p.act(w, r, token, "", func(ctx context.Context, token string) (string, error) {
		return p.payments.SubmitSaved(ctx, token, form.savedCard)
	})
}

// refuseSubmit shows the entry screen again, with what is wrong.
func (p *Pages) refuseSubmit(w http.ResponseWriter, r *http.Request, token, message string, form entryForm) {
	back, err := p.payments.RefuseSubmit(r.Context(), token, message, message == msgPIN)
	if err == nil && back != "" {
		sendBack(w, back, http.StatusSeeOther)
		return
	}
	payment, openErr := p.payments.Open(r.Context(), token)
	switch {
	case err != nil || openErr != nil:
		p.refuse(w, cmp.Or(err, openErr), "")
	case payment.Screen == Choice:
		seeOther(w, linkFromKNET+url.QueryEscape(token))
	default:
		payment.Screen = Entry
		if message == msgNumber {
			w.Header().Set("Connection", "close") // what was read of a foreign number goes with its connection
		}
		showKNET(w, r, payment, token, message, form)
	}
}

// act runs an action and leads the payer on: back to the merchant, or to the screen he has got to now.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, token, root string, action func(context.Context, string) (string, error)) {
	payment, err := p.payments.Open(r.Context(), token)
	if err != nil && !over(err) {
		p.refuse(w, err, root)
		return
	}
	back, err := action(r.Context(), token)
	wrong, isOTP := errors.AsType[*OTPError](err)
	_, waits := errors.AsType[*WaitError](err)
	switch {
	case waits:
		seeOther(w, root+pageAddress(payment, token))
	case errors.Is(err, ErrWrongPIN):
		p.showWrongPIN(w, r, token, root)
	case errors.Is(err, ErrKFASTRefused):
		payment.Screen = Entry
		showKNET(w, r, payment, token, msgKFAST, entryForm{})
	case errors.Is(err, ErrNoSavedCard):
		payment.Screen = Entry
		showKNET(w, r, payment, token, msgNumber, entryForm{})
	case isOTP:
		seeOther(w, root+pageAddress(payment, token)+"&otp="+wrong.Reason) // so that a reload costs no further try
	case err != nil:
		p.refuse(w, err, root)
	case back != "":
		sendBack(w, back, payment.wayBack())
	default:
		if payment, err = p.payments.Open(r.Context(), token); err != nil {
			p.refuse(w, err, root)
			return
		}
		seeOther(w, root+pageAddress(payment, token))
	}
}

// over reports whether the payer has nothing to do at the page any more.
func over(err error) bool {
	_, ended := errors.AsType[*EndedError](err)
	_, waits := errors.AsType[*WaitError](err)
	return ended || waits
}

// onward leads on a payer who asks for the page although he has done his part: back to the merchant, or he waits.
func (p *Pages) onward(w http.ResponseWriter, r *http.Request, token string, err error, root string) {
	if !over(err) {
		p.refuse(w, err, root)
		return
	}
	back, err := p.payments.Onward(r.Context(), token)
	waits, isWait := errors.AsType[*WaitError](err)
	switch {
	case back != "":
		sendBack(w, back, http.StatusSeeOther)
	case isWait:
		w.Header().Set("Refresh", "1; url="+root+pageAddress(Payment{}, token))
		t := wordsIn(waits.Lang)
		showNotice(w, http.StatusOK, root, notice{Title: t.WaitTitle, Text: t.WaitText, W: t})
	default:
		p.refuse(w, cmp.Or(err, errGone), root)
	}
}

// showWrongPIN shows the entry screen again after the bank did not take the PIN.
func (p *Pages) showWrongPIN(w http.ResponseWriter, r *http.Request, token, root string) {
	payment, err := p.payments.Open(r.Context(), token)
	if err != nil {
		p.refuse(w, err, root)
		return
	}
	payment.Screen = Entry
	showKNET(w, r, payment, token, msgPIN, entryForm{})
}

func (p *Payment) wayBack() int {
	if p.ReturnStatus == 0 {
		return http.StatusSeeOther
	}
	return p.ReturnStatus
}

func pageAddress(p Payment, token string) string {
	return "paymentpage.htm?PaymentID=" + p.PaymentID + "&token=" + url.QueryEscape(token)
}

// sendBack leads the payer to the merchant.
func sendBack(w http.ResponseWriter, address string, status int) {
	w.Header().Set("Location", asciiURL(address))
	w.WriteHeader(status)
}

// seeOther redirects to an address relative to the present one.
func seeOther(w http.ResponseWriter, relative string) {
	w.Header().Set("Location", relative)
	w.WriteHeader(http.StatusSeeOther)
}

// asciiURL percent-encodes what a header cannot carry.
func asciiURL(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c > ' ' && c < 0x7f {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + strings.ToUpper(hex2(s[i])))
	}
	return b.String()
}

func hex2(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}

var (
	errGone     = errors.New("the page can be used again")
	errForm     = errors.New("the form cannot be read")
	errOtherTab = errors.New("the page is open in another tab")
)

// refuse says in words why there is nothing to pay here.
func (p *Pages) refuse(w http.ResponseWriter, err error, root string) {
	if ended, ok := errors.AsType[*EndedError](err); ok {
		showNotice(w, http.StatusGone, root, endedNotice(ended))
		return
	}
	switch {
	case errors.Is(err, ErrNoPage):
		showNotice(w, http.StatusNotFound, root, notice{Title: "No such payment",
			Text: "This link leads to no payment. It may be mistyped, or the payment is so old that it was dropped."})
	case errors.Is(err, ErrTabClosed):
		showNotice(w, http.StatusOK, root, notice{Title: "The payer has gone", Text: "As if the tab had been closed after Confirm: the payment is " +
			"captured, the webhook is sent, and nobody comes back to the shop. You may close this tab."})
	case errors.Is(err, ErrNoOutcome):
		showNotice(w, http.StatusBadRequest, root, notice{Title: "No such outcome", Text: "The panel has no outcome of this name."})
	case errors.Is(err, errOtherTab):
		showNotice(w, http.StatusConflict, root, notice{Title: "Open in another tab", Text: "This payment has been opened again since, in another tab or by a " +
			"reload: go on there. KNET calls this IPAY0100040. Nothing was sent from here."})
	case errors.Is(err, errForm):
		showNotice(w, http.StatusBadRequest, root, notice{Title: "Form not understood", Text: "The form that was sent cannot be read."})
	case errors.Is(err, context.Canceled):
		// The payer has gone; there is nobody to tell.
	default:
		showNotice(w, http.StatusInternalServerError, root, notice{Title: "Something went wrong", Text: "The mock could not go on with this payment."})
	}
}

func endedNotice(e *EndedError) notice {
	t := wordsIn(e.Lang)
	text := t.EndedText
	if e.Status == tap.Captured {
		text = t.EndedPaid
	}
	return notice{Title: t.EndedTitle, Text: text, W: t, Status: string(e.Status), Code: e.Result.Code,
		Message: e.Result.Message, Error: "2118", Return: e.ReturnURL}
}
