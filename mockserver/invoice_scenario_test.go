package mockserver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// paidInvoice makes an invoice that follows a scenario, pays it, and lets an hour pass.
func (c *calls) paidInvoice(scenario string) (tap.InvoiceObject, []visit) {
	c.t.Helper()
	if scenario != "" {
		c.next(scenario)
	}
	a := c.call("POST", "/v2/invoices", c.invoice(""))
	made := c.invoiceOf(a)
	if got := a.header.Get("X-Tapmock-Scenario"); got != scenario {
		c.t.Errorf("it follows %q, want %q", got, scenario)
	}
	before := len(c.shop.visits("/hook"))
	c.paysAt(c.presses(made.URL))
	c.advance(time.Hour)
	return made, c.shop.visits("/hook")[before:]
}

// TestInvoiceScenarios plays the library's scenarios for invoices: webhooks that are late, doubled, missing and forged.
func TestInvoiceScenarios(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	for scenario, want := range map[string]string{"": "right", "invoice/webhook-twice": "right right", "invoice/webhook-late": "right", "invoice/webhook-never": "", "invoice/webhook-forged": "right wrong"} {
		made, hooks := s.paidInvoice(scenario)
		var got []string
		for _, h := range hooks {
			x, err := tap.Explain(key, []byte(h.body))
			switch {
			case err != nil || x.Object != "invoice" || !strings.Contains(h.body, made.ID) || !strings.Contains(h.body, `"status":"PAID"`):
				got = append(got, "another")
			case x.Signatures.HashString == h.header.Get("hashstring"):
				got = append(got, "right")
			default:
				got = append(got, "wrong")
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: the webhooks are %q, want %q", scenario, got, want)
		}
	}
}

// TestInvoiceFaults injects faults into the calls about invoices.
func TestInvoiceFaults(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	s.next("invoice/create-lost")
	if a := s.call("POST", "/v2/invoices", s.invoice("")); a.status != 0 {
		t.Errorf("the answer came: HTTP %d", a.status)
	}
	var list tap.InvoiceList
	if s.decodeInto(s.call("POST", "/v2/invoices/list", ""), &list); len(list.Invoices) != 1 {
		t.Fatalf("%d invoices were created", len(list.Invoices))
	}
	if err := s.control.NextYAML(t.Context(), `scenarios: [{name: t/faults, description: x, object: invoice,
		api: [{on: invoice.get, calls: 1, fault: {status: 503}}, {on: invoice.update, calls: 1, fault: {status: 500}}, {on: invoice.get, calls: 2, fault: stale}]}]`); err != nil {
		t.Fatal(err)
	}
	id := s.idOf(s.call("POST", "/v2/invoices", s.invoice("")))
	if a := s.call("GET", "/v2/invoices/"+id, ""); a.status != 503 {
		t.Errorf("the first GET: HTTP %d", a.status)
	}
	if a := s.call("PUT", "/v2/invoices/"+id, `{"note":"other"}`); a.status != 500 {
		t.Errorf("the first PUT: HTTP %d", a.status)
	}
	for n := range 3 {
		s.call("PUT", "/v2/invoices/"+id, fmt.Sprintf(`{"note":"note %d"}`, n))
		a := s.call("GET", "/v2/invoices/"+id, "")
		if want := map[bool]string{true: "note 0", false: fmt.Sprintf("note %d", n)}[n == 1]; !strings.Contains(a.body, want) {
			t.Errorf("GET %d: %s", n, a.body)
		}
	}
	if n := len(s.entries(tap.EventFault)); n != 4 {
		t.Errorf("%d faults are journalled", n)
	}
	if err := s.control.SetDefaultScenario(t.Context(), "invoice/webhook-never"); err != nil {
		t.Fatal(err)
	}
	if a := s.call("POST", "/v2/invoices", s.invoice("")); a.header.Get("X-Tapmock-Scenario") != "invoice/webhook-never" {
		t.Errorf("by default it follows %q", a.header.Get("X-Tapmock-Scenario"))
	}
	if a := s.call("POST", "/v2/charges", s.order(nil)); a.header.Get("X-Tapmock-Scenario") != "" {
		t.Errorf("a charge follows %q", a.header.Get("X-Tapmock-Scenario"))
	}
}

// TestForgedInvoices sends each forgery of an invoice's webhook; only the genuine one has the signature of its bytes.
func TestForgedInvoices(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	for _, forge := range []string{"no-signature", "wrong-key", "another-account", "two-decimals", "upper-case", "body-changed", "says-captured", "unknown-charge"} {
		if err := s.control.NextYAML(t.Context(), "scenarios: [{name: t/forged, description: x, object: invoice, callbacks: [webhook: {forge: "+forge+"}]}]"); err != nil {
			t.Errorf("%s: %v", forge, err)
			continue
		}
		made := s.invoiceOf(s.call("POST", "/v2/invoices", s.invoice("")))
		before := len(s.shop.visits("/hook"))
		s.paysAt(s.presses(made.URL))
		s.advance(time.Minute)
		hooks := s.shop.visits("/hook")[before:]
		if len(hooks) == 0 {
			t.Errorf("%s: no webhook", forge)
			continue
		}
		x, err := tap.Explain(key, []byte(hooks[0].body))
		right := err == nil && x.Signatures.HashString == hooks[0].header.Get("hashstring")
		if genuine := forge == "says-captured" || forge == "unknown-charge"; right != genuine || strings.Contains(hooks[0].body, made.ID) == (forge == "unknown-charge") {
			t.Errorf("%s: the signature is right: %t, %s", forge, right, hooks[0].body)
		}
	}
}

// recordInvoice makes and pays an invoice that follows a scenario, and returns what the merchant received until the third day.
func (c *calls) recordInvoice(name string) string {
	c.t.Helper()
	c.next(name)
	a := c.call("POST", "/v2/invoices", c.invoice(""))
	var list tap.InvoiceList
	c.decodeInto(c.call("POST", "/v2/invoices/list", ""), &list)
	c.advance(time.Minute)
	c.paysAt(c.presses(list.Invoices[0].URL))
	c.advance(47 * time.Hour)
	var all strings.Builder
	fmt.Fprintf(&all, "create: HTTP %d\n", a.status)
	for _, e := range c.entries("") {
		if e.Object != nil && e.Object.Kind == tap.KindInvoice {
			fmt.Fprintf(&all, "%s %s %s\n", e.At.Format("15:04:05"), e.Event, strings.ReplaceAll(e.Detail, list.Invoices[0].ID, "INVOICE"))
		}
	}
	return strings.ReplaceAll(all.String(), c.shop.url, "http://shop.example")
}
