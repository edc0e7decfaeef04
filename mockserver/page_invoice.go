package mockserver

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// invoices are the invoices of the gateway, for their pages.
type invoices struct{ *gateway.Gateway }

func invoiceInPath(r *http.Request) string { return mux.Vars(r)["id"] }

// Invoice is what the page of an invoice shows.
func (i invoices) Invoice(id string) (fakepage.InvoiceView, error) {
	page, err := i.InvoicePage(id)
	if err != nil {
		return fakepage.InvoiceView{}, err
	}
	r := page.Request
	v := fakepage.InvoiceView{Number: tap.InvoiceNumber(page.Created), Amount: payment.Money(r.Amount, r.Currency), Merchant: page.Settings.MerchantID, Description: r.Description,
		Note: r.Note, Until: time.UnixMilli(r.Expiry).UTC().Format("2 January 2006, 15:04 UTC"), Paid: page.Status == tap.InvoicePaid}
	if v.Paid && r.RedirectURL != "" {
		v.Return = tap.ReturnURL(r.RedirectURL, page.Charge)
	}
	if page.Refused != nil {
		v.Refused = page.Refused.Error()
	}
	for _, item := range r.Items {
		name := item.Name
		if item.Quantity > 1 {
			name = strconv.Itoa(item.Quantity) + " × " + name
		}
		v.Lines = append(v.Lines, fakepage.InvoiceLine{Name: name, Amount: payment.Money(item.Amount*tap.Amount(item.Quantity), item.Currency)})
	}
	if s := r.Shipping; s != (tap.InvoiceShipping{}) {
		v.Lines = append(v.Lines, fakepage.InvoiceLine{Name: "Shipping " + s.Provider, Amount: payment.Money(s.Amount, r.Currency)})
	}
	return v, nil
}

// PayInvoice is the page link of the charge that pays an invoice.
func (i invoices) PayInvoice(id string) (string, error) {
	c, err := i.Gateway.PayInvoice(id)
	if err != nil {
		return "", err
	}
	return c.PageURL(), nil
}

func (s *Server) invoicePage() http.Handler {
	return fakepage.Invoice(invoices{s.gateway}, invoiceInPath)
}

func (s *Server) invoicePayment() http.Handler {
	return fakepage.PayInvoice(invoices{s.gateway}, invoiceInPath)
}

// invoiceReturn is where the payer of an invoice's charge comes back: from here to the merchant, or after a failed try to the invoice's page, unless
// retry_for_captured is false (Rest of v2 8, documented).
func (s *Server) invoiceReturn() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, to := invoiceInPath(r), "../"+invoiceInPath(r)
		page, err := s.gateway.InvoicePage(id)
		if err == nil {
			paid := page.Status == tap.InvoicePaid
			switch {
			case page.Request.RedirectURL != "" && (paid || !page.Request.Retry):
				to = tap.ReturnURL(page.Request.RedirectURL, url.QueryEscape(r.URL.Query().Get("tap_id")))
			case !paid:
				to += "?failed"
			}
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusSeeOther)
	})
}
