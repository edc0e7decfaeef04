package mockserver_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// invoice is a request for an invoice over 22.159 KWD, as in Tap's documentation, whose webhook and return go to the shop.
func (s *stage) invoice(more string) string {
	in := s.now().Add(48 * time.Hour).UnixMilli()
	return fmt.Sprintf(`{"due":%d,"expiry":%d,"description":"test invoice","mode":"INVOICE","note":"test note","notifications":{"channels":["SMS","EMAIL"],"dispatch":true},
		"currencies":["KWD"],"metadata":{"udf1":"1"},"charge":{"receipt":{"email":true,"sms":true},"statement_descriptor":"test"},
		"customer":{"first_name":"test","last_name":"test","email":"test@test.com","phone":{"country_code":"965","number":"51234567"}},
		"order":{"amount":22.159,"currency":"KWD","items":[{"amount":10.599,"description":"test","discount":{"type":"P","value":0},"image":"","name":"iPhone","quantity":1}],
		"shipping":{"amount":10.56,"currency":"KWD","description":"test","provider":"ARAMEX","service":"test"},"tax":[{"description":"test","name":"VAT","rate":{"type":"F","value":1}}]},
		"payment_methods":[""],"post":{"url":%q},"redirect":{"url":%q},"reference":{"invoice":"INV_1","order":"ORD_1"}%s}`, in, in, s.shop.url+"/hook", s.shop.url+"/return", more)
}

func (c *calls) invoiceOf(a answer) (v tap.InvoiceObject) {
	c.t.Helper()
	c.decodeInto(a, &v)
	return v
}

// pathOf is the path of a link of the mock.
func (s *stage) pathOf(link string) string { return strings.TrimPrefix(link, s.url) }

// presses presses the button of an invoice's page, and returns where it leads.
func (s *stage) presses(page string) string {
	s.t.Helper()
	req, err := http.NewRequest("POST", page, strings.NewReader("pay=1"))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.http.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		s.t.Errorf("the button: HTTP %d", res.StatusCode)
	}
	return res.Header.Get("Location")
}

// TestInvoice is the way of an invoice: link, page, payment, webhook with its signature, return.
func TestInvoice(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	made := s.invoiceOf(s.send("POST", "/v2/invoices/", s.invoice("")))
	if made.Status != tap.InvoiceCreated || made.Amount != "22.159" {
		t.Fatalf("%+v", made)
	}
	page := s.call("GET", s.pathOf(made.URL), "")
	for _, want := range []string{"SIMULATION", "محاكاة", "Pay 22.159 KWD", "iPhone", "Shipping ARAMEX", "test note"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	link := s.presses(made.URL)
	if again := s.presses(made.URL); again != link || !strings.Contains(link, "/gosell/v2/payment/tap_process.aspx?chg=") {
		t.Fatalf("the button leads to %q, and then to %q", link, again)
	}
	charge := s.chargesOf("")[0]
	if charge.Amount != "22.159" || charge.Reference.Order != "ORD_1" || charge.Order == nil || charge.Order.ID != made.Order.ID || charge.Transaction.URL != link {
		t.Errorf("its charge is %+v", charge)
	}
	s.paysAt(link)
	s.awaitIdle()
	hooks := s.shop.visits("/hook")
	if len(hooks) != 1 {
		t.Fatalf("%d webhooks", len(hooks))
	}
	x, err := tap.Explain(key, []byte(hooks[0].body))
	if err != nil || x.Object != "invoice" || len(x.Parts) != 6 || x.Signatures.HashString != hooks[0].header.Get("hashstring") || hooks[0].header.Get("hash") != "" {
		t.Errorf("the webhook is signed %v, %v", hooks[0].header, x)
	}
	fmt.Fprintf(&s.all, "webhook\n%s\n", hooks[0].body)
	s.send("GET", "/v2/invoices/"+made.ID, "")
	back := s.call("GET", s.pathOf(made.URL)+"/return?tap_id="+charge.ID, "")
	if to := back.header.Get("Location"); to != s.shop.url+"/return?tap_id="+charge.ID {
		t.Errorf("the payer returns to %q", to)
	}
	if again := s.call("GET", s.pathOf(made.URL), ""); !strings.Contains(again.body, "the invoice is paid") || strings.Contains(again.body, `id="pay"`) {
		t.Errorf("paid, the page is %s", again.body)
	}
	s.send("DELETE", "/v2/invoices/"+made.ID, "")
	s.send("POST", "/v2/invoices/list", `{"limit":1}`)
	for _, e := range s.entries("") {
		if e.Object != nil && e.Object.ID == made.ID {
			fmt.Fprintf(&s.all, "%s %s\n", e.Event, e.Detail)
		}
	}
	s.golden("invoice", s.all.String(), s.shop.url)
}

// paysAt pays a charge on the page by its link.
func (s *stage) paysAt(link string) {
	s.t.Helper()
	s.open(link).post("proceed", "bank", testBank, "dcprefix", "888888", "debitNumber", testCard, "debitMonth", "9", "debitYear", "2030", "cardPin", "1234").post("confirm")
}

// TestInvoiceMoves updates, finalizes, reminds of and cancels invoices, and tries what their status does not allow.
func TestInvoiceMoves(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	draft := s.invoiceOf(s.call("POST", "/v2/invoices", s.invoice(`,"draft":true`)))
	s.send("POST", "/v2/invoices/"+draft.ID+"/remind", "")
	if to := s.presses(draft.URL); to != draft.ID {
		t.Errorf("a draft is paid at %q", to)
	}
	s.advance(time.Minute)
	s.send("PUT", "/v2/invoices/"+draft.ID, `{"description":"changed","metadata":{"udf2":"2","udf1":""},"order":{"amount":5,"items":[{"name":"other","amount":5,"quantity":1}]}}`)
	s.send("POST", "/v2/invoices/"+draft.ID+"/finalize", "{}")
	s.send("POST", "/v2/invoices/"+draft.ID+"/finalize", "")
	s.send("POST", "/v2/invoices/"+draft.ID+"/remind", "")
	link := s.presses(draft.URL)
	s.send("DELETE", "/v2/invoices/"+draft.ID, "")
	for _, call := range [][2]string{{"DELETE", ""}, {"PUT", ""}, {"POST", "/finalize"}, {"POST", "/remind"}} {
		s.send(call[0], "/v2/invoices/"+draft.ID+call[1], `{"note":"x"}`)
	}
	s.paysAt(link) // its charge was made before
	s.awaitIdle()
	if got := s.invoiceOf(s.call("GET", "/v2/invoices/"+draft.ID, "")); got.Status != tap.InvoiceCancelled || len(s.entries(tap.EventChangeRefused)) != 1 || len(s.shop.visits("/hook")) != 0 {
		t.Errorf("a cancelled invoice was paid: %s, %v", got.Status, s.entries(tap.EventChangeRefused))
	}
	s.golden("invoice-moves", s.all.String(), s.shop.url)
}

// TestInvoiceErrors sends requests that are refused, with one error instead of a list.
func TestInvoiceErrors(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	whole := s.invoice("")
	for what, from := range map[string][2]string{
		"1 no amount": {`"amount":22.159,`, ``}, "2 amount of zero": {`22.159`, `0`}, "3 amount as list": {`22.159`, `[1]`}, "4 four decimals": {`22.159`, `22.1594`}, "5 currency": {`"amount":22.159,"currency":"KWD"`, `"amount":22.159,"currency":"KW"`},
		"6 no items": {`"items":[{"amount":10.599,"description":"test","discount":{"type":"P","value":0},"image":"","name":"iPhone","quantity":1}],`, ``}, "7 items as text": {`"items":[`, `"items":"x","x":[`},
		"8 no quantity": {`,"quantity":1`, ``}, "9 no customer": {`"customer"`, `"custmer"`}, "a no name": {`"first_name":"test",`, ``}, "b mode": {`"INVOICE"`, `"BILL"`}, "c no due": {`"due"`, `"dew"`},
		"d text as list": {`"test note"`, `["x"]`}, "e channels": {`["SMS","EMAIL"]`, `7`}, "f redirect": {`/return"`, `/return","x":1},"redirect":{"url":"javascript:alert(1)"`}, "g quantity": {`"quantity":1`, `"quantity":"x"`},
		"h boolean": {`"dispatch":true`, `"dispatch":7`}, "j decimals of USD": {`22.159,"currency":"KWD"`, `22.159,"currency":"USD"`}, "k many items": {`"items":[`, `"items":[` + strings.Repeat(`{"quantity":1},`, 100)},
		"l unknown scenario": {`{"udf1":"1"}`, `{"tapmock_scenario":"invoice/unknown"}`}, "m customer": {`"first_name":"test"`, `"id":"x","first_name":"test"`}, "n no contact": {`"email":"test@test.com","phone":{"country_code":"965","number":"51234567"}`, `"title":"x"`}, "i long": {`"test note"`, `"` + strings.Repeat("x", 1000) + `"`},
	} {
		body := strings.Replace(whole, from[0], from[1], 1)
		if body == whole {
			t.Fatalf("%s changes nothing", what)
		}
		if a := s.call("POST", "/v2/invoices", body); a.status != 400 || !strings.HasPrefix(a.body, `{"error":{"code":"`) {
			t.Errorf("%s: HTTP %d %s", what, a.status, a.body)
		}
	}
	for _, call := range [][3]string{{"POST", "", "{"}, {"POST", "", ""}, {"POST", "", `{"due":"x"}`}, {"GET", "/inv_1", ""}, {"GET", "/abc", ""}, {"PUT", "/inv_1", "{}"}, {"DELETE", "/inv_1", ""}, {"POST", "/inv_1/finalize", ""},
		{"POST", "/abc/remind", ""}, {"POST", "/list", "[1]"}, {"POST", "/list", `{"limit":51}`}, {"POST", "/list", `{"status":"PAID"}`}, {"GET", "", ""}} {
		s.send(call[0], "/v2/invoices"+call[1], call[2])
	}
	expired := strings.Replace(whole, fmt.Sprintf(`"expiry":%d`, s.now().Add(48*time.Hour).UnixMilli()), fmt.Sprintf(`"expiry":%d`, s.now().UnixMilli()), 1)
	s.send("POST", "/v2/invoices", expired)
	s.golden("errors-invoice", s.all.String(), s.shop.url)
	if a := s.call("GET", "/invoice/inv_1", ""); a.status != 404 || !strings.Contains(a.body, "No such invoice") {
		t.Errorf("the page of an unknown invoice: HTTP %d", a.status)
	}
	if to := s.presses(s.url + "/invoice/inv_1"); to != "inv_1" {
		t.Errorf("paying it leads to %q", to)
	}
}

// TestInvoiceRetry fails to pay: the payer stays on the invoice's page, unless retry_for_captured is false; after the expiry it cannot be paid.
func TestInvoiceRetry(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	for retry, want := range map[string]string{"": "?failed", `,"retry_for_captured":false`: s.shop.url + "/return?tap_id="} {
		made := s.invoiceOf(s.call("POST", "/v2/invoices", s.invoice(retry)))
		s.next("outcome/no-funds")
		link := s.presses(made.URL)
		s.paysAt(link)
		s.awaitIdle()
		id := s.chargesOf("")[0].ID
		a := s.call("GET", s.pathOf(made.URL)+"/return?tap_id="+id, "")
		if to := a.header.Get("Location"); !strings.Contains(to, want) {
			t.Errorf("%s: the payer returns to %q", retry, to)
		}
		if page := s.call("GET", s.pathOf(made.URL)+"?failed", ""); !strings.Contains(page.body, "The payment was not successful") || !strings.Contains(page.body, `id="pay"`) {
			t.Errorf("the page is %s", page.body)
		}
		if next := s.presses(made.URL); next == link || next == "" {
			t.Errorf("the next try leads to %q", next)
		}
		if s.advance(49 * time.Hour); s.presses(made.URL) != made.ID {
			t.Error("it can be paid after its expiry")
		}
	}
}

// TestInvoiceClicks presses the button of an invoice's page many times at once: there is one charge.
func TestInvoiceClicks(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	made := s.invoiceOf(s.call("POST", "/v2/invoices", s.invoice("")))
	links := make([]string, 20)
	var all sync.WaitGroup
	for i := range links {
		all.Go(func() { links[i] = s.presses(made.URL) })
	}
	all.Wait()
	if slices.Sort(links); links[0] != links[len(links)-1] || len(s.chargesOf("")) != 1 {
		t.Errorf("%d charges, %q", len(s.chargesOf("")), slices.Compact(links))
	}
}

// TestRecordsMakeRoom fills an account with customers: a token takes the place of the oldest.
func TestRecordsMakeRoom(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 2}})}
	for n := range 2 {
		s.call("POST", "/v2/customers", fmt.Sprintf(`{"first_name":"n%d","email":"a@b.c"}`, n))
	}
	if a := s.call("POST", "/v2/tokens", tokenOfCard); a.status != 200 {
		t.Errorf("a token: HTTP %d %s", a.status, a.body)
	}
	var list tap.CustomerList
	if s.decodeInto(s.call("POST", "/v2/customers/list", ""), &list); len(list.Customers) != 1 || list.Customers[0].FirstName != "n1" {
		t.Errorf("the customers are %+v", list.Customers)
	}
}

// TestInvoicesAreBounded makes more invoices than the account may have: one that is over goes, one that is not stays.
func TestInvoicesAreBounded(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 2}})}
	whole := s.invoice("")
	begin, rest, _ := strings.Cut(whole, `"customer":{`)
	_, rest, _ = strings.Cut(rest, `}},`)
	body := begin + `"customer":{"id":"cus_1"},` + rest // an inline customer would count too
	first := s.invoiceOf(s.call("POST", "/v2/invoices", body))
	second := s.invoiceOf(s.call("POST", "/v2/invoices", body))
	if a := s.call("POST", "/v2/invoices", body); a.status != 503 || !strings.Contains(a.body, "2101") {
		t.Errorf("a third: HTTP %d %s", a.status, a.body)
	}
	s.call("DELETE", "/v2/invoices/"+second.ID, "")
	s.invoiceOf(s.call("POST", "/v2/invoices", body))
	if a, b := s.call("GET", "/v2/invoices/"+first.ID, ""), s.call("GET", "/v2/invoices/"+second.ID, ""); a.status != 200 || b.status != 400 {
		t.Errorf("the first: HTTP %d, the cancelled one: HTTP %d", a.status, b.status)
	}
}
