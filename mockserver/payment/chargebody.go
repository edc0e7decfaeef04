package payment

import (
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Charge returns the charge as Tap shows it, with the keys of its state (Tap API 2.2). The method says where: in the answer to a
// create, in the answer to a GET, or in a webhook. In a webhook redirect and post are still PENDING, and amounts have Tap's
// format for webhooks.
func (c *Payment) Charge(method tap.Method) *tap.Charge {
	o := &tap.Charge{}
	c.fill(o, method)
	return o
}

func (c *Payment) fill(o *tap.Charge, method tap.Method) {
	req := c.Request
	amount := c.number(c.Amount, method)
	*o = tap.Charge{
		ID: c.ID, Object: "charge", CustomerInitiated: req.CustomerInitiated, APIVersion: "V2", Method: method,
		Status: c.Status, Amount: amount, Currency: req.Currency, ThreeDSecure: req.ThreeDSecure, SaveCard: req.SaveCard,
		StatementDescriptor: req.StatementDescriptor, Description: req.Description, Metadata: tap.Raw(req.Metadata),
		Transaction: tap.Transaction{
			Timezone: "UTC+03:00", Created: strconv.FormatInt(c.Created.UnixMilli(), 10),
			Expiry: tap.Expiry{Period: req.ExpiryMinutes, Type: "MINUTE"}, Amount: amount, Currency: req.Currency,
		},
		Reference: tap.Reference{Transaction: req.Transaction, Order: req.Order, Idempotent: req.Idempotent},
		Response:  c.Result,
		Receipt:   tap.Receipt{Email: req.ReceiptEmail, SMS: req.ReceiptSMS},
		Customer:  payer(req.Customer),
		Merchant:  c.merchant(),
		Source:    tap.Source{Object: "source", ID: c.Source},
		Redirect:  tap.Redirect{Status: c.Redirect.Status(), URL: req.RedirectURL},
		Post:      c.post(),
	}
	if req.OrderID != "" {
		o.Order = &tap.OrderRef{ID: req.OrderID}
	}
	c.fillMerchantID(o, method)
	if c.Kind() == tap.KindCharge {
		c.activities(o, method)
	}
	if c.Status == tap.Initiated && !c.Request.IsCapture() {
		o.Transaction.URL = c.PageURL()
	}
	if c.Status.Final() {
		c.end(o)
	}
	if method == tap.MethodWebhook {
		o.Redirect.Status, o.Post.Status = tap.DeliveryPending, tap.DeliveryPending
	}
}

// AppendJSON appends Tap's object as an answer of the API.
func (c *Payment) AppendJSON(b []byte, method tap.Method) []byte {
	if c.Kind() == tap.KindAuthorization {
		b = c.Authorization(method).AppendJSON(b, c.Settings.ChargeStyle)
	} else {
		var o tap.Charge
		c.fill(&o, method)
		b = o.AppendJSON(b, c.Settings.ChargeStyle)
	}
	if c.Settings.AnswerFormat == "indented" {
		return tap.Indent(b)
	}
	return b
}

func (c *Payment) number(a tap.Amount, method tap.Method) tap.Number {
	if method == tap.MethodWebhook && c.Settings.WebhookAmounts == "double" {
		return tap.Number(a.Double())
	}
	places, _ := tap.Decimals(c.Request.Currency)
	return tap.Number(a.Text(places))
}

func payer(c tap.Customer) tap.ChargeCustomer {
	p := tap.ChargeCustomer{ID: c.ID, FirstName: c.FirstName, LastName: c.LastName, Email: c.Email}
	if c.ID != "" {
		p.MiddleName = c.MiddleName
	}
	if c.Number != "" {
		p.Phone = &tap.Phone{CountryCode: c.CountryCode, Number: c.Number}
	}
	return p
}

func (c *Payment) merchant() tap.Merchant {
	m := tap.Merchant{Country: c.Settings.MerchantCountry, Currency: c.Settings.MerchantCurrency, ID: c.Settings.MerchantID}
	if c.Request.MerchantID != "" {
		m.ID = c.Request.MerchantID
	}
	return m
}

func (c *Payment) post() *tap.Post {
	if c.Request.PostURL == "" && c.Settings.ChargePostAbsent == "none" {
		return nil
	}
	return &tap.Post{Status: c.Post.Status(), URL: c.Request.PostURL}
}

// fillMerchantID fills merchant_id and product, which depend on the method.
func (c *Payment) fillMerchantID(o *tap.Charge, method tap.Method) {
	style := c.Settings.ChargeStyle
	switch {
	case method == tap.MethodWebhook || style != tap.StyleNewest:
		o.MerchantID = new("")
	case method == tap.MethodCreate:
		o.MerchantID = &o.Merchant.ID
	}
	if method != tap.MethodWebhook && style != tap.Style2022 {
		o.Product = "GOSELL"
	}
}

// activities fills the history. Before the capture it shows the requested amount, from then on the captured one (unknown).
func (c *Payment) activities(o *tap.Charge, method tap.Method) {
	o.Activities = make([]tap.Activity, 0, c.Latest()+1)
	amount := o.Amount
	if c.Amount != c.Request.Amount {
		amount = c.number(c.Request.Amount, method)
	}
	for n := range c.Latest() + 1 {
		h := c.version(n)
		if h.Activity == "" {
			continue
		}
		if h.Status == tap.Captured {
			amount = o.Amount
		}
		remark := "charge - created"
		if h.Status != tap.Initiated {
			remark = "charge - " + strings.ToLower(strings.ReplaceAll(string(h.Status), "_", " "))
		}
		o.Activities = append(o.Activities, tap.Activity{
			ID: h.Activity, Object: "activity", Created: h.At.UnixMilli(), Status: h.Status, Currency: o.Currency,
			Amount: amount, Remarks: remark, TxnID: c.ID,
		})
	}
}

// end fills the keys that a charge has once it has ended.
func (c *Payment) end(o *tap.Charge) {
	refs := c.References()
	o.Transaction.AuthorizationID = refs.Authorization
	o.Reference.Track, o.Reference.Payment = refs.Track, refs.Payment
	o.Reference.Gateway, o.Reference.Acquirer = refs.Gateway, refs.Acquirer
	o.Receipt.ID = refs.Receipt
	if c.Bank != nil {
		o.Gateway = &tap.Gateway{Response: *c.Bank}
	}
	if c.Status == tap.Captured {
		o.Customer.ID = refs.Customer
	}
	if c.Source == tap.SourceKNET {
		o.Source.Type, o.Source.PaymentType = "CARD_NOT_PRESENT", "DEBIT"
		o.Source.PaymentMethod, o.Source.Channel = "KNET", "INTERNET"
	}
}
