package fakepage

import (
	"html/template"
	"net/http"
)

// InvoiceView is what the page of an invoice shows.
type InvoiceView struct {
	Number      string // of the invoice
	Amount      string // such as KD 12.345
	Merchant    string
	Description string
	Note        string
	Lines       []InvoiceLine
	Until       string // until when it can be paid, as text
	Refused     string // why it cannot be paid; "": it can
	Paid        bool
	Failed      bool   // the last try to pay it has failed
	Return      string // the merchant's address; "": none
}

// InvoiceLine is an item, a tax or the shipping of an invoice.
type InvoiceLine struct{ Name, Amount string }

// Invoices finds invoices by the id in their link and makes the charge that pays one.
type Invoices interface {
	Invoice(id string) (InvoiceView, error)        // the error says that there is none
	PayInvoice(id string) (link string, err error) // the page link of the charge
}

// invoiceScreen is the page of an invoice.
type invoiceScreen struct {
	frame
	InvoiceView
}

// ReturnLink is the merchant's address as a link, see [notice.ReturnLink].
func (s invoiceScreen) ReturnLink() template.URL { return template.URL(asciiURL(s.Return)) }

// knetFromInvoice leads from an invoice's page to KNET's.
const knetFromInvoice = "../kpay/kpg/"

// Invoice serves the page of an invoice; id takes its id from the address.
func Invoice(all Invoices, id func(*http.Request) string) http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		v, err := all.Invoice(id(r))
		if err != nil {
			showNotice(w, http.StatusNotFound, knetFromInvoice, notice{Title: "No such invoice", Text: "No invoice has this link. The link is wrong, or the account was reset."})
			return
		}
		v.Failed = !v.Paid && r.URL.Query().Has("failed")
		show(w, http.StatusOK, "invoice.html.tmpl", invoiceScreen{plainFrame(&english, "Invoice "+v.Number, knetFromInvoice), v})
	})
}

// PayInvoice handles the button of an invoice's page: it leads to the payment, or shows the page again if the invoice cannot be paid any more.
func PayInvoice(all Invoices, id func(*http.Request) string) http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		link, err := all.PayInvoice(id(r))
		if err != nil {
			seeOther(w, id(r))
			return
		}
		seeOther(w, link)
	})
}
