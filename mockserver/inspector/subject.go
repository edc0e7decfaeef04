package inspector

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// subject is the payment object of a trace, whatever its kind.
type subject struct {
	ID       string
	Kind     tap.Kind
	Title    string // its order or reference, else its id
	Status   string
	Tone     string
	Amount   string
	Currency string
	Code     string
	Message  string
	Scenario string
	Created  time.Time
	Facts    []pair // what else is to be said
	Links    []link // to other objects
	PageURL  string // where a payer can go now, or ""
	PostURL  string
	Open     bool // it can still be paid
	Order    string
	Gets     int
	Get      string // what GET answers now, JSON; "" if it is not known

	entries   []control.Entry
	scheduled []control.Effect
	refunds   []string // ids of the refunds of a charge
}

// link is a link to another page.
type link struct{ Name, Text, Link string }

// subject asks for the object with an id.
func (v *visit) subject(ctx context.Context, id string) (*subject, error) {
	switch tap.KindOf(id) {
	case tap.KindCharge:
		t, err := v.client.Trace(ctx, id)
		if err != nil {
			return nil, err
		}
		return v.charge(&t), nil
	case tap.KindAuthorization:
		t, err := v.client.AuthorizationTrace(ctx, id)
		if err != nil {
			return nil, err
		}
		return v.authorization(&t), nil
	case tap.KindRefund:
		t, err := v.client.RefundTrace(ctx, id)
		if err != nil {
			return nil, err
		}
		return v.refund(&t), nil
	case tap.KindInvoice:
		t, err := v.client.InvoiceTrace(ctx, id)
		if err != nil {
			return nil, err
		}
		return v.invoice(&t), nil
	}
	return nil, &control.Error{Status: 404, Code: "not_found", Message: fmt.Sprintf("%.60q is not the id of a payment object; ids of charges begin with chg_", id)}
}

func ofCharge(c *control.Charge, kind tap.Kind) *subject {
	s := &subject{ID: c.ID, Kind: kind, Title: cmp.Or(c.Order, c.ID), Order: c.Order, Status: string(c.Status), Tone: tone(c.Status), Amount: c.Amount, Currency: c.Currency,
		Code: c.Code, Message: c.Message, Scenario: c.Scenario, Created: c.Created, PageURL: c.PageURL, PostURL: c.PostURL, Open: c.Status == tap.Initiated, Gets: c.Gets}
	s.Facts = []pair{{"Webhook", delivered(c.PostURL, c.PostStatus)}, {"Return", string(c.RedirectStatus)}, {"GETs by the shop", fmt.Sprint(c.Gets)}}
	if c.Screen != "" && s.Open {
		s.Facts = append(s.Facts, pair{"Screen of the page", c.Screen})
	}
	return s
}

func delivered(url string, status tap.DeliveryStatus) string {
	if url == "" {
		return "no post.url"
	}
	return map[tap.DeliveryStatus]string{tap.DeliverySuccess: "delivered", tap.DeliveryPending: "pending"}[status] + map[bool]string{true: "failed"}[status != tap.DeliverySuccess && status != tap.DeliveryPending]
}

func (v *visit) charge(t *control.Trace) *subject {
	s := ofCharge(&t.Charge, tap.KindCharge)
	s.entries, s.scheduled = t.Entries, t.Scheduled
	v.answer(s)
	for i := range t.Entries {
		if e := &t.Entries[i]; e.Event == tap.EventOutcomeChosen {
			s.Facts = append(s.Facts, pair{"Ended by hand as", e.Detail + map[bool]string{true: ", which replaces what the scenario says about it"}[s.Scenario != ""]})
		}
	}
	if refunds, err := v.client.Refunds(v.r.Context(), s.ID); err == nil {
		for i := range refunds[:min(len(refunds), maxRelated)] {
			s.Links = append(s.Links, v.linkTo("Refund", refunds[i].ID))
			s.refunds = append(s.refunds, refunds[i].ID)
		}
	}
	return s
}

// answer adds what GET answers now, and the customer that it has.
func (v *visit) answer(s *subject) {
	body, err := v.pages.mock.Get(v.account, s.ID)
	var shown struct {
		Customer struct {
			ID    string `json:"id"`
			First string `json:"first_name"`
			Last  string `json:"last_name"`
			Email string `json:"email"`
		} `json:"customer"`
	}
	if err != nil || json.Unmarshal(body, &shown) != nil {
		return
	}
	s.Get = string(body)
	c := &shown.Customer
	s.Facts = append(s.Facts, pair{"Customer", strings.Join(strings.Fields(c.First+" "+c.Last+" "+cmp.Or(c.Email, c.ID)), " ")})
}

func (v *visit) authorization(t *control.AuthorizationTrace) *subject {
	s := ofCharge(&t.Authorization.Charge, tap.KindAuthorization)
	s.entries, s.scheduled = t.Entries, t.Scheduled
	v.answer(s)
	s.Facts = append(s.Facts, pair{"Captured", t.Authorization.Captured + " " + s.Currency})
	for _, id := range t.Authorization.Captures[:min(len(t.Authorization.Captures), 20)] {
		s.Links = append(s.Links, v.linkTo("Capture", id))
	}
	return s
}

func (v *visit) refund(t *control.RefundTrace) *subject {
	r := &t.Refund
	s := &subject{ID: r.ID, Kind: tap.KindRefund, Title: cmp.Or(r.Reference, r.ID), Status: string(r.Status), Tone: map[bool]string{true: "good", false: "open"}[r.Status == "REFUNDED"], Amount: r.Amount,
		Currency: r.Currency, Code: r.Code, Message: r.Message, Scenario: r.Scenario, Created: r.Created, PostURL: r.PostURL, entries: t.Entries, scheduled: t.Scheduled}
	s.Facts = []pair{{"Reason", r.Reason}, {"Webhook", delivered(r.PostURL, r.PostStatus)}}
	s.Links = []link{v.linkTo("Charge", r.ChargeID)}
	return s
}

func (v *visit) invoice(t *control.InvoiceTrace) *subject {
	i := &t.Invoice
	s := &subject{ID: i.ID, Kind: tap.KindInvoice, Title: cmp.Or(i.Order, i.Reference, i.ID), Status: string(i.Status), Tone: map[bool]string{true: "good", false: "open"}[i.Status == "PAID"], Amount: i.Amount,
		Currency: i.Currency, Scenario: i.Scenario, Created: i.Created, PostURL: i.PostURL, PageURL: i.URL, entries: t.Entries, scheduled: t.Scheduled}
	s.Facts = []pair{{"Webhook", delivered(i.PostURL, i.PostStatus)}}
	for _, m := range i.Messages {
		s.Facts = append(s.Facts, pair{"Message", m})
	}
	if i.Charge != "" {
		s.Links = []link{v.linkTo("Charge", i.Charge)}
	}
	return s
}

// placeOf is the path of the pages of a kind.
var placeOf = map[tap.Kind]string{tap.KindCharge: "ui/payments/", tap.KindAuthorization: "ui/authorizations/", tap.KindRefund: "ui/refunds/", tap.KindInvoice: "ui/invoices/", tap.KindCustomer: "ui/customers/"}

// linkTo is a link to the page of an object.
func (v *visit) linkTo(name, id string) link {
	return link{name, id, v.link(placeOf[tap.KindOf(id)] + id)}
}

// siblings are the other charges of the same order, the latest first.
func (v *visit) siblings(s *subject) []control.Charge {
	if s.Order == "" || s.Kind != tap.KindCharge {
		return nil
	}
	all, err := v.client.Charges(v.r.Context(), s.Order)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(c control.Charge) bool { return c.ID == s.ID })
}
