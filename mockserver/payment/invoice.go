package payment

import (
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Invoice asks a customer for money by a link; a charge pays it. A copy shares its past, which is only ever appended to.
type Invoice struct {
	Head
	Base string // of its link

	InvoiceState                // now
	past         []InvoiceState // before each change, oldest first
}

// InvoiceState is the part of an invoice that changes: what one version of it is.
type InvoiceState struct {
	Request *tap.InvoiceRequest // as sent, with the merchant's updates since; never changed
	Status  tap.InvoiceStatus
	Updated time.Time
	Charge  string     // id of the charge that has paid it
	Refs    References // of that charge
	Done    []InvoiceStep
	Post    Delivered // of its webhook
}

// InvoiceStep is one thing that has happened to an invoice.
type InvoiceStep struct {
	Type string
	At   time.Time
}

// NewInvoice makes an invoice that is CREATED, or a DRAFT. base is what its link begins with.
func NewInvoice(seed, ordinal uint64, req *tap.InvoiceRequest, settings *tap.Settings, base string, now time.Time) Invoice {
	now = now.Truncate(time.Millisecond)
	inv := Invoice{Base: base, Head: Head{ID: tap.ShortID("inv", strconv.FormatUint(seed, 36)+"/"+strconv.FormatUint(ordinal, 36), now), Ordinal: ordinal, Created: now, Settings: settings},
		InvoiceState: InvoiceState{Request: req, Status: tap.InvoiceCreated, Updated: now, Done: []InvoiceStep{{"CREATED", now}}}}
	if req.Draft {
		inv.Status = tap.InvoiceDraft
	}
	return inv
}

// Name names the invoice as an object.
func (v *Invoice) Name() tap.Object { return tap.Object{Kind: tap.KindInvoice, ID: v.ID} }

// URL is the link that the customer gets.
func (v *Invoice) URL() string { return v.Base + "/invoice/" + v.ID }

// OrderID is the id of the invoice's order, which is order.id of the charges that are made for it.
func (v *Invoice) OrderID() string { return tap.ShortID("ord", v.ID, v.Created) }

// Latest returns the number of the invoice's present version; the one at its creation is 0.
func (v *Invoice) Latest() int { return len(v.past) }

// Version returns the invoice as it was just before the change that follows its n-th version.
func (v Invoice) Version(n int) Invoice {
	if n < v.Latest() {
		v.InvoiceState, v.past = v.past[n], v.past[:n:n]
	}
	return v
}

// change makes a version. The error is a [*ChangesError].
func (v *Invoice) change(to InvoiceState) error {
	if len(v.past) >= maxChanges-1 { // the creation is one
		return &ChangesError{"invoice " + v.ID}
	}
	v.past = append(v.past[:len(v.past):len(v.past)], v.InvoiceState)
	v.InvoiceState = to
	return nil
}

// move moves the invoice to a status. The error is a [*MoveError] or a [*ChangesError]; then nothing changes.
func (v *Invoice) move(to tap.InvoiceStatus, step string, at time.Time) error {
	if !v.Status.CanBecome(to) {
		return &MoveError{"invoice " + v.ID, string(v.Status), string(to)}
	}
	next := v.InvoiceState
	next.Status, next.Updated = to, at.Truncate(time.Millisecond)
	if step != "" {
		next.Done = append(next.Done[:len(next.Done):len(next.Done)], InvoiceStep{step, next.Updated})
	}
	return v.change(next)
}

// Pay is the payment of the invoice by a captured charge.
func (v *Invoice) Pay(c *Payment, at time.Time) ([]Fact, error) {
	if err := v.move(tap.InvoicePaid, "PAID", at); err != nil {
		return nil, err
	}
	v.Charge, v.Refs = c.ID, c.References()
	return []Fact{Said(tap.EventPaid, "by charge "+c.ID)}, nil
}

// Cancel is the merchant's cancellation.
func (v *Invoice) Cancel(at time.Time) ([]Fact, error) {
	if err := v.move(tap.InvoiceCancelled, "CANCELLED", at); err != nil {
		return nil, err
	}
	return []Fact{Said(tap.EventCancelled, "by the merchant")}, nil
}

// Finalize makes a draft an invoice that can be paid.
func (v *Invoice) Finalize(at time.Time) ([]Fact, error) {
	if err := v.move(tap.InvoiceCreated, "", at); err != nil {
		return nil, err
	}
	return []Fact{Said(tap.EventFinalized, "")}, nil
}

// Update gives an invoice that is not paid or cancelled another request.
func (v *Invoice) Update(req *tap.InvoiceRequest, at time.Time) ([]Fact, error) {
	if v.Over() {
		return nil, &MoveError{"invoice " + v.ID, string(v.Status), "another one"}
	}
	next := v.InvoiceState
	next.Request, next.Updated = req, at.Truncate(time.Millisecond)
	return []Fact{Said(tap.EventUpdated, "")}, v.change(next)
}

// Remind adds a reminder to an invoice that waits for its payment.
func (v *Invoice) Remind(at time.Time) error {
	if v.Status != tap.InvoiceCreated {
		return &MoveError{"invoice " + v.ID, string(v.Status), "one whose customer is reminded"}
	}
	next := v.InvoiceState
	next.Updated = at.Truncate(time.Millisecond)
	next.Done = append(next.Done[:len(next.Done):len(next.Done)], InvoiceStep{"REMINDED", next.Updated})
	return v.change(next)
}

// Deliver notes that the message with the link was sent.
func (v *Invoice) Deliver(at time.Time) {
	v.Done = append(v.Done, InvoiceStep{"DELIVERED", at.Truncate(time.Millisecond)})
}

// Over reports whether the invoice can change no more: it is paid or cancelled.
func (v *Invoice) Over() bool { return v.Status == tap.InvoicePaid || v.Status == tap.InvoiceCancelled }

// Expired reports whether the invoice can be paid no more because of its expiry.
func (v *Invoice) Expired(now time.Time) bool { return now.UnixMilli() >= v.Request.Expiry }

// Messages are what Tap would send to the customer: an SMS and an e-mail, as the invoice wants.
func (v *Invoice) Messages(reminder bool) (all []string) {
	r := v.Request
	text := "Invoice over " + Money(r.Amount, r.Currency) + ": pay at " + v.URL()
	if reminder {
		text = "Reminder: " + text
	}
	for _, channel := range r.Channels {
		switch {
		case channel == "SMS" && r.Customer.Number != "":
			all = append(all, "SMS to +"+strings.TrimPrefix(r.Customer.CountryCode, "+")+" "+r.Customer.Number+": "+text)
		case channel == "EMAIL" && r.Customer.Email != "":
			all = append(all, "e-mail to "+r.Customer.Email+": "+text)
		}
	}
	return all
}

// Describe returns what a fact of the invoice says besides its event, in one line.
func (v *Invoice) Describe(f Fact) string {
	if f.Event() == tap.EventCreated {
		return Money(v.Request.Amount, v.Request.Currency) + ", " + v.URL()
	}
	return describe(f)
}

// ChargeRequest is the request of the charge that pays the invoice. The payer returns to the invoice's page.
func (v *Invoice) ChargeRequest() *tap.PaymentRequest {
	r := v.Request
	req := &tap.PaymentRequest{Amount: r.Amount, Currency: r.Currency, CustomerInitiated: true, ThreeDSecure: true, Source: tap.SourceKNET, Customer: r.Customer,
		ReceiptEmail: r.ReceiptEmail, ReceiptSMS: r.ReceiptSMS, Description: r.Description, StatementDescriptor: r.StatementDescriptor, Metadata: r.Metadata,
		OrderID: v.OrderID(), Transaction: r.Invoice, Order: r.Order, ExpiryMinutes: 30, RedirectURL: v.URL() + "/return"}
	if r.Currency != "KWD" {
		req.Source = tap.SourceAll
	}
	return req
}
