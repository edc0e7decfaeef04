package record_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/record"
)

// A payment whose webhook came a minute after the payer's return, as the control API describes it. A program gets it by the methods Trace and
// Webhooks of a control.Client.
func ExampleScenario() {
	trace, webhooks := latePayment()
	yaml, notes := record.Scenario(trace, webhooks)
	fmt.Printf("%s%d notes\n", yaml, len(notes))
	// Output:
	// scenarios:
	//   - name: recorded/captured-webhook-60s-late
	//     description: The payer pays after 8s, and the charge becomes CAPTURED (000); the webhook is sent once, 60s after the result, after the payer's return.
	//     payer: {pay: {}, duration: 8s}
	//     bank: {result: CAPTURED}
	//     callbacks:
	//       - {webhook: {at: settled + 1m}}
	// 0 notes
}

// The same payment as a Go test.
func ExampleGoTest() {
	trace, webhooks := latePayment()
	source, _ := record.GoTest(trace, webhooks)
	for line := range strings.Lines(source) {
		if strings.Contains(line, "func Test") || strings.Contains(line, "mock.Advance") || strings.Contains(line, "YOUR SHOP") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// func TestRecordedCapturedWebhook60sLate(t *testing.T) {
	// // YOUR SHOP: until you put its addresses here, a receiver stands in for it. Your shop needs mock.APIURL() as base URL of the API and
	// mock.Advance(68 * time.Second) // as long as the recording took; it returns when every webhook has been answered
}

// latePayment is a payment by a person, on a frozen clock.
func latePayment() (*control.Trace, []control.Webhook) {
	at := func(seconds int) time.Time {
		return time.Date(2026, 3, 1, 9, 0, seconds, 0, time.UTC)
	}
	charge := control.Charge{ID: "chg_1", Status: "CAPTURED", Amount: "12.345", Currency: "KWD", Order: "order-1", PostURL: "http://127.0.0.1:9000/webhook"}
	entries := []control.Entry{
		{Seq: 1, At: at(0), Event: "created", Detail: "12.345 KWD from src_kw.knet, order order-1"},
		{Seq: 2, At: at(0), Event: "page_opened"},
		{Seq: 3, At: at(8), Event: "submitted", Detail: "fields: bank, prefix, number, expiry, PIN"},
		{Seq: 4, At: at(8), Event: "confirmed"},
		{Seq: 5, Cause: 4, At: at(8), Event: "settled", Detail: "INITIATED → CAPTURED, 000 Captured"},
		{Seq: 6, Cause: 5, At: at(8), Event: "returned", Detail: "to http://127.0.0.1:9000/return?tap_id=chg_1"},
		{Seq: 7, Cause: 5, At: at(68), Event: "webhook", Delivery: "whd_1", Detail: "attempt 1, to http://127.0.0.1:9000/webhook: HTTP 200", Response: &control.Response{Status: 200}},
	}
	webhook := control.Webhook{ID: "whd_1", Object: control.Object{Kind: "charge", ID: "chg_1"},
		Attempts: []control.WebhookAttempt{{Attempt: 1, Entry: 7, At: at(68), Response: control.Response{Status: 200}}}}
	return &control.Trace{Charge: charge, Entries: entries}, []control.Webhook{webhook}
}
