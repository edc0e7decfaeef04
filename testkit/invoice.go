package testkit

import (
	"net/http"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Invoice is an invoice in the mock.
type Invoice struct {
	ID         string
	Status     tap.InvoiceStatus
	Amount     string             // with the decimals of the currency, such as 12.500
	Currency   string             // such as KWD
	URL        string             // the link that the customer gets
	Scenario   string             // name of the scenario that the invoice follows; "" is none
	Charge     string             // id of the charge that has paid it; "": none
	Reference  string             // reference.invoice
	Order      string             // reference.order
	Messages   []string           // that Tap would send with the link: SMS to +965 …, e-mail to …
	Created    time.Time          // on the account's clock
	PostStatus tap.DeliveryStatus // of its webhook
	PostURL    string             // post.url
}

// Invoices are the invoices of the account, oldest first.
func (m *Mock) Invoices() []Invoice {
	m.tb.Helper()
	list, err := m.control.Invoices(m.tb.Context())
	m.check(err)
	all := make([]Invoice, len(list))
	for i, v := range list {
		all[len(list)-1-i] = Invoice(v)
	}
	return all
}

// Invoice is the current state of an invoice.
func (m *Mock) Invoice(id string) Invoice {
	m.tb.Helper()
	v, err := m.control.Invoice(m.tb.Context(), id)
	m.check(err)
	return Invoice(v)
}

// AwaitInvoice waits until an invoice has a status, such as tap.InvoicePaid, and returns it.
func (m *Mock) AwaitInvoice(id string, status tap.InvoiceStatus) Invoice {
	m.tb.Helper()
	var found control.Invoice
	m.await(&awaited{what: "invoice " + id + " to become " + string(status), done: func() bool {
		var err error
		found, err = m.control.Invoice(m.tb.Context(), id)
		m.check(err)
		return found.Status == status
	}})
	return Invoice(found)
}

// OpenInvoice presses the button of an invoice's page and returns the link of the payment, for [Mock.Pay], [Mock.Open] and the others. It ends the
// test if the invoice cannot be paid.
func (m *Mock) OpenInvoice(invoiceURL string) (payURL string) {
	m.tb.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(m.tb.Context(), http.MethodPost, invoiceURL, strings.NewReader("pay=1"))
	m.check(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	m.check(err)
	res.Body.Close()
	if payURL = res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.Contains(payURL, "tap_process") {
		m.tb.Fatalf("testkit: the invoice at %s cannot be paid: HTTP %d; its page says why", invoiceURL, res.StatusCode)
	}
	return payURL
}
