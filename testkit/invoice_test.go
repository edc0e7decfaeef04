package testkit_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
)

// TestInvoice pays an invoice through its link: the kit knows the invoice, its messages and its webhook.
func TestInvoice(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	shop := testkit.NewReceiver(t, mock.Key)
	in := mock.Now().Add(time.Hour).UnixMilli()
	req, _ := http.NewRequest("POST", mock.APIURL()+"/invoices", strings.NewReader(fmt.Sprintf(`{"due":%d,"expiry":%d,"notifications":{"channels":["SMS"],"dispatch":true},
		"customer":{"first_name":"Test","phone":{"country_code":"965","number":"50000000"}},"order":{"amount":5,"currency":"KWD","items":[{"amount":5,"currency":"KWD","quantity":1,"name":"x"}]},
		"post":{"url":%q},"redirect":{"url":%q},"reference":{"invoice":"INV_1"}}`, in, in, shop.WebhookURL, shop.ReturnURL)))
	req.Header.Set("Authorization", "Bearer "+mock.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	res.Body.Close()
	invoice := mock.Invoices()[0]
	if invoice.Status != tap.InvoiceCreated || invoice.Amount != "5.000" || invoice.Reference != "INV_1" || len(invoice.Messages) != 1 || !strings.HasPrefix(invoice.Messages[0], "SMS to +965 50000000: ") {
		t.Errorf("%+v", invoice)
	}
	if landed := mock.Pay(mock.OpenInvoice(invoice.URL)); !strings.HasPrefix(landed, shop.ReturnURL+"?tap_id=chg_") {
		t.Errorf("the payer lands at %s", landed)
	}
	paid := mock.AwaitInvoice(invoice.ID, tap.InvoicePaid)
	hook := shop.AwaitWebhook(1)
	mock.AwaitIdle()
	if hook.SignatureErr != nil || hook.Invoice.ID != paid.ID || hook.Invoice.Status != tap.InvoicePaid || hook.Invoice.Charge.ID != paid.Charge || paid.Charge == "" {
		t.Errorf("%+v\n%+v", paid, hook)
	}
	if text := mock.Trace(invoice.ID); !strings.Contains(text, invoice.ID+": PAID, 5.000 KWD") || !strings.Contains(text, "invoice_paid") || !strings.Contains(text, "HTTP 200") {
		t.Errorf("the trace is %s", text)
	}
	if got := mock.Invoice(invoice.ID); got.Status != tap.InvoicePaid {
		t.Errorf("%+v", got)
	}
}
