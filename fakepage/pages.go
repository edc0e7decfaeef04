package fakepage

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/payment"
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

// payer returns the payer of a page link, once what is due before an answer has run.
func (p *Pages) payer(ctx context.Context, token string) (Payer, error) {
	payer, err := p.payments.Payer(token)
	if err == nil {
		payer.Calm(ctx)
	}
	return payer, err
}

// open returns the payment of a page link, as get shows it.
func (p *Pages) open(ctx context.Context, token string, get func(Payer) (payment.Session, error)) (Payment, error) {
	payer, err := p.payer(ctx, token)
	if err != nil {
		return Payment{}, err
	}
	s, err := get(payer)
	if err != nil {
		return Payment{}, err
	}
	return paymentOf(s), nil
}

// guarded refuses posts from other sites and large ones, and adds the headers of every page.
func guarded(h func(http.ResponseWriter, *http.Request)) http.Handler {
	return headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !FromSameSite(r) {
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

// FromSameSite reports whether a request does not come from a page of another site. Behind a proxy the browser's host is in X-Forwarded-Host.
func FromSameSite(r *http.Request) bool { return sameSite.Check(asForwarded(r)) == nil }

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

// Protect sets the headers of a page that forbid everything that pages do not need; a page adds to the policy what it needs besides style sheets of
// its own. The referrer is sent only to the same site: browsers without fetch metadata need it to name the origin of a form.
func Protect(h http.Header, policy string) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "+policy)
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// headers adds the headers of every page. The policy has no form-action: browsers would also apply it to the redirect to the merchant (KNET
// page 17).
func headers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Protect(w.Header(), "script-src 'self'")
		h.ServeHTTP(w, r)
	})
}

// Link serves a charge's transaction.url: it redirects to KNET's page, or shows the choice of a payment method.
func (p *Pages) Link() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		token := cmp.Or(r.URL.Query().Get("chg"), r.URL.Query().Get("auth"))
		shown, err := p.open(r.Context(), token, Payer.Open)
		switch {
		case err != nil:
			p.onward(w, r, token, err, knetFromLink)
		case shown.Screen == Choice:
			showChoice(w, shown, token)
		default:
			seeOther(w, knetFromLink+pageAddress(shown, token))
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
		action := Payer.ChooseKNET
		if form.Has("cancel") {
			action = Payer.Cancel
		}
		p.act(w, r, token, knetFromLink, action)
	})
}

// KNET shows the KNET page: the entry or the confirm screen.
func (p *Pages) KNET() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		token := r.URL.Query().Get("token")
		shown, err := p.open(r.Context(), token, Payer.View)
		switch {
		case err != nil:
			p.onward(w, r, token, err, "")
		case shown.Screen == Choice:
			seeOther(w, linkFromKNET+url.QueryEscape(token))
		default:
			showKNET(w, r, shown, token, otpFailure(shown, r.URL.Query().Get("otp")), prefilled(shown))
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
			p.act(w, r, token, "", Payer.NoticeLimit)
			return
		}
		if view, err := strconv.Atoi(form.Get("view")); err == nil && !p.isLatest(token, view) {
			p.refuse(w, errOtherTab, "")
			return
		}
		switch {
		case form.Has("proceedCancel") || form.Has("cancel"):
			p.act(w, r, token, "", Payer.Cancel)
		case form.Has("back"):
			p.act(w, r, token, "", Payer.Back)
		case form.Has("deletecard"):
			p.act(w, r, token, "", func(payer Payer, ctx context.Context) (string, error) {
				return payer.DeleteSaved(ctx, savedNumber(form.Get("savedCardNumber")))
			})
		case form.Has("resend"):
			p.act(w, r, token, "", Payer.ResendOTP)
		case form.Has("confirm"):
			p.act(w, r, token, "", func(payer Payer, ctx context.Context) (string, error) {
				return payer.Confirm(ctx, form.otp())
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
		p.act(w, r, form.Get("token"), "", func(payer Payer, ctx context.Context) (string, error) {
			return payer.End(ctx, form.Get("outcome"))
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
		p.act(w, r, token, "", func(payer Payer, ctx context.Context) (string, error) {
			return payer.Submit(ctx, card, expiry, form.consent)
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
	p.act(w, r, token, "", func(payer Payer, ctx context.Context) (string, error) {
		return payer.SubmitSaved(ctx, form.savedCard)
	})
}

// refuseSubmit shows the entry screen again, with the message of the failed check.
func (p *Pages) refuseSubmit(w http.ResponseWriter, r *http.Request, token, message string, form entryForm) {
	back, err := p.run(r.Context(), token, func(payer Payer, ctx context.Context) (string, error) {
		return payer.RefuseSubmit(ctx, message, message == msgPIN)
	})
	if err == nil && back != "" {
		sendBack(w, back, http.StatusSeeOther)
		return
	}
	shown, openErr := p.open(r.Context(), token, Payer.Open)
	switch {
	case err != nil || openErr != nil:
		p.refuse(w, cmp.Or(err, openErr), "")
	case shown.Screen == Choice:
		seeOther(w, linkFromKNET+url.QueryEscape(token))
	default:
		shown.Screen = Entry
		if message == msgNumber {
			w.Header().Set("Connection", "close") // frees the connection's buffer, which holds the refused number
		}
		showKNET(w, r, shown, token, message, form)
	}
}

// act performs an action and redirects the payer: to the merchant, or to the screen that the payment has reached.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, token, root string, action func(Payer, context.Context) (string, error)) {
	shown, err := p.open(r.Context(), token, Payer.Open)
	if err != nil && !over(err) {
		p.refuse(w, err, root)
		return
	}
	back, err := p.run(r.Context(), token, action)
	wrong, isOTP := errors.AsType[*payment.OTPError](err)
	_, waits := errors.AsType[*payment.WaitError](err)
	switch {
	case waits:
		seeOther(w, root+pageAddress(shown, token))
	case errors.Is(err, payment.ErrWrongPIN):
		p.showWrongPIN(w, r, token, root)
	case errors.Is(err, payment.ErrKFASTRefused):
		shown.Screen = Entry
		showKNET(w, r, shown, token, msgKFAST, entryForm{})
	case errors.Is(err, payment.ErrNoSavedCard):
		shown.Screen = Entry
		showKNET(w, r, shown, token, msgNumber, entryForm{})
	case isOTP:
		seeOther(w, root+pageAddress(shown, token)+"&otp="+wrong.Reason) // so that a reload does not use another try
	case err != nil:
		p.refuse(w, err, root)
	case back != "":
		sendBack(w, back, shown.returnStatus())
	default:
		if shown, err = p.open(r.Context(), token, Payer.Open); err != nil {
			p.refuse(w, err, root)
			return
		}
		seeOther(w, root+pageAddress(shown, token))
	}
}

// run performs an action of the payer of a page link.
func (p *Pages) run(ctx context.Context, token string, action func(Payer, context.Context) (string, error)) (string, error) {
	payer, err := p.payer(ctx, token)
	if err != nil {
		return "", err
	}
	return action(payer, ctx)
}

// isLatest reports whether a form is of the latest view of the page. If there is no such page, the action of the form returns the error.
func (p *Pages) isLatest(token string, view int) bool {
	payer, err := p.payments.Payer(token)
	return err != nil || payer.Latest(view)
}

// over reports whether the error says that the payer has no further step on the page.
func over(err error) bool {
	_, ended := errors.AsType[*payment.EndedError](err)
	_, waits := errors.AsType[*payment.WaitError](err)
	return ended || waits
}

// onward handles a payer without a further step who loads the page: it redirects to the merchant, or shows that the payer must wait.
func (p *Pages) onward(w http.ResponseWriter, r *http.Request, token string, err error, root string) {
	if !over(err) {
		p.refuse(w, err, root)
		return
	}
	back, err := p.run(r.Context(), token, Payer.Onward)
	waits, isWait := errors.AsType[*payment.WaitError](err)
	switch {
	case back != "":
		sendBack(w, back, http.StatusSeeOther)
	case isWait:
		w.Header().Set("Refresh", "1; url="+root+pageAddress(Payment{}, token))
		t := wordsIn(lookOf(&waits.Payment).Lang)
		showNotice(w, http.StatusOK, root, notice{Title: t.WaitTitle, Text: t.WaitText, W: t, Waits: true})
	default:
		p.refuse(w, cmp.Or(err, errNotOver), root)
	}
}

// showWrongPIN shows the entry screen again after the bank refused the PIN.
func (p *Pages) showWrongPIN(w http.ResponseWriter, r *http.Request, token, root string) {
	shown, err := p.open(r.Context(), token, Payer.Open)
	if err != nil {
		p.refuse(w, err, root)
		return
	}
	shown.Screen = Entry
	sent, _ := formOf(r) // it was read before
	showKNET(w, r, shown, token, msgPIN, entryForm{saved: sent.usesSavedCard()})
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
