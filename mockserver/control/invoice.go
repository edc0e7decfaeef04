package control

import (
	"context"
	"net/url"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Invoice is the state of an invoice in the mock.
type Invoice struct {
	ID         string             `json:"id"`
	Status     tap.InvoiceStatus  `json:"status"`
	Amount     string             `json:"amount"` // with the decimals of the currency
	Currency   string             `json:"currency"`
	URL        string             `json:"url"`                 // the link that the customer gets
	Scenario   string             `json:"scenario,omitempty"`  // the scenario that the invoice follows
	Charge     string             `json:"charge,omitempty"`    // id of the charge that has paid it
	Reference  string             `json:"reference,omitempty"` // reference.invoice
	Order      string             `json:"order,omitempty"`     // reference.order
	Messages   []string           `json:"messages,omitempty"`  // that Tap would send with the link: SMS to +965 …, e-mail to …
	Created    time.Time          `json:"created"`
	PostStatus tap.DeliveryStatus `json:"post_status"`
	PostURL    string             `json:"post_url,omitempty"`
}

// Invoices is a list of invoices, the latest first.
type Invoices struct {
	Invoices []Invoice `json:"invoices"`
	HasMore  bool      `json:"has_more"`
}

// InvoiceTrace is an invoice with all its journal entries and scheduled effects.
type InvoiceTrace struct {
	Invoice   Invoice  `json:"invoice"`
	Entries   []Entry  `json:"entries"` // oldest first
	Scheduled []Effect `json:"scheduled"`
	Text      string   `json:"text"` // the same as readable text
}

// InvoiceTrace returns an invoice with all its journal entries and scheduled effects.
func (c *Client) InvoiceTrace(ctx context.Context, id string) (InvoiceTrace, error) {
	return get[InvoiceTrace](ctx, c, "GET", "/invoices/"+url.PathEscape(id)+"/trace", nil)
}

// Invoices returns the account's latest invoices, the latest first, at most 10,000.
func (c *Client) Invoices(ctx context.Context) ([]Invoice, error) {
	list, err := get[Invoices](ctx, c, "GET", "/invoices?limit=10000", nil)
	return list.Invoices, err
}

// Invoice returns one invoice.
func (c *Client) Invoice(ctx context.Context, id string) (Invoice, error) {
	return get[Invoice](ctx, c, "GET", "/invoices/"+url.PathEscape(id), nil)
}
