package gateway_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

func isNoCustomer(err error) bool {
	e, ok := errors.AsType[*gateway.NoCustomerError](err)
	return ok && strings.Contains(e.Error(), e.ID)
}

// customerOf makes a customer with a first name.
func customerOf(t *testing.T, a *gateway.Account, name string) payment.Customer {
	t.Helper()
	c, err := a.CreateCustomer(&tap.CustomerRequest{FirstName: &name, Email: new("a@b.c")})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCustomerRecords makes, changes and deletes customers, and one that a charge has made; a deleted one stays deleted.
func TestCustomerRecords(t *testing.T) {
	_, a, paid := captured(t, gateway.Config{})
	paid, _ = a.Charge(paid.ID)
	made := customerOf(t, a, "First")
	for _, id := range []string{made.ID, paid.CustomerNow()} {
		if c, err := a.Customer(id); err != nil || c.ID != id {
			t.Errorf("%s: %+v %v", id, c, err)
		}
		if c, err := a.UpdateCustomer(id, &tap.CustomerRequest{LastName: new("Last")}); err != nil || c.Details.LastName != "Last" || c.Details.FirstName == "" {
			t.Errorf("updated: %+v %v", c, err)
		}
	}
	all := &tap.CustomerListRequest{From: math.MinInt64, To: math.MaxInt64, Page: 1, Limit: 1}
	first, more, err := a.ListCustomers(all)
	if err != nil || !more || len(first) != 1 {
		t.Fatalf("%d customers, more %t, %v", len(first), more, err)
	}
	second, more, err := a.ListCustomers(&tap.CustomerListRequest{From: all.From, To: all.To, Page: 2, Limit: 1})
	if after, _, _ := a.ListCustomers(&tap.CustomerListRequest{From: all.From, To: all.To, Page: 1, Limit: 5, StartingAfter: first[0].ID}); err != nil || more || len(second) != 1 || len(after) != 1 || after[0].ID != second[0].ID || second[0].ID == first[0].ID {
		t.Errorf("page 2: %+v, after the first: %+v, more %t, %v", second, after, more, err)
	}
	if none, _, _ := a.ListCustomers(&tap.CustomerListRequest{From: 1, To: 2, Page: 1, Limit: 5}); len(none) != 0 {
		t.Errorf("in another time: %+v", none)
	}
	for _, id := range []string{made.ID, paid.CustomerNow()} {
		if err := a.DeleteCustomer(id); err != nil {
			t.Error(err)
		}
		for _, err := range []error{a.DeleteCustomer(id), second2(a.Customer(id)), second2(a.UpdateCustomer(id, &tap.CustomerRequest{}))} {
			if !isNoCustomer(err) {
				t.Errorf("deleted: %v", err)
			}
		}
	}
	if some, _, err := a.ListCustomers(all); err != nil || len(some) != 0 {
		t.Errorf("after the deletions: %+v %v", some, err)
	}
	if _, _, err := a.ListCustomers(&tap.CustomerListRequest{StartingAfter: "cus_1", Page: 1, Limit: 1}); !isNoCustomer(err) {
		t.Errorf("after an unknown one: %v", err)
	}
	if n := [3]int{len(details(a, tap.EventCreated)), len(details(a, tap.EventUpdated)), len(details(a, tap.EventDeleted))}; n != [3]int{2, 2, 2} {
		t.Errorf("the journal has %v", n)
	}
}

func second2[T any](_ T, err error) error { return err }

// TestRecordLimits fills an account and a server with records: the oldest goes, a reset gives all back.
func TestRecordLimits(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Limits: gateway.Limits{Charges: 3, ServerCharges: 4}})
	a, b := account(t, g, "sk_test_a"), account(t, g, "sk_test_b")
	var all []payment.Customer
	for n := range 4 {
		all = append(all, customerOf(t, a, fmt.Sprint(n)))
	}
	if _, err := a.Customer(all[0].ID); !isNoCustomer(err) {
		t.Errorf("the oldest: %v", err)
	}
	if _, err := a.Customer(all[1].ID); err != nil {
		t.Errorf("the second: %v", err)
	}
	customerOf(t, b, "x") // the server has 4 now
	customerOf(t, b, "y")
	if some, _, _ := b.ListCustomers(&tap.CustomerListRequest{From: math.MinInt64, To: math.MaxInt64, Page: 1, Limit: 9}); len(some) != 1 || some[0].Details.FirstName != "y" {
		t.Errorf("the server is full: %+v", some)
	}
	if _, err := account(t, g, "sk_test_c").CreateCustomer(&tap.CustomerRequest{}); !strings.Contains(fmt.Sprint(err), "server-charges=4") {
		t.Errorf("an account without records: %v", err)
	}
	if _, err := a.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	customerOf(t, account(t, g, "sk_test_c"), "z")
}

func cardOf(number string) tap.TokenRequest {
	card, _ := tap.ParseTestCard(number)
	return tap.TokenRequest{Card: card, Expiry: tap.CardExpiry{Month: 1, Year: 2027}}
}

// TestTokenRecords uses tokens once, within five minutes; a card expires with its month.
func TestTokenRecords(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	var ids []string
	for range 3 {
		k, err := a.CreateToken(cardOf(tap.TestCardNumber))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, k.ID)
	}
	if ids[0] == ids[1] {
		t.Error("two tokens have the same id")
	}
	if err := a.UseToken(ids[0]); err != nil {
		t.Error(err)
	}
	if k, err := a.Token(ids[0]); err != nil || !k.Used {
		t.Errorf("%+v %v", k, err)
	}
	advance(t, a, tap.TokenLife-time.Millisecond)
	if err := a.UseToken(ids[1]); err != nil {
		t.Errorf("at the last moment: %v", err)
	}
	advance(t, a, time.Millisecond)
	for id, want := range map[string]gateway.TokenError{ids[0]: {Used: true}, ids[2]: {Over: true}, "tok_1": {}} {
		if e, ok := errors.AsType[*gateway.TokenError](a.UseToken(id)); !ok || *e != want || e.Error() == "" {
			t.Errorf("%s: %v", id, e)
		}
	}
	if _, err := a.Token("tok_1"); err == nil {
		t.Error("an unknown token")
	}
	year, month, _ := a.Now().Date()
	for months, want := range map[int]bool{-1: false, 0: true, 1: true, -12: false, 12: true} {
		req := cardOf(tap.TestCardNumber)
		at := time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		req.Expiry = tap.CardExpiry{Month: int(at.Month()), Year: at.Year()}
		if _, err := a.CreateToken(req); (err == nil) != want {
			t.Errorf("a card that expires %d months from now: %v", months, err)
		}
	}
	if n := len(details(a, tap.EventUsed)); n != 2 {
		t.Errorf("%d uses are journalled", n)
	}
}

func invoiceRequest(a *gateway.Account) *tap.InvoiceRequest {
	return &tap.InvoiceRequest{Amount: 5000, Currency: "KWD", Expiry: a.Now().Add(time.Hour).UnixMilli(), Items: []tap.InvoiceItem{{Amount: 5000, Quantity: 1}}, Customer: tap.Customer{FirstName: "Test", CountryCode: "965", Number: "50000000"},
		Channels: []string{"SMS"}, Dispatch: true, PostURL: "https://shop.example/hook"}
}

// invoiceFrom makes an invoice; scenario, unless it is "", are the lines of a scenario that it follows.
func invoiceFrom(t *testing.T, a *gateway.Account, req *tap.InvoiceRequest, scenario string) (gateway.Invoice, error) {
	t.Helper()
	if scenario != "" {
		set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: [{name: t/x, description: x, object: invoice, "+scenario+"}]"))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.NextOf(set); err != nil {
			t.Fatal(err)
		}
	}
	begun, err := a.Begin(gateway.ForInvoice(req), nil)
	if err != nil {
		t.Fatal(err)
	}
	begun.Commit()
	return a.CreateInvoice(begun, req, "http://mock.example")
}

// TestInvoiceIsPaid pays an invoice by its page: it has one charge, its webhook, and cannot be paid again.
func TestInvoiceIsPaid(t *testing.T) {
	var sent atomic.Int64
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(&sent)})
	a := account(t, g, "sk_test_a")
	v, err := invoiceFrom(t, a, invoiceRequest(a), "")
	if err != nil || v.Request.Customer.ID == "" || len(details(a, tap.EventMessage)) != 1 {
		t.Fatalf("%+v %v, %q", v, err, details(a, tap.EventMessage))
	}
	c, err := g.PayInvoice(v.ID)
	again, _ := g.PayInvoice(v.ID)
	if err != nil || again.ID != c.ID || c.Amount != 5000 || c.Request.Customer.ID != v.Request.Customer.ID {
		t.Fatalf("the charges are %s and %s, %v", c.ID, again.ID, err)
	}
	pay(t, g, c)
	advance(t, a, time.Second)
	if got, err := a.Invoice(v.ID); err != nil || got.Status != tap.InvoicePaid || got.Charge != c.ID || sent.Load() != 1 || got.Post != payment.Succeeded {
		t.Errorf("%+v %v, %d webhooks", got, err, sent.Load())
	}
	if _, err := g.PayInvoice(v.ID); !errors.Is(err, gateway.ErrInvoicePaid) {
		t.Errorf("paid again: %v", err)
	}
	if _, err := a.CancelInvoice(v.ID); err == nil {
		t.Error("it was cancelled")
	}
	if some, more := a.Invoices(math.MinInt64, math.MaxInt64, 1); len(some) != 1 || more {
		t.Errorf("%d invoices, more %t", len(some), more)
	}
	if some, _ := a.Invoices(1, 2, 1); len(some) != 0 {
		t.Errorf("%d invoices of another time", len(some))
	}
}

// TestInvoiceCannotBePaid tries drafts, cancelled, expired and unknown ones; a charge that was made before the cancellation does not pay it.
func TestInvoiceCannotBePaid(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64))})
	a := account(t, g, "sk_test_a")
	draft := invoiceRequest(a)
	draft.Draft = true
	v, _ := invoiceFrom(t, a, draft, "")
	if _, err := g.PayInvoice(v.ID); !errors.Is(err, gateway.ErrInvoiceCancelled) || len(details(a, tap.EventMessage)) != 0 {
		t.Errorf("a draft: %v", err)
	}
	if v, err := a.FinalizeInvoice(v.ID); err != nil || v.Status != tap.InvoiceCreated || len(details(a, tap.EventMessage)) != 1 {
		t.Errorf("finalized: %s %v", v.Status, err)
	}
	if _, err := a.RemindInvoice(v.ID); err != nil || len(details(a, tap.EventMessage)) != 2 {
		t.Errorf("reminded: %v, %q", err, details(a, tap.EventMessage))
	}
	c, err := g.PayInvoice(v.ID)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := a.CancelInvoice(v.ID); err != nil || v.Status != tap.InvoiceCancelled {
		t.Errorf("cancelled: %s %v", v.Status, err)
	}
	pay(t, g, c)
	advance(t, a, time.Second)
	if got, _ := a.Invoice(v.ID); got.Status != tap.InvoiceCancelled || len(details(a, tap.EventChangeRefused)) != 1 {
		t.Errorf("paid after it was cancelled: %s, %q", got.Status, details(a, tap.EventChangeRefused))
	}
	late, _ := invoiceFrom(t, a, invoiceRequest(a), "")
	advance(t, a, time.Hour)
	if _, err := g.PayInvoice(late.ID); !errors.Is(err, gateway.ErrInvoiceExpired) {
		t.Errorf("expired: %v", err)
	}
	for _, err := range []error{second2(g.PayInvoice("inv_1")), second2(a.Invoice("inv_1")), second2(g.InvoicePage("inv_1")), second2(a.CancelInvoice("inv_1")), second2(a.RemindInvoice("inv_1"))} {
		if e, ok := errors.AsType[*gateway.NoInvoiceError](err); !ok || !strings.Contains(e.Error(), "inv_1") {
			t.Errorf("an unknown one: %v", err)
		}
	}
	if _, err := a.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := g.InvoicePage(late.ID); err == nil {
		t.Error("after a reset its page is there")
	}
}

// TestInvoiceScenario waits with the webhook at a gate, and shows an earlier state.
func TestInvoiceScenario(t *testing.T) {
	var sent atomic.Int64
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(&sent)})
	a := account(t, g, "sk_test_a")
	v, err := invoiceFrom(t, a, invoiceRequest(a), "callbacks: [webhook: {gate: later}], api: [{on: invoice.get, calls: 1, fault: stale}, {on: invoice.update, calls: 1, commit: false, fault: reset}]")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := g.PayInvoice(v.ID)
	pay(t, g, c)
	if advance(t, a, time.Second); sent.Load() != 0 {
		t.Error("the webhook did not wait")
	}
	if shown, f, err := a.RetrieveInvoice(v.ID); err != nil || f == nil || shown.Status != tap.InvoiceCreated {
		t.Errorf("the first GET: %s %v %v", shown.Status, f, err)
	}
	if shown, f, err := a.RetrieveInvoice(v.ID); err != nil || f != nil || shown.Status != tap.InvoicePaid {
		t.Errorf("the second GET: %s %v %v", shown.Status, f, err)
	}
	if _, f, err := a.UpdateInvoice(v.ID, invoiceRequest(a)); err != nil || f == nil {
		t.Errorf("a PUT with a fault before it: %v %v", f, err)
	}
	if _, _, err := a.UpdateInvoice(v.ID, invoiceRequest(a)); err == nil {
		t.Error("a paid invoice was updated")
	}
	if _, err := a.Release("later", ""); err != nil {
		t.Error(err)
	}
	if advance(t, a, time.Second); sent.Load() != 1 {
		t.Errorf("%d webhooks", sent.Load())
	}
}

// TestListedPayouts has one payout a day, the newest first.
func TestListedPayouts(t *testing.T) {
	g, a, _ := captured(t, gateway.Config{})
	advance(t, a, 24*time.Hour)
	pay(t, g, create(t, a))
	advance(t, a, 48*time.Hour)
	all := &tap.PayoutListRequest{From: math.MinInt64, To: math.MaxInt64, Limit: 5}
	some, more, evicted := a.ListPayouts(all)
	if len(some) != 2 || more || evicted != 0 || !some[0].Date.After(some[1].Date) || some[0].Amount != 12345 {
		t.Fatalf("%+v, more %t", some, more)
	}
	for _, one := range []struct {
		req  tap.PayoutListRequest
		want int
	}{
		{tap.PayoutListRequest{From: some[0].Date.UnixMilli(), To: some[0].Date.UnixMilli(), Limit: 5}, 1}, {tap.PayoutListRequest{From: some[0].Date.UnixMilli() + 1, To: math.MaxInt64, Limit: 5}, 0},
		{tap.PayoutListRequest{From: math.MinInt64, To: some[1].Date.UnixMilli() - 1, Limit: 5}, 0}, {tap.PayoutListRequest{To: math.MaxInt64, Limit: 5, Payouts: map[string]bool{some[1].ID: true}}, 1},
		{tap.PayoutListRequest{To: math.MaxInt64, Limit: 5, Merchants: map[string]bool{"1": true}}, 0}, {tap.PayoutListRequest{To: math.MaxInt64, Limit: 1}, 1},
	} {
		if got, more, _ := a.ListPayouts(&one.req); len(got) != one.want || more != (one.req.Limit == 1) {
			t.Errorf("%+v: %d payouts, more %t", one.req, len(got), more)
		}
	}
}
