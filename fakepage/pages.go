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

// Paths between the pages. They are relative, so that they work behind a proxy that adds a prefix. They contain kpay, a part of KNET's
// host name, because test suites look for it in the address.
const (
	knetFromLink = "../../../kpay/kpg/" // from …/v2/payment/tap_process.aspx
	linkFromKNET = "../../gosell/v2/payment/tap_process.aspx?chg="
)

// Pages serves the payer's pages.
type Pages struct{ payments Payments }

// New returns the pages of these payments.
func New(p Payments) *Pages { return &Pages{payments: p} }

// guarded refuses posts from other sites and large ones, and adds the headers of every page.
func guarded(h func(http.ResponseWriter, *http.Request)) http.Handler {
	return headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := sameSite.Check(asForwarded(r)); err != nil {
			showNotice(w, http.StatusForbidden, "", notice{Title: "Form refused",
				Text: "Another site sent this form. Pay on this page only."})
			return
		}
		r, done := WithForm(r)
		defer done()
		h(w, r)
	}))
}

var sameSite = http.NewCrossOriginProtection()

// asForwarded is the request with the host that the browser requested, if a proxy has set X-Forwarded-Host.
func asForwarded(r *http.Request) *http.Request {
	host, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Host"), ",")
	if host = strings.TrimSpace(host); host == "" {
		return r
	}
	c := *r
	c.Host = host
	return &c
}

// headers adds the headers that forbid everything the pages do not need. The referrer is sent only to the same site: browsers without
// fetch metadata need it to name the origin of a form. The policy has no form-action: browsers would also apply it to the redirect to
// the merchant (KNET page 17).
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

// Link serves a charge's transaction.url: it redirects to KNET's page, or shows the choice of a payment method.
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

// Choose handles the form of the choice.
func (p *Pages) Choose() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		form, err := formOf(r)
		if err != nil {
			p.refuse(w, errForm, knetFromLink)
			return
		}
		token := form.Get("token")
		action := p.payments.ChooseKNET
		if form.Has("cancel") {
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
			showKNET(w, r, payment, token, otpFailure(payment, r.URL.Query().Get("otp")), prefilled(payment))
		}
	})
}

// otpFailure says why the payer must enter a one-time password again, or "".
func otpFailure(p Payment, reason string) string {
	if p.OTP == nil || reason == "" {
		return ""
	}
	return wordsIn(p.Look.Lang).otpMessage(reason, p.OTP.TriesLeft)
}

// Router handles the form of the KNET page. The button that sent it selects the action.
func (p *Pages) Router() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		form, err := formOf(r)
		if err != nil {
			p.refuse(w, errForm, "")
			return
		}
		token := form.Get("token")
		if form.Has("limit") { // the countdown of a page has ended, even if it is not the latest view
			p.act(w, r, token, "", p.payments.NoticeLimit)
			return
		}
		if view, err := strconv.Atoi(form.Get("view")); err == nil && !p.payments.Latest(token, view) {
			p.refuse(w, errOtherTab, "")
			return
		}
		switch {
		case form.Has("proceedCancel") || form.Has("cancel"):
			p.act(w, r, token, "", p.payments.Cancel)
		case form.Has("back"):
			p.act(w, r, token, "", p.payments.Back)
		case form.Has("deletecard"):
			p.act(w, r, token, "", func(ctx context.Context, token string) (string, error) {
				return p.payments.DeleteSaved(ctx, token, savedNumber(form.Get("savedCardNumber")))
			})
		case form.Has("resend"):
			p.act(w, r, token, "", p.payments.Resend)
		case form.Has("confirm"):
			p.act(w, r, token, "", func(ctx context.Context, token string) (string, error) {
				return p.payments.Confirm(ctx, token, form.otp())
			})
		default:
			p.submit(w, r, token, form)
		}
	})
}

// Outcome handles the form of the outcome panel.
func (p *Pages) Outcome() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		form, err := formOf(r)
		if err != nil {
			p.refuse(w, errForm, "")
			return
		}
		p.act(w, r, form.Get("token"), "", func(ctx context.Context, token string) (string, error) {
			return p.payments.End(ctx, token, form.Get("outcome"))
		})
	})
}

// submit checks the entry form and submits the card. If a check fails it shows the message on the entry screen and keeps no value.
func (p *Pages) submit(w http.ResponseWriter, r *http.Request, token string, sent *form) {
	form, number := entryFormOf(sent)
	if form.saved {
		p.submitSaved(w, r, token, form)
		return
	}
	card, expiry, message := form.check(number)
	if message == "" {
		p.act(w, r, token, "", func(ctx context.Context, token string) (string, error) {
			return p.payments.Submit(ctx, token, card, expiry, form.consent)
		})
		return
	}
	p.refuseSubmit(w, r, token, message, form)
}

// submitSaved submits a saved card, for which the payer enters only the PIN.
func (p *Pages) submitSaved(w http.ResponseWriter, r *http.Request, token string, form entryForm) {
	if !form.savedPIN {
		p.refuseSubmit(w, r, token, msgPIN, entryForm{saved: true})
		return
	}
	p.act(w, r, token, "", func(ctx context.Context, token string) (string, error) {
		return p.payments.SubmitSaved(ctx, token, form.savedCard)
	})
}

// refuseSubmit shows the entry screen again, with the message of the failed check.
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
			w.Header().Set("Connection", "close") // frees the connection's buffer, which holds the refused number
		}
		showKNET(w, r, payment, token, message, form)
	}
}

// act performs an action and redirects the payer: to the merchant, or to the screen that the payment has reached.
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
		seeOther(w, root+pageAddress(payment, token)+"&otp="+wrong.Reason) // so that a reload does not use another try
	case err != nil:
		p.refuse(w, err, root)
	case back != "":
		sendBack(w, back, payment.returnStatus())
	default:
		if payment, err = p.payments.Open(r.Context(), token); err != nil {
			p.refuse(w, err, root)
			return
		}
		seeOther(w, root+pageAddress(payment, token))
	}
}

// over reports whether the error says that the payer has no further step on the page.
func over(err error) bool {
	_, ended := errors.AsType[*EndedError](err)
	_, waits := errors.AsType[*WaitError](err)
	return ended || waits
}

// onward handles a payer without a further step who loads the page: it redirects to the merchant, or shows that the payer must wait.
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
		showNotice(w, http.StatusOK, root, notice{Title: t.WaitTitle, Text: t.WaitText, W: t, Waits: true})
	default:
		p.refuse(w, cmp.Or(err, errNotOver), root)
	}
}

// showWrongPIN shows the entry screen again after the bank refused the PIN.
func (p *Pages) showWrongPIN(w http.ResponseWriter, r *http.Request, token, root string) {
	payment, err := p.payments.Open(r.Context(), token)
	if err != nil {
		p.refuse(w, err, root)
		return
	}
	payment.Screen = Entry
	sent, _ := formOf(r) // it was read before
	showKNET(w, r, payment, token, msgPIN, entryForm{saved: sent.usesSavedCard()})
}

func (p *Payment) returnStatus() int {
	if p.ReturnStatus == 0 {
		return http.StatusSeeOther
	}
	return p.ReturnStatus
}

func pageAddress(p Payment, token string) string {
	return "paymentpage.htm?PaymentID=" + p.PaymentID + "&token=" + url.QueryEscape(token)
}

// sendBack redirects the payer to the merchant.
func sendBack(w http.ResponseWriter, address string, status int) {
	w.Header().Set("Location", asciiURL(address))
	w.WriteHeader(status)
}

// seeOther redirects to a relative address.
func seeOther(w http.ResponseWriter, relative string) {
	w.Header().Set("Location", relative)
	w.WriteHeader(http.StatusSeeOther)
}

// asciiURL percent-encodes the bytes that a header cannot contain.
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
	errNotOver  = errors.New("the payer has a further step on the page")
	errForm     = errors.New("the form cannot be read")
	errOtherTab = errors.New("the page is open in another tab")
)

// refuse shows a notice for an error.
func (p *Pages) refuse(w http.ResponseWriter, err error, root string) {
	if ended, ok := errors.AsType[*EndedError](err); ok {
		showNotice(w, http.StatusGone, root, endedNotice(ended))
		return
	}
	switch {
	case errors.Is(err, ErrNoPage):
		showNotice(w, http.StatusNotFound, root, notice{Title: "No such payment",
			Text: "No payment has this link. The link is wrong, or the mock has evicted the payment to stay within its limits."})
	case errors.Is(err, ErrTabClosed):
		showNotice(w, http.StatusOK, root, notice{Title: "Tab closed", Text: "The payer closed the tab after Confirm: the payment is " +
			"captured and the webhook is sent, but the payer does not return to the shop. You can close this tab."})
	case errors.Is(err, ErrNoOutcome):
		showNotice(w, http.StatusBadRequest, root, notice{Title: "No such outcome", Text: "The panel has no outcome of this name."})
	case errors.Is(err, errOtherTab):
		showNotice(w, http.StatusConflict, root, notice{Title: "Open in another tab", Text: "This payment was opened again, in another tab or by a reload. " +
			"Continue there. The error of KNET is IPAY0100040. This form was not processed."})
	case errors.Is(err, errForm):
		showNotice(w, http.StatusBadRequest, root, notice{Title: "Invalid form", Text: "The form cannot be read."})
	case errors.Is(err, context.Canceled):
		// The browser has closed the connection.
	default:
		showNotice(w, http.StatusInternalServerError, root, notice{Title: "Internal error", Text: "The mock cannot continue this payment."})
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
