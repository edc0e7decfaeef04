package compare

import (
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// paid is a captured payment with its number in all ids, times and references.
func paid(number string) *Payment {
	id := "chg_TS" + number
	entry := func(seq uint64, event tap.Event, detail string) control.Entry {
		return control.Entry{Seq: seq, Event: event, Detail: detail, Object: &control.Object{Kind: tap.KindCharge, ID: id}}
	}
	hook := entry(4, tap.EventWebhook, "attempt 1, to http://shop.test/hook: HTTP 200")
	hook.Delivery = "whd_" + number
	body := `{"id":"` + id + `","status":"CAPTURED","amount":12.345,"transaction":{"created":"17` + number + `","authorization_id":"B` + number + `"},"reference":{"payment":"` + number + `","order":"order-` + number +
		`"},"source":{"id":"src_kw.knet"},"redirect":{"url":"http://shop.test/return/order-` + number + `"}}`
	return &Payment{
		Trace: control.Trace{
			Charge: control.Charge{ID: id, Status: tap.Captured, Code: "000", Message: "Captured", Amount: "12.345", Currency: "KWD", Order: "order-" + number, Scenario: "payer/pays", PostStatus: "SUCCESS"},
			Entries: []control.Entry{entry(1, tap.EventCreated, "12.345 KWD from src_kw.knet, order order-"+number), entry(2, tap.EventConfirmed, ""),
				entry(3, tap.EventSettled, "INITIATED → CAPTURED, 000 Captured"), hook, entry(5, tap.EventReturned, "to http://shop.test/return/order-"+number+"?tap_id="+id+": HTTP 200")},
		},
		Webhooks: []control.Webhook{{ID: "whd_" + number, Object: control.Object{Kind: tap.KindCharge, ID: id}, URL: "http://shop.test/hook/order-" + number,
			Attempts: []control.WebhookAttempt{{Attempt: 1, Entry: 4, Body: body, Response: control.Response{Status: 200}}}}},
		Settings: map[string]string{},
	}
}

// paymentChanges are changes of a payment, and the differences to which they lead.
var paymentChanges = map[string]struct {
	change func(p *Payment)
	want   []string
}{
	"nothing": {func(*Payment) {}, nil},
	"the order": {func(p *Payment) { e := p.Trace.Entries; e[3], e[4] = e[4], e[3] },
		[]string{"order webhook: webhook comes before returned in A and after it in B"}},
	"a detail": {func(p *Payment) { p.Trace.Entries[2].Detail = "INITIATED → FAILED, 401 Failed" },
		[]string{`event settled: settled says "INITIATED → CAPTURED, 000 Captured" in A and "INITIATED → FAILED, 401 Failed" in B`}},
	"a word of a detail": {func(p *Payment) {
		p.Trace.Entries[3].Detail = "attempt 1, copy 1 of 2, to http://shop.test/hook: HTTP 200"
	},
		[]string{`event webhook: webhook says "copy 1 of 2" only in B`}},
	"another entry": {func(p *Payment) { p.Trace.Entries[1].Event = tap.EventCancelled },
		[]string{"event confirmed: after created comes confirmed in A and cancelled in B"}},
	"an entry fewer": {func(p *Payment) { p.Trace.Entries = p.Trace.Entries[:4] },
		[]string{"event returned: only A has returned (to http://shop.test/return/order-77001?tap_id=chg_TS77001: HTTP 200), after webhook"}},
	"the first entry": {func(p *Payment) { p.Trace.Entries = p.Trace.Entries[1:] },
		[]string{"event created: only A has created (12.345 KWD from src_kw.knet, order order-77001), at the beginning"}},
	"status and code": {func(p *Payment) { p.Trace.Charge.Status, p.Trace.Charge.Code = tap.Failed, "401" },
		[]string{"state status: status is CAPTURED in A and FAILED in B", "state code: code is 000 in A and 401 in B"}},
	"decimals": {func(p *Payment) { p.Trace.Charge.Amount = "12.35" },
		[]string{"state amount: amount is 12.345 in A and 12.35 in B: with 3 decimals against 2 decimals"}},
	"amount":   {func(p *Payment) { p.Trace.Charge.Amount = "12.346" }, []string{"state amount: amount is 12.345 in A and 12.346 in B"}},
	"scenario": {func(p *Payment) { p.Trace.Charge.Scenario = "payer/cancels" }, []string{"state scenario: scenario is payer/pays in A and payer/cancels in B"}},
	"a setting": {func(p *Payment) { p.Settings["page_limit"] = "1m" },
		[]string{"setting page_limit: only B has the setting page_limit: 1m"}},
	"unknown settings": {func(p *Payment) { p.Settings = nil }, nil},
	"scheduled": {func(p *Payment) { p.Trace.Scheduled = []control.Effect{{Kind: "webhook", Attempt: 2, Gate: "g"}} },
		[]string{"scheduled scheduled: what is scheduled is nothing in A and webhook attempt 2 at the gate g in B"}},
	"a response": {func(p *Payment) { p.Webhooks[0].Attempts[0].Response = control.Response{Failure: "timeout"} },
		[]string{"webhook webhook 1 responses: the result of webhook 1 is 1 attempt (HTTP 200) in A and 1 attempt (timeout) in B"}},
	"an address": {func(p *Payment) { p.Webhooks[0].URL = "http://shop.test/other" },
		[]string{"webhook webhook 1 address: the address of webhook 1 is http://shop.test/hook/order-77001 in A and http://shop.test/other in B"}},
	"a forged webhook more": {func(p *Payment) {
		forged := p.Webhooks[0]
		forged.ID, forged.Forge = "whd_1", "wrong-key"
		forged.Attempts = []control.WebhookAttempt{{Entry: 3, Response: control.Response{Status: 401}}}
		p.Webhooks = append(p.Webhooks, forged)
	}, []string{"webhook webhooks: A has 1 webhook and B has 2", "webhook webhook 1: only B has webhook 1: whd_1, forged (wrong-key), 1 attempt (HTTP 401)"}},
	"no webhook": {func(p *Payment) { p.Webhooks = nil },
		[]string{"webhook webhooks: A has 1 webhook and B has 0", "webhook webhook 1: only A has webhook 1: whd_77001, genuine, 1 attempt (HTTP 200)"}},
	"a field": {body(`"amount":12.345`, `"amount":"12.345"`), []string{`field amount: the last webhook's amount is 12.345 in A and "12.345" in B: a number against text`}},
	"a form": {body(`"payment":"`, `"payment":"0`),
		[]string{`form reference.payment: the last webhook's reference.payment has another form: "77001" in A (5 digits) and "088002" in B (6 digits)`}},
	"the form of an id": {body(`"id":"chg_TS`, `"id":"chg-TS`),
		[]string{`form id: the last webhook's id has another form: "chg_TS77001" in A (chg_ and 7 letters and digits) and "chg-TS88002" in B (11 characters)`}},
	"a reference fewer": {body(`"order":`, `"ordre":`), []string{`field reference.order: only A has the last webhook's reference.order: "order-77001"`, `field reference.ordre: only B has the last webhook's reference.ordre: "order-88002"`}},
	"the source":        {body("src_kw.knet", "src_all"), []string{`field source.id: the last webhook's source.id is "src_kw.knet" in A and "src_all" in B`}},
	"a header": {func(p *Payment) {
		p.Webhooks[0].Attempts[0].Headers = map[string]string{"user-agent": "Tap", "hash": "00"}
	},
		[]string{"header user-agent: only B has the last webhook's header user-agent: Tap"}},
	"the layout": {body(`{"id"`, `{ "id"`), []string{"form body: the last webhook's JSON is compact in A and spread by white space in B"}},
}

// TestPayments changes one thing of a payment: the differences begin with the consequence that a person must see first.
func TestPayments(t *testing.T) {
	t.Parallel()
	for name, c := range paymentChanges {
		a, b := paid("77001"), paid("88002")
		c.change(b)
		same(t, name, Payments(a, b), c.want)
	}
}

// body changes the body of the last webhook.
func body(from, to string) func(p *Payment) {
	return func(p *Payment) {
		sent := &p.Webhooks[0].Attempts[0]
		sent.Body = strings.Replace(sent.Body, from, to, 1)
	}
}

// TestPaymentsFirst has the journal's difference first, whatever else differs, and names the entries.
func TestPaymentsFirst(t *testing.T) {
	t.Parallel()
	a, b := paid("77001"), paid("88002")
	a.Name, b.Name = "yesterday", "today"
	b.Trace.Charge.Status = tap.Failed
	b.Trace.Entries = slices.Insert(b.Trace.Entries, 1, control.Entry{Seq: 9, Event: tap.EventFault, Detail: "503 for GET"})
	found := Payments(a, b)
	if first := found[0]; len(found) != 2 || first.Text != "only today has fault_injected (503 for GET), after created" || first.EntryB != 9 || first.EntryA != 0 || first.Where != "fault_injected" {
		t.Errorf("%+v", found)
	}
	if found := Payments(&Payment{}, &Payment{}); found != nil {
		t.Errorf("two empty payments differ: %+v", found)
	}
}

// TestLongJournals compares journals of which more differs than is compared. Equal ones are equal in any length.
func TestLongJournals(t *testing.T) {
	t.Parallel()
	long := func(n int, odd tap.Event) *Payment {
		p := &Payment{}
		for i := range n {
			event := tap.EventAPICall
			if i%2 == 1 {
				event = odd
			}
			p.Trace.Entries = append(p.Trace.Entries, control.Entry{Seq: uint64(i + 1), Event: event})
		}
		return p
	}
	if found := Payments(long(9000, tap.EventPageBack), long(9000, tap.EventPageBack)); found != nil {
		t.Errorf("equal journals: %+v", found)
	}
	found := Payments(long(9000, tap.EventPageOpened), long(9000, tap.EventPageBack))
	if len(found) != maxDifferences+1 || found[0].Text != "after api_call comes page_opened in A and page_back in B" || found[0].EntryA != 2 {
		t.Errorf("%d differences, first %+v", len(found), found[0])
	}
	a, b := long(9000, tap.EventPageOpened), long(9000, tap.EventPageOpened)
	b.Trace.Entries[4000].Event = tap.EventFault
	found = Payments(a, b)
	if len(found) != 2 || found[0].Text != "after page_opened comes api_call in A and fault_injected in B" || found[0].EntryB != 4001 ||
		found[1].Text != "the journals are not compared to their ends: A has 9000 entries, B has 9000" {
		t.Errorf("a difference in the middle: %+v", found)
	}
}
