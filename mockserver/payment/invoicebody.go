package payment

import (
	"fmt"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Object returns the invoice as Tap shows it (Rest of v2 8, documented).
func (v *Invoice) Object(method tap.Method) *tap.InvoiceObject {
	r := v.Request
	o := &tap.InvoiceObject{Object: "invoice", APIVersion: "V1.2", ID: v.ID, Method: method, Status: v.Status, Amount: r.Amount.Shortest(), Currency: r.Currency,
		Created: v.Created.UnixMilli(), Updated: v.Updated.UnixMilli(), URL: v.URL(), Draft: v.Status == tap.InvoiceDraft, Due: r.Due, Expiry: r.Expiry, Mode: r.Mode,
		Description: r.Description, InvoiceNumber: tap.InvoiceNumber(v.Created), Frequency: "SINGLE_INVOICE", LangCode: r.Language,
		Notifications: tap.InvoiceNotifications{Dispatch: r.Dispatch, Channels: append([]string{}, r.Channels...)}, Order: v.order(),
		Reference: tap.InvoiceReference{Invoice: r.Invoice, Order: r.Order, Track: v.Refs.Track, Payment: v.Refs.Payment, Gateway: v.Refs.Gateway},
		Charge:    tap.InvoiceCharge{ID: v.Charge, Receipt: tap.InvoiceReceipt{Email: r.ReceiptEmail, SMS: r.ReceiptSMS}, StatementDescriptor: r.StatementDescriptor},
		Track:     v.track(), PaymentMethods: append([]string{}, r.Methods...), Currencies: append([]string{}, r.Currencies...), Note: r.Note}
	c := &r.Customer
	if o.Customer = (tap.InvoiceCustomer{ID: c.ID, FirstName: c.FirstName, MiddleName: c.MiddleName, LastName: c.LastName, Email: c.Email}); c.Number != "" {
		o.Customer.Phone = &tap.InvoicePhone{Number: c.Number, CountryCode: c.CountryCode}
	}
	if r.Description != "" {
		o.DescriptionID = tap.ShortID("desc", v.ID, v.Created)
	}
	if r.Metadata != "" {
		o.Metadata = new(tap.Raw(r.Metadata))
	}
	if r.PostURL != "" {
		o.Post = &tap.InvoiceURL{URL: r.PostURL}
	}
	if r.RedirectURL != "" {
		o.Redirect = &tap.InvoiceURL{URL: r.RedirectURL}
	}
	return o
}

func (v *Invoice) order() tap.InvoiceOrderObject {
	r, id := v.Request, func(prefix string, n int) string { return tap.ShortID(prefix, fmt.Sprint(v.ID, n), v.Created) }
	o := tap.InvoiceOrderObject{Object: "order", ID: v.OrderID(), APIVersion: "V1.2", Currency: r.Currency, Amount: r.Amount.Shortest(), Status: v.Status,
		Items: []tap.InvoiceItemObject{}, Created: v.Created.UnixMilli(), MerchantID: v.Settings.MerchantID}
	if v.Status == tap.InvoiceDraft {
		o.Status = tap.InvoiceCreated
	}
	sum := tap.Amount(0)
	for n, i := range r.Items {
		o.Items = append(o.Items, tap.InvoiceItemObject{ID: id("itm", n), ProductID: id("prd", n), Name: i.Name, Description: i.Description, Image: i.Image, Currency: i.Currency,
			Amount: i.Amount.Shortest(), Quantity: i.Quantity, Discount: tap.InvoiceValue{Type: i.DiscountType, Value: i.Discount.Shortest()}})
		sum += i.Amount * tap.Amount(i.Quantity)
	}
	for n, x := range r.Tax {
		o.Tax = append(o.Tax, tap.InvoiceTaxObject{ID: id("tax", n), Name: x.Name, Description: x.Description, Rate: tap.InvoiceValue{Type: x.RateType, Value: x.Rate.Shortest()}})
	}
	if s := r.Shipping; s != (tap.InvoiceShipping{}) {
		o.Shipping = &tap.InvoiceShippingObject{ID: id("shp", 0), Currency: s.Currency, Amount: s.Amount.Shortest(), Provider: s.Provider, Service: s.Service, Description: s.Description}
	}
	o.ItemAmount = sum.Shortest()
	return o
}

// track lists what has happened to the invoice; its status is the last thing.
func (v *Invoice) track() tap.InvoiceTrack {
	last := v.Done[len(v.Done)-1]
	track := tap.InvoiceTrack{ID: tap.ShortID("tck", v.ID, v.Created), Object: "track", Status: last.Type, Updated: last.At.UnixMilli()}
	for n, step := range v.Done {
		track.Activity = append(track.Activity, tap.InvoiceActivity{ID: tap.ShortID("act", fmt.Sprint(v.ID, n), step.At), Object: "activity", Type: step.Type, Created: step.At.UnixMilli()})
	}
	return track
}

// AppendJSON appends the object as an answer of the API.
func (v *Invoice) AppendJSON(b []byte, method tap.Method) []byte {
	body := tap.Compact(v.Object(method))
	if v.Settings.AnswerFormat == "indented" {
		body = tap.Indent(body)
	}
	return append(b, body...)
}

// WebhookBody is the body of the invoice's webhook.
func (v *Invoice) WebhookBody() []byte { return inFormat(tap.Compact(v.Object("")), v.Settings) }

// HashParts are the parts of the hashstring of the invoice's webhook, with its amount as text.
func (v *Invoice) HashParts(amount string) []tap.Part {
	return tap.InvoiceHashParts(v.ID, amount, v.Request.Currency, strconv.FormatInt(v.Updated.UnixMilli(), 10), string(v.Status), strconv.FormatInt(v.Created.UnixMilli(), 10))
}
