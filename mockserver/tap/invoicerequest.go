package tap

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// InvoiceRequest is a valid request for an invoice (Rest of v2 8, documented). It does not change after its invoice is created; an update makes
// another one.
type InvoiceRequest struct {
	Draft               bool
	Due, Expiry         int64 // epoch milliseconds
	Mode                string
	Description         string
	Note                string
	Language            string
	Metadata            string // a JSON object, compact; "" if there is none
	Dispatch            bool
	Channels            []string
	Currencies          []string
	Methods             []string
	ReceiptEmail        bool
	ReceiptSMS          bool
	StatementDescriptor string
	Customer            Customer
	Amount              Amount
	Currency            string
	Items               []InvoiceItem
	Tax                 []InvoiceTax
	Shipping            InvoiceShipping // zero: none
	PostURL             string
	RedirectURL         string
	Invoice             string // reference.invoice
	Order               string // reference.order
	Retry               bool   // a payer whose try failed stays on the invoice's page
}

// InvoiceItem is an item of an order.
type InvoiceItem struct {
	Name, Description, Image, Currency string
	Amount                             Amount
	Quantity                           int
	DiscountType                       string
	Discount                           Amount
}

// InvoiceTax is a tax of an order.
type InvoiceTax struct {
	Name, Description, RateType string
	Rate                        Amount
}

// InvoiceShipping is the shipping of an order.
type InvoiceShipping struct {
	Currency, Provider, Service, Description string
	Amount                                   Amount
}

// invoicePaths are the paths of all fields and objects of a request for an invoice.
var invoicePaths = []string{"draft", "due", "expiry", "mode", "description", "note", "lang_code", "metadata", "notifications", "notifications.dispatch",
	"notifications.channels", "currencies", "payment_methods", "charge", "charge.receipt", "charge.receipt.email", "charge.receipt.sms",
	"charge.statement_descriptor", "customer", "customer.id", "customer.first_name", "customer.middle_name", "customer.last_name", "customer.email",
	"customer.phone", "customer.phone.country_code", "customer.phone.number", "order", "order.amount", "order.currency", "order.items", "order.items.name",
	"order.items.description", "order.items.image", "order.items.currency", "order.items.amount", "order.items.quantity", "order.items.discount",
	"order.items.discount.type", "order.items.discount.value", "order.tax", "order.tax.name", "order.tax.description", "order.tax.rate", "order.tax.rate.type",
	"order.tax.rate.value", "order.shipping", "order.shipping.amount", "order.shipping.currency", "order.shipping.description", "order.shipping.provider",
	"order.shipping.service", "post", "post.url", "redirect", "redirect.url", "reference", "reference.invoice", "reference.order", "retry_for_captured"}

// invoiceReader reads a request for an invoice.
type invoiceReader struct {
	updateReader
	req  InvoiceRequest
	item InvoiceItem // that is being read
	rate InvoiceTax  // likewise
}

// ParseInvoiceRequest reads the JSON of a request that creates an invoice at an instant. The error is an *[Error]; its code is that of the same
// mistake in a charge, or 1103 (assumed). Notes and the setting strict are as in [ParsePaymentRequest].
func ParseInvoiceRequest(body []byte, now time.Time, s *Settings) (*InvoiceRequest, []string, error) {
	return parseInvoice(body, now, s, &InvoiceRequest{Mode: "INVOICE", Language: "EN", Retry: true})
}

// ParseInvoiceUpdate is [ParseInvoiceRequest] for an update of an invoice: what is not sent stays as before, metadata is merged (assumed).
func ParseInvoiceUpdate(body []byte, before *InvoiceRequest, now time.Time, s *Settings) (*InvoiceRequest, []string, error) {
	return parseInvoice(body, now, s, before)
}

func parseInvoice(body []byte, now time.Time, s *Settings, before *InvoiceRequest) (*InvoiceRequest, []string, error) {
	rd := &invoiceReader{req: *before}
	rd.req.Items, rd.req.Tax = slices.Clone(before.Items), slices.Clone(before.Tax) // before does not change
	rd.paths, rd.field = invoicePaths, rd.read
	notes, err := rd.readBody(body, s, func() error {
		r := &rd.req
		r.Metadata = rd.update.merged(before.Metadata)
		if err := r.check(now); err != nil {
			return err
		}
		if r.Customer.Email != "" && !plausibleEmail(r.Customer.Email) {
			rd.note("customer.email: it is not an e-mail address")
		}
		if r.PostURL != "" && !webAddress(r.PostURL) {
			rd.note("post.url: it is not an http or https URL with a host, so no webhook is sent")
		}
		r.own()
		return nil
	})
	if err != nil {
		return nil, notes, err
	}
	return &rd.req, notes, nil
}

// own copies the texts, so that they do not keep the whole body.
func (r *InvoiceRequest) own() {
	for _, text := range r.texts() {
		*text = strings.Clone(*text)
	}
}

// texts are the merchant's texts.
func (r *InvoiceRequest) texts() []*string {
	c, s := &r.Customer, &r.Shipping
	all := []*string{&r.Mode, &r.Description, &r.Note, &r.Language, &r.StatementDescriptor, &c.ID, &c.FirstName, &c.MiddleName, &c.LastName, &c.Email, &c.CountryCode,
		&c.Number, &r.Currency, &r.PostURL, &r.RedirectURL, &r.Invoice, &r.Order, &s.Currency, &s.Provider, &s.Service, &s.Description}
	for i := range r.Items {
		n := &r.Items[i]
		all = append(all, &n.Name, &n.Description, &n.Image, &n.Currency, &n.DiscountType)
	}
	for i := range r.Tax {
		n := &r.Tax[i]
		all = append(all, &n.Name, &n.Description, &n.RateType)
	}
	return all
}

// read reads the field at a path.
func (rd *invoiceReader) read(path string, at int32) error {
	switch to := rd.place(path).(type) {
	case *string:
		return rd.take(path, at, to)
	case *bool:
		return rd.bool(path, at, to)
	case *int64:
		return rd.moment(path, at, to)
	case *int:
		return rd.count(path, at, to)
	case *Amount:
		return rd.money(path, at, to)
	case *[]string:
		return rd.texts(path, at, to)
	case objectOf:
		return rd.object(path, at, path+".")
	}
	switch path {
	case "metadata":
		return rd.metadata(at)
	case "order.items":
		return rd.each(path, at, func() { rd.req.Items, rd.item = append(rd.req.Items, rd.item), InvoiceItem{} }, func() { rd.req.Items, rd.item = nil, InvoiceItem{} })
	case "order.tax":
		return rd.each(path, at, func() { rd.req.Tax, rd.rate = append(rd.req.Tax, rd.rate), InvoiceTax{} }, func() { rd.req.Tax, rd.rate = nil, InvoiceTax{} })
	}
	rd.unknown(path, rd.paths)
	return nil
}

// objectOf marks a path whose value is an object with fields of its own.
type objectOf struct{}

// place is where the value of a path belongs, or objectOf, or nil.
func (rd *invoiceReader) place(path string) any {
	r, c, s, i, x := &rd.req, &rd.req.Customer, &rd.req.Shipping, &rd.item, &rd.rate
	return map[string]any{
		"draft": &r.Draft, "due": &r.Due, "expiry": &r.Expiry, "mode": &r.Mode, "description": &r.Description, "note": &r.Note, "lang_code": &r.Language,
		"notifications": objectOf{}, "notifications.dispatch": &r.Dispatch, "notifications.channels": &r.Channels, "currencies": &r.Currencies,
		"payment_methods": &r.Methods, "charge": objectOf{}, "charge.receipt": objectOf{}, "charge.receipt.email": &r.ReceiptEmail,
		"charge.receipt.sms": &r.ReceiptSMS, "charge.statement_descriptor": &r.StatementDescriptor, "customer": objectOf{}, "customer.id": &c.ID,
		"customer.first_name": &c.FirstName, "customer.middle_name": &c.MiddleName, "customer.last_name": &c.LastName, "customer.email": &c.Email,
		"customer.phone": objectOf{}, "customer.phone.country_code": &c.CountryCode, "customer.phone.number": &c.Number, "order": objectOf{},
		"order.amount": &r.Amount, "order.currency": &r.Currency, "order.items.name": &i.Name, "order.items.description": &i.Description,
		"order.items.image": &i.Image, "order.items.currency": &i.Currency, "order.items.amount": &i.Amount, "order.items.quantity": &i.Quantity,
		"order.items.discount": objectOf{}, "order.items.discount.type": &i.DiscountType, "order.items.discount.value": &i.Discount, "order.tax.name": &x.Name,
		"order.tax.description": &x.Description, "order.tax.rate": objectOf{}, "order.tax.rate.type": &x.RateType, "order.tax.rate.value": &x.Rate,
		"order.shipping": objectOf{}, "order.shipping.amount": &s.Amount, "order.shipping.currency": &s.Currency, "order.shipping.description": &s.Description,
		"order.shipping.provider": &s.Provider, "order.shipping.service": &s.Service, "post": objectOf{}, "post.url": &r.PostURL, "redirect": objectOf{},
		"redirect.url": &r.RedirectURL, "reference": objectOf{}, "reference.invoice": &r.Invoice, "reference.order": &r.Order, "retry_for_captured": &r.Retry,
	}[path]
}

// mostParts bounds the items and taxes of an order, and the texts of a list.
const mostParts = 100

// each reads a list of objects: end is called after each of them, begin before the first.
func (rd *invoiceReader) each(path string, at int32, end, begin func()) error {
	t := rd.raw.tree
	switch n := &t.nodes[at]; {
	case n.kind == isNull:
		return nil
	case n.kind != isList:
		return rd.wrongType(path, at, "a list")
	}
	begin()
	count := 0
	for one := t.nodes[at].child; one != 0; one = t.nodes[one].next {
		if count++; count > mostParts {
			return NewError("1103", fmt.Sprintf("%s: tapmock takes at most %d", path, mostParts))
		}
		if err := rd.object(path, one, path+"."); err != nil {
			return err
		}
		end()
	}
	return nil
}

func (rd *invoiceReader) texts(path string, at int32, to *[]string) error {
	t := rd.raw.tree
	switch n := &t.nodes[at]; {
	case n.kind == isNull:
		return nil
	case n.kind != isList:
		return rd.wrongType(path, at, "a list")
	}
	all := []string{}
	for one := t.nodes[at].child; one != 0 && len(all) < mostParts; one = t.nodes[one].next {
		var text string
		if err := rd.take(path, one, &text); err != nil {
			return err
		}
		all = append(all, strings.Clone(text))
	}
	*to = all
	return nil
}

func (rd *invoiceReader) bool(path string, at int32, to *bool) error {
	var sent *bool
	err := rd.switches(path, at, &sent)
	if sent != nil {
		*to = *sent
	}
	return err
}

// moment reads epoch milliseconds; the text says seconds, the samples are milliseconds (Rest of v2 8).
func (rd *invoiceReader) moment(path string, at int32, to *int64) error {
	v, err := rd.scalar(path, at)
	if err != nil || v.text == "" {
		return err
	}
	if *to, err = strconv.ParseInt(v.text, 10, 64); err != nil || *to < 0 {
		return NewError("1103", path+": want epoch milliseconds such as 1772600767089")
	}
	if *to > 0 && *to < secondsBelow {
		*to *= 1000
	}
	return nil
}

func (rd *invoiceReader) count(path string, at int32, to *int) error {
	v, err := rd.scalar(path, at)
	if err != nil || v.text == "" {
		return err
	}
	if *to, err = strconv.Atoi(v.text); err != nil || *to < 0 || *to > 1_000_000 {
		return NewError("1103", path+": want a whole number from 1")
	}
	return nil
}

func (rd *invoiceReader) money(path string, at int32, to *Amount) error {
	n := &rd.raw.tree.nodes[at]
	var err error
	switch n.kind {
	case isNumber:
		*to, err = ParseNumber(n.text)
	case isText:
		rd.note("%s: text was sent, a number is documented", path)
		*to, err = ParseAmount(n.text)
	case isNull:
		return nil
	default:
		return rd.wrongType(path, at, "a number")
	}
	if err != nil || *to < 0 {
		return NewError("1117", path+": want an amount such as 12.345")
	}
	return nil
}

// check checks a whole request: the order, the customer, the times, the lengths.
func (r *InvoiceRequest) check(now time.Time) error {
	places, known := Decimals(r.Currency)
	switch {
	case r.Amount <= 0:
		return NewError("1117", "order.amount: want more than 0")
	case !known:
		return NewError("1118", "order.currency: want one of the codes that Tap takes, such as KWD")
	case !r.Amount.Fits(places):
		return NewError("1117", fmt.Sprintf("order.amount: %s has %d decimals", r.Currency, places))
	case len(r.Items) == 0:
		return NewError("1103", "order.items: want at least one item")
	case r.Due == 0 || r.Expiry == 0:
		return NewError("1103", "due, expiry: want epoch milliseconds such as 1772600767089")
	case r.Expiry <= now.UnixMilli():
		return NewError("1103", "expiry: it is not in the future")
	case !slices.Contains([]string{"INVOICE", "PAY", "INVOICEPAY"}, r.Mode):
		return NewError("1103", "mode: want INVOICE, PAY or INVOICEPAY")
	}
	if r.RedirectURL != "" {
		if err := checkRedirect(r.RedirectURL); err != nil {
			return NewError("1111", err.Error())
		}
	}
	for _, text := range r.texts() {
		if !shorter(*text, 1000) {
			return NewError("1103", "a text is longer than 999 characters")
		}
	}
	for i := range r.Items {
		if n := &r.Items[i]; n.Quantity < 1 {
			return NewError("1103", "order.items.quantity: want a whole number from 1")
		} else if n.Currency == "" {
			n.Currency = r.Currency // documented as required, but left out of the sample
		}
	}
	return r.Customer.check()
}

// check checks a customer as in a charge, except the e-mail address: that of the documented sample is "test".
func (c *Customer) check() error {
	d := CustomerDetails{Customer: *c}
	d.Email = ""
	switch {
	case c.ID != "" && !strings.HasPrefix(c.ID, "cus_"):
		return NewError("1105", "customer.id: ids of customers begin with cus_")
	case *c == Customer{}:
		return NewError("1129", "customer: send an id, or a first name with an e-mail address or phone number")
	case c.ID == "" && strings.TrimSpace(c.FirstName) == "":
		return NewError("1130", "customer.first_name")
	case c.ID == "" && c.Email == "" && c.Number == "":
		return NewError("1139", "customer.email, customer.phone.number")
	}
	return d.check()
}

// Masked returns the request as the control API may show it, see [Mask].
func (r *InvoiceRequest) Masked() *InvoiceRequest {
	shown := *r
	shown.Items, shown.Tax = slices.Clone(r.Items), slices.Clone(r.Tax)
	for _, text := range shown.texts() {
		*text = Mask(*text)
	}
	shown.Metadata = Mask(shown.Metadata)
	return &shown
}

// InvoiceListRequest selects invoices of an account (Rest of v2 8): by the time of their creation in epoch milliseconds, both ends included.
type InvoiceListRequest struct {
	From, To int64
	Limit    int // 1 to 50
}

// ParseInvoiceListRequest reads the JSON of a request for a list of invoices; an empty body requests everything. Errors and notes are those of
// [ParseListRequest].
func ParseInvoiceListRequest(body []byte, s *Settings) (*InvoiceListRequest, []string, error) {
	rd := &listReader{req: &ListRequest{From: math.MinInt64, To: math.MaxInt64, Limit: defaultRows}, most: mostRows}
	rd.paths = []string{"period", "period.date", "period.date.from", "period.date.to", "limit"}
	rd.field = func(path string, at int32) error {
		if !slices.Contains(rd.paths, path) {
			rd.unknown(path, rd.paths)
			return nil
		}
		return rd.read(path, at)
	}
	if err := rd.whole(body, s); err != nil {
		return nil, nil, err
	}
	return &InvoiceListRequest{rd.req.From, rd.req.To, rd.req.Limit}, rd.notes, nil
}
