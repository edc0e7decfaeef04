package tap

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// InvoiceStatus is the status of an invoice. CREATED and PAID are documented (Rest of v2 8), DRAFT and CANCELLED assumed.
type InvoiceStatus string

// The statuses of an invoice.
const (
	InvoiceDraft     InvoiceStatus = "DRAFT"
	InvoiceCreated   InvoiceStatus = "CREATED"
	InvoicePaid      InvoiceStatus = "PAID"
	InvoiceCancelled InvoiceStatus = "CANCELLED"
)

// InvoiceStatuses lists them.
func InvoiceStatuses() []InvoiceStatus {
	return []InvoiceStatus{InvoiceDraft, InvoiceCreated, InvoicePaid, InvoiceCancelled}
}

// CanBecome reports whether an invoice can move from this status to another one.
func (s InvoiceStatus) CanBecome(to InvoiceStatus) bool {
	return slices.Contains(invoiceMoves[s], to)
}

// InvoiceObject is an invoice as the API shows it, in the key order of 2023 (Rest of v2 8, documented).
type InvoiceObject struct {
	Object         string               `json:"object"` // always "invoice"
	LiveMode       bool                 `json:"live_mode"`
	APIVersion     string               `json:"api_version"` // always "V1.2"
	ID             string               `json:"id"`
	Method         Method               `json:"method,omitempty"`
	Status         InvoiceStatus        `json:"status"`
	Amount         Number               `json:"amount"`
	Currency       string               `json:"currency"`
	Created        int64                `json:"created"` // epoch milliseconds, as what follows
	Updated        int64                `json:"updated"`
	URL            string               `json:"url"`
	Draft          bool                 `json:"draft"`
	Due            int64                `json:"due"`
	Expiry         int64                `json:"expiry"`
	Mode           string               `json:"mode"`
	Description    string               `json:"description,omitempty"`
	DescriptionID  string               `json:"description_id,omitempty"`
	InvoiceNumber  string               `json:"invoice_number"`
	Frequency      string               `json:"frequency"` // always "SINGLE_INVOICE"
	LangCode       string               `json:"lang_code"`
	Metadata       *Raw                 `json:"metadata,omitempty"`
	Notifications  InvoiceNotifications `json:"notifications"`
	Order          InvoiceOrderObject   `json:"order"`
	Reference      InvoiceReference     `json:"reference,omitzero"`
	Customer       InvoiceCustomer      `json:"customer"`
	Post           *InvoiceURL          `json:"post,omitempty"`
	Redirect       *InvoiceURL          `json:"redirect,omitempty"`
	Charge         InvoiceCharge        `json:"charge"`
	Track          InvoiceTrack         `json:"track"`
	PaymentMethods []string             `json:"payment_methods"`
	Currencies     []string             `json:"currencies"`
	SaveCard       bool                 `json:"savecard"`
	Note           string               `json:"note,omitempty"`
	MerchantID     string               `json:"merchant_id"` // always ""
}

// InvoiceNotifications says how the customer gets the link.
type InvoiceNotifications struct {
	Dispatch bool     `json:"dispatch"`
	Channels []string `json:"channels"` // SMS, EMAIL
}

// InvoiceOrderObject is the order of an invoice.
type InvoiceOrderObject struct {
	Object     string                 `json:"object"` // always "order"
	ID         string                 `json:"id"`
	LiveMode   bool                   `json:"live_mode"`
	APIVersion string                 `json:"api_version"` // always "V1.2"
	Currency   string                 `json:"currency"`
	Amount     Number                 `json:"amount"`
	Status     InvoiceStatus          `json:"status"`
	Items      []InvoiceItemObject    `json:"items"`
	Tax        []InvoiceTaxObject     `json:"tax,omitempty"`
	Shipping   *InvoiceShippingObject `json:"shipping,omitempty"`
	ItemAmount Number                 `json:"itemAmount"`
	Created    int64                  `json:"created"`
	MerchantID string                 `json:"merchant_id"`
}

// InvoiceItemObject is an item of an order.
type InvoiceItemObject struct {
	ID          string       `json:"id"`
	ProductID   string       `json:"product_id"`
	Name        string       `json:"name"`
	Description string       `json:"description"`
	Image       string       `json:"image"`
	Currency    string       `json:"currency"`
	Amount      Number       `json:"amount"`
	Quantity    int          `json:"quantity"`
	Discount    InvoiceValue `json:"discount"`
	MerchantID  string       `json:"merchant_id"`
}

// InvoiceValue is a discount or the rate of a tax: P is a part in per cent, F a fixed amount.
type InvoiceValue struct {
	Type  string `json:"type"`
	Value Number `json:"value"`
}

// InvoiceTaxObject is a tax of an order.
type InvoiceTaxObject struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Description string       `json:"description"`
	Rate        InvoiceValue `json:"rate"`
}

// InvoiceShippingObject is the shipping of an order.
type InvoiceShippingObject struct {
	ID          string `json:"id"`
	Currency    string `json:"currency"`
	Amount      Number `json:"amount"`
	Provider    string `json:"provider"`
	Service     string `json:"service"`
	Description string `json:"description"`
}

// InvoiceReference holds the merchant's references, and those of the charge that has paid the invoice (assumed).
type InvoiceReference struct {
	Invoice string `json:"invoice,omitempty"`
	Order   string `json:"order,omitempty"`
	Track   string `json:"track,omitempty"`
	Payment string `json:"payment,omitempty"`
	Gateway string `json:"gateway,omitempty"`
}

// InvoiceCustomer is the customer as an invoice shows it: with the number of the phone before its country code.
type InvoiceCustomer struct {
	ID         string        `json:"id,omitempty"`
	FirstName  string        `json:"first_name,omitempty"`
	MiddleName string        `json:"middle_name,omitempty"`
	LastName   string        `json:"last_name,omitempty"`
	Email      string        `json:"email,omitempty"`
	Phone      *InvoicePhone `json:"phone,omitempty"`
}

// InvoicePhone is a phone number.
type InvoicePhone struct {
	Number      string `json:"number"`
	CountryCode string `json:"country_code"`
}

// InvoiceURL is an address of the merchant.
type InvoiceURL struct {
	URL string `json:"url"`
}

// InvoiceCharge says how the charge of an invoice is made, and which one has paid it (assumed).
type InvoiceCharge struct {
	ID                  string         `json:"id,omitempty"`
	Receipt             InvoiceReceipt `json:"receipt"`
	StatementDescriptor string         `json:"statement_descriptor"`
}

// InvoiceReceipt says how the customer gets a receipt.
type InvoiceReceipt struct {
	Email bool `json:"email"`
	SMS   bool `json:"sms"`
}

// InvoiceTrack is what has happened to an invoice.
type InvoiceTrack struct {
	ID       string            `json:"id"`
	Object   string            `json:"object"` // always "track"
	Status   string            `json:"status"`
	Updated  int64             `json:"updated"`
	Activity []InvoiceActivity `json:"activity"`
}

// InvoiceActivity is one thing that has happened to an invoice: CREATED and DELIVERED are documented, PAID, CANCELLED and REMINDED assumed.
type InvoiceActivity struct {
	ID      string `json:"id"`
	Object  string `json:"object"` // always "activity"
	Type    string `json:"type"`
	Created int64  `json:"created"`
}

// InvoiceList is the answer to a request for a list of invoices. Its keys are not known; they are those of a list of refunds (assumed).
type InvoiceList struct {
	Object     string          `json:"object"` // always "list"
	LiveMode   bool            `json:"live_mode"`
	Count      int             `json:"count"` // of invoices in this answer
	HasMore    bool            `json:"has_more"`
	APIVersion string          `json:"api_version"` // always "V1.2"
	Invoices   []InvoiceObject `json:"invoices"`
}

// InvoiceHashParts are the parts of the hashstring of an invoice's webhook in order; updated and created are epoch milliseconds (Rest of v2 8,
// documented).
func InvoiceHashParts(id, amount, currency, updated, status, created string) []Part {
	return []Part{{"x_id", id}, {"x_amount", amount}, {"x_currency", currency}, {"x_updated", updated}, {"x_status", status}, {"x_created", created}}
}

// ShortID is an id of the short family of invoices and their parts (Rest of v2 8, documented shape): the same for the same text.
func ShortID(prefix, text string, at time.Time) string {
	draw := drawsOf(text)
	mixed := strings.NewReplacer("/", "x", "+", "y", "=", "z").Replace(PageToken(draw))
	at = at.UTC()
	return fmt.Sprintf("%s_%s%s%03d%s%03d%03d", prefix, mixed[:4], at.Format("0506"), draw.IntN(1000), mixed[4:8], draw.IntN(1000), at.Nanosecond()/1e6)
}

// InvoiceNumber is an invoice_number: 1, date and time in UTC, three digits (Rest of v2 8, documented shape).
func InvoiceNumber(at time.Time) string {
	at = at.UTC()
	return fmt.Sprintf("1%s%03d", at.Format("20060102150405"), at.Nanosecond()/1e6)
}

// Shortest is an amount without zeros at its end, as invoices show it.
func (a Amount) Shortest() Number {
	return Number(strings.TrimSuffix(strings.TrimRight(a.Text(3), "0"), "."))
}
