package payment

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// invoiceFor is an invoice over 5 KWD that can be paid for an hour.
func invoiceFor(change func(*tap.InvoiceRequest)) Invoice {
	settings, at := tap.DefaultSettings(), time.Date(2026, 3, 1, 9, 0, 0, 123_456_789, time.UTC)
	req := &tap.InvoiceRequest{Amount: 5000, Currency: "KWD", Due: at.Add(time.Hour).UnixMilli(), Expiry: at.Add(time.Hour).UnixMilli(), Mode: "INVOICE", Language: "EN", Retry: true,
		Items: []tap.InvoiceItem{{Name: "x", Amount: 2500, Quantity: 2, Currency: "KWD"}}, Customer: tap.Customer{FirstName: "Test", Email: "test@example.com", CountryCode: "+965", Number: "50000000"},
		Channels: []string{"SMS", "EMAIL", "PUSH"}, Metadata: `{"a":"1"}`, Description: "d", PostURL: "https://shop.example/hook", RedirectURL: "https://shop.example/return", Invoice: "i-1", Order: "o-1"}
	if change != nil {
		change(req)
	}
	return NewInvoice(1, 1, req, &settings, "http://mock.example", at)
}

// TestInvoiceMoves tries each move from each status: it makes one version and one fact, or changes nothing.
func TestInvoiceMoves(t *testing.T) {
	c := captured(t, nil)
	at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	moves := map[string]struct {
		to   tap.InvoiceStatus
		move func(*Invoice) ([]Fact, error)
	}{
		"pay":      {tap.InvoicePaid, func(v *Invoice) ([]Fact, error) { return v.Pay(&c, at) }},
		"cancel":   {tap.InvoiceCancelled, func(v *Invoice) ([]Fact, error) { return v.Cancel(at) }},
		"finalize": {tap.InvoiceCreated, func(v *Invoice) ([]Fact, error) { return v.Finalize(at) }},
	}
	for _, from := range tap.InvoiceStatuses() {
		for name, m := range moves {
			v := invoiceFor(nil)
			v.Status = from
			facts, err := m.move(&v)
			if from.CanBecome(m.to) {
				if before := v.Version(0); err != nil || v.Status != m.to || !v.Updated.Equal(at) || v.Latest() != 1 || len(facts) != 1 || before.Status != from || before.Charge != "" {
					t.Errorf("%s from %s: %v, %s, %v", name, from, err, v.Status, facts)
				}
				continue
			}
			move, ok := errors.AsType[*MoveError](err)
			if !ok || move.From != string(from) || move.To != string(m.to) || v.Status != from || v.Latest() != 0 || len(facts) != 0 {
				t.Errorf("%s from %s: %v, %s, %v", name, from, err, v.Status, facts)
			}
		}
		v := invoiceFor(nil)
		v.Status = from
		_, err := v.Update(v.Request, at)
		if over := from == tap.InvoicePaid || from == tap.InvoiceCancelled; (err != nil) != over || v.Over() != over {
			t.Errorf("an update of one that is %s: %v", from, err)
		}
		if err := v.Remind(at); (err != nil) != (from != tap.InvoiceCreated) {
			t.Errorf("a reminder of one that is %s: %v", from, err)
		}
	}
	want := map[[2]tap.InvoiceStatus]bool{{tap.InvoiceDraft, tap.InvoiceCreated}: true, {tap.InvoiceDraft, tap.InvoiceCancelled}: true, {tap.InvoiceCreated, tap.InvoicePaid}: true, {tap.InvoiceCreated, tap.InvoiceCancelled}: true}
	for _, from := range tap.InvoiceStatuses() {
		for _, to := range tap.InvoiceStatuses() {
			if from.CanBecome(to) != want[[2]tap.InvoiceStatus{from, to}] {
				t.Errorf("%s → %s: %t", from, to, from.CanBecome(to))
			}
		}
	}
}

// TestInvoiceLimits makes as many versions as an invoice can have, and lets it expire.
func TestInvoiceLimits(t *testing.T) {
	v := invoiceFor(nil)
	n := 0
	for ; v.Remind(v.Created) == nil; n++ {
	}
	if _, err := v.Cancel(v.Created); n != 63 || v.Status != tap.InvoiceCreated {
		t.Errorf("after %d reminders: %v", n, err)
	} else if _, ok := errors.AsType[*ChangesError](err); !ok {
		t.Errorf("one change too many: %v", err)
	}
	end := time.UnixMilli(v.Request.Expiry)
	if v.Expired(end.Add(-time.Millisecond)) || !v.Expired(end) {
		t.Error("it expires at another time")
	}
}

// TestInvoiceMessages are those of the channels that the customer has.
func TestInvoiceMessages(t *testing.T) {
	v := invoiceFor(nil)
	if all := v.Messages(false); len(all) != 2 || all[0] != "SMS to +965 50000000: Invoice over 5.000 KWD: pay at "+v.URL() || !strings.HasPrefix(all[1], "e-mail to test@example.com: ") {
		t.Errorf("%q", all)
	}
	if all := v.Messages(true); !strings.Contains(all[0], "Reminder: Invoice") {
		t.Errorf("%q", all)
	}
	none := invoiceFor(func(r *tap.InvoiceRequest) { r.Customer.Email, r.Customer.Number = "", "" })
	if all := none.Messages(false); all != nil {
		t.Errorf("%q", all)
	}
}

// TestInvoiceBody compares what the object has before and after the payment, and the request of its charge.
func TestInvoiceBody(t *testing.T) {
	c := captured(t, nil)
	v := invoiceFor(nil)
	v.Deliver(v.Created)
	o := v.Object(tap.MethodCreate)
	if o.Amount != "5" || o.Order.ItemAmount != "5" || o.Order.Items[0].Amount != "2.5" || o.Draft || o.Track.Status != "DELIVERED" || len(o.Track.Activity) != 2 || o.Charge.ID != "" || o.Reference.Payment != "" || string(*o.Metadata) != `{"a":"1"}` {
		t.Errorf("created: %+v", o)
	}
	if _, err := v.Pay(&c, v.Created.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if o := v.Object(tap.MethodGet); o.Status != tap.InvoicePaid || o.Order.Status != tap.InvoicePaid || o.Charge.ID != c.ID || o.Reference.Payment != c.References().Payment || o.Track.Status != "PAID" || o.Updated != v.Created.Add(time.Minute).UnixMilli() {
		t.Errorf("paid: %+v", o)
	}
	bare := invoiceFor(func(r *tap.InvoiceRequest) {
		r.Description, r.PostURL, r.RedirectURL, r.Metadata, r.Draft, r.Customer.Number, r.Currency = "", "", "", "", true, "", "USD"
	})
	if o := bare.Object(tap.MethodCreate); o.DescriptionID != "" || o.Post != nil || o.Redirect != nil || o.Metadata != nil || !o.Draft || o.Order.Status != tap.InvoiceCreated || o.Customer.Phone != nil {
		t.Errorf("a bare draft: %+v", o)
	}
	if of := v.ChargeRequest(); of.Source != tap.SourceKNET || of.OrderID != o.Order.ID || of.RedirectURL != v.URL()+"/return" || of.PostURL != "" || of.Amount != 5000 {
		t.Errorf("the charge: %+v", of)
	}
	if of := bare.ChargeRequest(); of.Source != tap.SourceAll {
		t.Errorf("a charge in USD has the source %s", of.Source)
	}
	x, err := tap.Explain("sk_test_a", v.WebhookBody())
	if err != nil || tap.HashInput(v.HashParts("5.000")) != x.Input {
		t.Errorf("the parts are %v, %v", v.HashParts("5.000"), x)
	}
	wide := invoiceFor(nil)
	s := *wide.Settings
	s.AnswerFormat, wide.Settings = "indented", &s
	if body := string(wide.AppendJSON([]byte("x"), tap.MethodGet)); !strings.HasPrefix(body, "x{\r\n  \"object\"") {
		t.Errorf("indented: %.40q", body)
	}
	if text := v.Describe(Said(tap.EventCreated, "")); text != "5.000 KWD, "+v.URL() {
		t.Error(text)
	}
}
