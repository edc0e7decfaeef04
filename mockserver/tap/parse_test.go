package tap

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/parse.golden")

// parser parses a body of one kind of request into JSON of its values.
type parser func(body []byte, s *Settings) (any, []string, error)

func parserOf[T any](parse func([]byte, *Settings) (T, []string, error)) parser {
	return func(body []byte, s *Settings) (any, []string, error) { return parse(body, s) }
}

func ofKind[T any](kind Kind, parse func(Kind, []byte, *Settings) (T, []string, error)) parser {
	return func(body []byte, s *Settings) (any, []string, error) { return parse(kind, body, s) }
}

func updateOf(kind Kind) parser {
	return func(body []byte, s *Settings) (any, []string, error) { return ParseUpdate(body, kind, s) }
}

// invoiceParser parses requests for invoices, or updates of one.
func invoiceParser(before *InvoiceRequest) parser {
	now := time.UnixMilli(1772355600000)
	return func(body []byte, s *Settings) (any, []string, error) {
		if before != nil {
			return ParseInvoiceUpdate(body, before, now, s)
		}
		return ParseInvoiceRequest(body, now, s)
	}
}

// invoiceWith is a valid request for an invoice of which a part is replaced.
func invoiceWith(part, by string) string {
	const whole = `{"due":4102444800000,"expiry":4102444800000,"customer":{"first_name":"F","email":"a@b.c"},"order":{"amount":5,"currency":"KWD","items":[{"name":"n","amount":5,"quantity":1}]}}`
	return strings.Replace(whole, part, by, 1)
}

// long is a text of n characters.
func long(n int) string { return strings.Repeat("x", n) }

// order is a valid request for an authorization with more fields.
func order(more string) string {
	return `{"amount":1,"currency":"KWD","customer":{"id":"cus_1"},"source":{"id":"src_kw.knet"},"redirect":{"url":"https://shop.example"}` + more + `}`
}

// refundWith is a valid request for a refund of which a field is replaced or added.
func refundWith(field, value string) string {
	fields := map[string]string{"charge_id": `"chg_1"`, "amount": "1", "currency": `"KWD"`, "reason": `"r"`}
	if fields[field] = value; value == "" {
		delete(fields, field)
	}
	var parts []string
	for _, key := range []string{"charge_id", "amount", "currency", "reason", "description", "metadata", "post", "reference", "post_url", "destinations", "unknown"} {
		if v, ok := fields[key]; ok {
			parts = append(parts, `"`+key+`":`+v)
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

var parsers = []struct {
	name   string
	parse  parser
	bodies []string
}{
	{"authorization", ofKind(KindAuthorization, ParsePaymentRequest), []string{order(""), order(`,"auto":{"type":"VOID","time":1},"authorize_debit":true`), order(`,"auto":{"type":"CAPTURE","time":"168"}`),
		order(`,"auto":{"type":"VOID","time":169}`), order(`,"auto":{"type":"VOID","time":0}`), order(`,"auto":{"time":1}`), order(`,"auto":{"type":"VOID"}`), order(`,"authorize_debit":"perhaps"`)}},
	{"capture", ofKind(KindCharge, ParsePaymentRequest), []string{strings.Replace(order(""), "src_kw.knet", "auth_", 1), strings.Replace(order(""), "src_kw.knet", "auth_"+long(55), 1),
		strings.Replace(order(""), "src_kw.knet", "auth_"+long(56), 1), strings.Replace(order(""), "src_kw.knet", "auth_1", 1), strings.Replace(order(`,"auto":{"type":"VOID","time":1}`), "src_kw.knet", "tok_1", 1)}},
	{"refund", parserOf(ParseRefundRequest), []string{"", "{", "[]", "7", refundWith("charge_id", ""), refundWith("amount", ""), refundWith("amount", "0"), refundWith("amount", "-1"), refundWith("amount", "0.0001"),
		refundWith("amount", `"2.5"`), refundWith("amount", "[]"), refundWith("amount", "[1]"), refundWith("amount", "{}"), refundWith("currency", `"KW"`), refundWith("currency", ""), refundWith("reason", ""),
		refundWith("reason", `"`+long(249)+`"`), refundWith("reason", `"`+long(250)+`"`), refundWith("description", `"`+long(999)+`"`), refundWith("description", `"`+long(1000)+`"`),
		refundWith("reference", `{"merchant":"m","idempotent":"i"}`), refundWith("reference", `{"merchant":"`+long(100)+`"}`), refundWith("reference", `{"idempotent":"`+long(100)+`"}`),
		refundWith("metadata", `{"a":"b"}`), refundWith("metadata", `[]`), refundWith("metadata", `7`), refundWith("post", `{"url":"https://shop.example"}`), refundWith("post", `{"url":"shop"}`),
		refundWith("post_url", `""`), refundWith("destinations", `{}`), refundWith("unknown", "1"), refundWith("reason", "7")}},
	{"update of a charge", updateOf(KindCharge), []string{"", "[]", `{"description":"d"}`, `{"description":""}`, `{"description":"` + long(1000) + `"}`, `{"metadata":{"a":1}}`, `{"metadata":{}}`, `{"metadata":""}`,
		`{"metadata":7}`, `{"receipt":{"email":true,"sms":"false"}}`, `{"receipt":{"email":null,"sms":""}}`, `{"receipt":{"email":7}}`, `{"receipt":7}`, `{"amount":1}`, `{"metadata":{"a":"` + long(1000) + `"}}`}},
	{"update of a refund", updateOf(KindRefund), []string{`{"metadata":{"a":"b"}}`, `{"description":"d"}`, `{"receipt":{"sms":true}}`}},
	{"list of charges", ofKind(KindCharge, ParseListRequest), []string{"", "{}", "[]", "null", "[1]", `"x"`, "{", `{"limit":"50"}`, `{"limit":51}`, `{"limit":0}`, `{"limit":-1}`, `{"limit":"x"}`, `{"limit":99999999999999999999}`,
		`{"period":{"date":{"from":1772600767,"to":"1772600767"}}}`, `{"period":{"date":{"from":10000000000,"to":10000000001}}}`, `{"period":{"date":{"from":9999999999}}}`, `{"period":{"date":{"from":1772600000000,"to":1775192000000}}}`,
		`{"period":{"date":{"from":1772600000000,"to":1775192000001}}}`, `{"period":{"date":{"from":"x"}}}`, `{"period":{"date":{"from":1775192000001,"to":1}}}`, `{"period":{"type":"POST"}}`, `{"period":{"type":"SETTLED"}}`,
		`{"period":{"type":"PAID_OUT"}}`, `{"period":{"type":"1"}}`, `{"period":{"type":"CHARGE"}}`, `{"period":{"type":"x"}}`, `{"period":{"type":[1]}}`, `{"status":"CAPTURED"}`, `{"status":" CAPTURED "}`, `{"status":"null"}`, `{"status":"PAID"}`,
		`{"sources":["src_all"],"payment_methods":["KNET"],"customers":["cus_1"],"charges":["chg_1"],"merchants":["1"]}`, `{"charges":{"0":"chg_1"}}`, `{"charges":{"a":"chg_1"}}`, `{"charges":"chg_1"}`,
		`{"starting_after":"chg_1"}`, `{"starting_after":"auth_1"}`, `{"order":"chronological"}`, `{"order":"reverse_chronological"}`, `{"order":"newest"}`, `{"order_by":"date"}`, `{"order_by":"amount"}`, `{"currency":"KWD"}`, `{"currency":"KW"}`,
		`{"reference":{"order":"o","transaction":["t"],"track":"x","gateway":null}}`, `{"email":"A@b.c","mobile":"+965 5000-0000","metadata":{"a":1}}`, `{"mobile":"x"}`, `{"mobile":"123"}`, `{"metadata":7}`, `{"additional_fields":["destination_id"]}`,
		`{"charge_created":1772600767089}`, `{"payouts":{"payout_id":["payout_1"],"payout_reference":"FT1"}}`, `{"payouts":7}`, `{"unknown":1}`, `{"period.date":1}`}},
	{"download of charges", ofKind(KindCharge, ParseDownloadRequest), []string{"", `{"limit":100000}`, `{"limit":100001}`, `{"additional_fields":["destination_id"]}`}},
	{"list of authorizations", ofKind(KindAuthorization, ParseListRequest), []string{`{"starting_after":"auth_1"}`, `{"starting_after":"chg_1"}`}},
	{"list of refunds", parserOf(ParseRefundListRequest), []string{"", "[1]", `{"refunds":["re_1"],"charges":["chg_1"],"limit":5,"starting_after":"re_1"}`, `{"starting_after":"chg_1"}`, `{"dispute":true}`, `{"status":"REFUNDED"}`,
		`{"period":{"date":{"from":1772600767089,"to":1772600767090}}}`, `{"limit":51}`}},
	{"download of refunds", parserOf(ParseRefundDownload), []string{"", `{"limit":100001}`}},
	{"customer", parserOf(ParseCustomerRequest), []string{"", `{"first_name":"x"}`, `{"email":"a@b.c"}`, `{"first_name":" ","email":"a@b.c"}`, `{"first_name":"x","phone":{"country_code":965,"number":"50000000"}}`, `{"first_name":"x","phone":{"number":"50000000"}}`,
		`{"first_name":"x","phone":{"country_code":"965","number":"123"}}`, `{"first_name":"x","email":"a"}`, `{"first_name":"` + long(149) + `","email":"a@b.c"}`, `{"first_name":"` + long(150) + `","email":"a@b.c"}`, `{"first_name":"x","email":"a@b.c","last_name":"` + long(150) + `"}`,
		`{"first_name":"x","email":"a@b.c","middle_name":"` + long(150) + `"}`, `{"first_name":"x","email":"a@b.c","description":"` + long(1000) + `"}`, `{"first_name":"x","email":"a@b.c","title":"` + long(100) + `"}`, `{"first_name":"x","email":"a@b.c","currency":"KW"}`,
		`{"first_name":"x","email":"a@b.c","currency":"KWD","metadata":{"a":"b"},"nationality":"n","middle_name":"m","last_name":"l","title":"t","description":"d"}`, `{"first_name":7,"email":"a@b.c","unknown":1}`, `{"phone":7}`}},
	{"update of a customer", parserOf(ParseCustomerUpdate), []string{`{"first_name":"x"}`, `{"first_name":""}`, `{"last_name":"l"}`, `{"metadata":""}`, `{"email":"a"}`}},
	{"list of customers", parserOf(ParseCustomerListRequest), []string{"", `{"limit":"50","page":"2","starting_after":"cus_1"}`, `{"page":0}`, `{"page":1000001}`, `{"page":""}`, `{"starting_after":"x"}`, `{"customers":["cus_1"],"period":{"date":{"from":1772600767089,"to":1772600767090}}}`, `{"status":1}`}},
	{"list of payouts", parserOf(ParsePayoutListRequest), []string{"", `{"merchants":["1"],"payouts":{"payout_id":"payout_1"},"order_by":"date","limit":5,"period":{"date":{"from":1772600767089,"to":1772600767090}}}`, `{"payouts":7}`, `{"period":{"unknown":1}}`}},
	{"token", parserOf(ParseTokenRequest), []string{`{"card":{"number":8888880000000001,"exp_month":"9","exp_year":"2030","cvc":1,"name":"n","address":{"line1":"x"}},"client_ip":"::1"}`, `{"card":{"number":"8888880000000001","exp_month":1,"exp_year":99}}`,
		`{"card":{"number":"8888880000000001","exp_month":12,"exp_year":2099}}`, `{"card":{"number":"8888880000000001","exp_month":0,"exp_year":30}}`, `{"card":{"number":"8888880000000001","exp_month":13,"exp_year":30}}`, `{"card":{"number":"8888880000000001","exp_month":1,"exp_year":100}}`,
		`{"card":{"number":"8888880000000001","exp_month":1,"exp_year":2100}}`, `{"card":{"number":"8888880000000001","exp_month":1,"exp_year":-1}}`, `{"card":{"number":"4508750000000001","exp_month":1,"exp_year":30}}`, `{"card":{}}`, `{"card":7}`, `{"card":{"crypted_data":"x"}}`,
		`{"type":"applepay"}`, `{"saved_card":{"card_id":"card_1","customer_id":"cus_1"}}`, `{"saved_card":{"card_id":"card_1","customer_id":"x"}}`, `{"card":{"number":"8888880000000001","exp_month":1,"exp_year":30,"address":"x"}}`,
		`{"card":{"number":"8888880000000001","exp_month":1,"exp_year":30,"name":"` + long(2000) + `"}}`, `{"card":{"number":"8888880000000001","exp_month":1,"exp_year":30,"name":"` + long(2001) + `"}}`, `{"unknown":1}`}},
	{"invoice", invoiceParser(nil), []string{"", "{", invoiceWith("", ""), invoiceWith(`"amount":5,`, ``), invoiceWith(`"amount":5,`, `"amount":"5.5",`), invoiceWith(`"amount":5,`, `"amount":5.0001,`), invoiceWith(`"amount":5,`, `"amount":-1,`),
		invoiceWith(`"amount":5,`, `"amount":[],`), invoiceWith(`"KWD","items"`, `"KW","items"`), invoiceWith(`"items":[{"name":"n","amount":5,"quantity":1}]`, `"items":[]`), invoiceWith(`"items":[{"name":"n","amount":5,"quantity":1}]`, `"items":null`),
		invoiceWith(`"items":[{"name":"n","amount":5,"quantity":1}]`, `"items":7`), invoiceWith(`"quantity":1`, `"quantity":0`), invoiceWith(`"quantity":1`, `"quantity":"1000000"`), invoiceWith(`"quantity":1`, `"quantity":1000001`), invoiceWith(`"quantity":1`, `"quantity":1,"currency":"USD"`),
		invoiceWith(`"due":4102444800000`, `"due":4102444800`), invoiceWith(`"due":4102444800000`, `"due":0`), invoiceWith(`"due":4102444800000`, `"due":-1`), invoiceWith(`"expiry":4102444800000`, `"expiry":1772355600000`), invoiceWith(`"expiry":4102444800000`, `"expiry":1772355600001`),
		invoiceWith(`"due"`, `"mode":"PAY","due"`), invoiceWith(`"due"`, `"mode":"x","due"`), invoiceWith(`"due"`, `"note":"`+long(999)+`","due"`), invoiceWith(`"due"`, `"note":"`+long(1000)+`","due"`), invoiceWith(`"due"`, `"draft":"true","retry_for_captured":false,"due"`),
		invoiceWith(`"due"`, `"draft":7,"due"`), invoiceWith(`"due"`, `"notifications":{"channels":["SMS"],"dispatch":true},"currencies":["KWD"],"payment_methods":null,"due"`), invoiceWith(`"due"`, `"currencies":7,"due"`), invoiceWith(`"due"`, `"post":{"url":"x"},"redirect":{"url":"https://shop.example"},"due"`),
		invoiceWith(`"due"`, `"redirect":{"url":"javascript:x"},"due"`), invoiceWith(`"due"`, `"metadata":{"a":1},"reference":{"invoice":"i","order":"o"},"charge":{"receipt":{"email":true,"sms":true},"statement_descriptor":"s"},"due"`), invoiceWith(`"due"`, `"unknown":1,"due"`),
		invoiceWith(`"quantity":1}]`, `"quantity":1,"discount":{"type":"P","value":0}}],"tax":[{"name":"VAT","rate":{"type":"F","value":1}}],"shipping":{"amount":1,"provider":"p"}`), invoiceWith(`"email":"a@b.c"`, `"email":"x"`), invoiceWith(`"first_name":"F",`, ``), invoiceWith(`"first_name":"F","email":"a@b.c"`, `"first_name":"F"`),
		invoiceWith(`"first_name":"F","email":"a@b.c"`, `"id":"cus_1"`), invoiceWith(`"first_name":"F","email":"a@b.c"`, `"id":"x"`), invoiceWith(`{"first_name":"F","email":"a@b.c"}`, `{}`), invoiceWith(`"email":"a@b.c"`, `"phone":{"country_code":"965","number":"50"}`)}},
	{"update of an invoice", invoiceParser(&InvoiceRequest{Amount: 1, Currency: "KWD", Due: 1, Expiry: 4102444800000, Mode: "PAY", Items: []InvoiceItem{{Quantity: 1}}, Customer: Customer{ID: "cus_1"}, Metadata: `{"a":"1"}`, Retry: true}),
		[]string{`{"note":"n"}`, `{"metadata":{"b":"2","a":""}}`, `{"order":{"items":[{"quantity":2},{"quantity":3}]}}`, `{"due":0}`, `{"customer":{"id":"x"}}`}},
	{"list of invoices", parserOf(ParseInvoiceListRequest), []string{"", `{"limit":5,"period":{"date":{"from":1772600767089}}}`, `{"status":"PAID"}`, "[1]"}},
	{"verification", parserOf(ParseVerifyRequest), []string{"{", "{}", `{"source":{"id":"tok_1"}}`}},
}

// TestParse compares what each parser makes of each body with a golden file, and that under strict each leniency is an error.
func TestParse(t *testing.T) {
	var all strings.Builder
	for _, p := range parsers {
		fmt.Fprintf(&all, "== %s\n", p.name)
		for _, body := range p.bodies {
			settings := DefaultSettings()
			fmt.Fprintln(&all, clippedBody(body)+"\n    "+clippedBody(parsedAs(p.parse, body, &settings)))
			_, notes, err := p.parse([]byte(body), &settings)
			settings.Strict = true
			_, _, strict := p.parse([]byte(body), &settings)
			if e, ok := errors.AsType[*Error](strict); err == nil && (strict != nil) != (len(notes) > 0) || strict != nil && !ok || err == nil && ok && !strings.HasPrefix(e.Description, "strict: ") {
				t.Errorf("%s, %s: %v, strict %v, notes %q", p.name, clippedBody(body), err, strict, notes)
			}
		}
	}
	if *update {
		if err := os.WriteFile("testdata/parse.golden", []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/parse.golden")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(all.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(got) || got[i] != line {
			t.Fatalf("testdata/parse.golden:%d:\n%s\nnow %s", i+1, line, got[min(i, len(got)-1)])
		}
	}
}

// parsedAs is what a parser makes of a body, as text.
func parsedAs(parse parser, body string, s *Settings) string {
	of, notes, err := parse([]byte(body), s)
	text := fmt.Sprint(err)
	if err == nil {
		values, _ := json.Marshal(of)
		text = string(values)
		if r, ok := of.(*CustomerRequest); ok {
			text += " metadata " + r.metadata.Metadata
		}
		if r, ok := of.(*ListRequest); ok {
			text += fmt.Sprint(" metadata ", r.metadata)
		}
	}
	for _, note := range notes {
		text += " | " + note
	}
	return text
}

// clippedBody has runs of x shortened.
func clippedBody(s string) string {
	for _, n := range []int{2001, 2000, 1000, 999, 250, 249, 150, 149, 100, 56, 55} {
		s = strings.ReplaceAll(s, long(n), fmt.Sprintf("(%d x)", n))
	}
	return s
}
