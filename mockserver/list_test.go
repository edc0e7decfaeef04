package mockserver_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// list requests a list and fails the test if the answer is an error.
func (m *mock) list(body string, headers ...string) (tap.ChargeList, answer) {
	m.t.Helper()
	a := m.api("POST", "/v2/charges/list", body, headers...)
	var l tap.ChargeList
	if err := json.Unmarshal([]byte(a.body), &l); err != nil || a.status != 200 || l.ObjectType != "list" || l.Count != len(l.Charges) {
		m.t.Fatalf("list %s: HTTP %d, %v\n%s", body, a.status, err, a.body)
	}
	return l, a
}

func idsOf(l tap.ChargeList) []string {
	ids := []string{}
	for _, c := range l.Charges {
		ids = append(ids, c.ID)
	}
	return ids
}

var methodOrActivities = regexp.MustCompile(`"method":"GET",|,"activities":\[[^]]*\]`)

// TestList lists charges in several states, and compares each with the answer to a GET.
func TestList(t *testing.T) {
	for _, style := range []string{"newest", "2022"} {
		m := startMock(t, mockserver.Config{}, "charge_style="+style)
		m.pay(m.create(documentedRequest(t, "http://127.0.0.1:1")).Transaction.URL, "9", "2030")
		m.advance(time.Minute)
		m.pay(m.create(request(nil)).Transaction.URL, "5", "2031")
		m.create(request(map[string]any{"source": at("id", "src_all"), "currency": "USD", "amount": 5}))
		l, a := m.list("{}")
		m.golden("list-"+style, a.wire(), "http://127.0.0.1:1")
		var raw struct{ Charges []json.RawMessage }
		if err := json.Unmarshal([]byte(a.body), &raw); err != nil {
			t.Fatal(err)
		}
		for i, c := range l.Charges {
			get := m.api("GET", "/v2/charges/"+c.ID, "").body
			if want := methodOrActivities.ReplaceAllString(get, ""); string(raw.Charges[i]) != want {
				t.Errorf("in the list it is\n%s\nin a GET, without method and activities,\n%s", raw.Charges[i], want)
			}
		}
	}
}

func TestListLayout(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "answer_format=indented")
	_, empty := m.list("")
	m.create(request(nil))
	_, one := m.list("")
	m.golden("list-indented", empty.wire()+"\n\n"+one.wire())
}

// TestListPages pages through 60 charges of one instant, in both directions.
func TestListPages(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	var all []string
	for range 60 {
		all = append(all, m.create(request(nil)).ID)
	}
	if l, _ := m.list("{}"); len(l.Charges) != 25 || !l.HasMore {
		t.Errorf("by default %d charges, more: %v", len(l.Charges), l.HasMore)
	}
	for _, order := range []string{"chronological", "reverse_chronological", ""} {
		want := slices.Clone(all)
		if order != "chronological" {
			slices.Reverse(want)
		}
		for _, limit := range []int{50, 30, 20, 7} {
			var got []string
			for more, pages := true, 0; more && pages < 60; pages++ {
				after := ""
				if len(got) > 0 {
					after = got[len(got)-1]
				}
				l, _ := m.list(fmt.Sprintf(`{"limit":%d,"order":%q,"order_by":"date","starting_after":%q}`, limit, order, after))
				got, more = append(got, idsOf(l)...), l.HasMore
				if more && len(l.Charges) != limit {
					t.Errorf("order %q, limit %d: a page of %d", order, limit, len(l.Charges))
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("order %q, limit %d: %d charges, %v", order, limit, len(got), got)
			}
		}
	}
}

// TestListFilters lists four charges with each filter of the request.
func TestListFilters(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	f := listed(m)
	names := map[string]string{f.old.ID: "old", f.paid.ID: "paid", f.refused.ID: "refused", f.dollars.ID: "dollars"}
	for _, c := range f.filters() {
		l, a := m.list(c.body)
		got := []string{}
		for _, id := range idsOf(l) {
			got = append(got, names[id])
		}
		if l.HasMore {
			got = append(got, "more")
		}
		if !slices.Equal(got, strings.Fields(c.want)) || a.header.Get("X-Tapmock-Note") != "" && !strings.Contains(c.body, `""`) {
			t.Errorf("%s: %v, want %s; note %q", c.body, got, c.want, a.header.Get("X-Tapmock-Note"))
		}
	}
}

// fourCharges are the charges that the filters select from, a minute apart.
type fourCharges struct{ old, paid, refused, dollars tap.Charge }

func listed(m *mock) fourCharges {
	old := m.create(request(map[string]any{
		"metadata":  map[string]any{"shop": "x", "n": 7, "deep": map[string]any{"a": []int{1}}},
		"reference": map[string]any{"order": "ord 1", "transaction": "txn 1", "idempotent": "once"},
		"customer": map[string]any{"id": "cus_TS01A0120261506b5FO0403089", "email": "Ali@shop.example",
			"phone": map[string]any{"country_code": "965", "number": "5000 0000"}},
	}))
	m.advance(time.Minute)
	paid := m.create(request(nil))
	m.pay(paid.Transaction.URL, "9", "2030")
	paid = m.retrieve(paid.ID)
	m.advance(time.Minute)
	refused := m.create(request(map[string]any{"metadata": at("shop", "x"), "merchant": at("id", "1234567")}))
	m.pay(refused.Transaction.URL, "5", "2031")
	m.advance(time.Minute)
	dollars := m.create(request(map[string]any{"source": at("id", "src_all"), "currency": "USD", "amount": 5}))
	return fourCharges{old, paid, refused, dollars}
}

type filter struct{ body, want string }

// filters are bodies of list requests, with the charges that they find, latest first.
func (f fourCharges) filters() []filter {
	period := func(from, to string) string {
		return `{"period":{"date":{"from":` + from + `,"to":` + to + `},"type":"1"}}`
	}
	created := f.paid.Transaction.Created
	return []filter{
		{`{}`, "dollars refused paid old"},
		{`{"period":{},"status":"","sources":[],"payment_methods":[""],"customers":null,"charges":"","starting_after":null,"limit":"","metadata":{},"payouts":{}}`, "dollars refused paid old"},
		{period(created, created), "paid"},
		{period(`"`+created+`"`, `null`), "dollars refused paid"},
		{period(`""`, created), "paid old"},
		{period(created, "10000000000"), ""},
		{`{"status":"INITIATED"}`, "dollars old"},
		{`{"status":"CAPTURED"}`, "paid"},
		{`{"status":"VOID"}`, ""},
		{`{"sources":["src_all"]}`, "dollars"},
		{`{"sources":["src_all","src_kw.knet"],"order":"chronological"}`, "old paid refused dollars"},
		{`{"payment_methods":["KNET"]}`, "refused paid"},
		{`{"payment_methods":["VISA"]}`, ""},
		{`{"customers":["cus_TS01A0120261506b5FO0403089"]}`, "old"},
		{`{"customers":["` + f.paid.Customer.ID + `"]}`, "paid"},
		{`{"charges":["` + f.paid.ID + `","chg_none","` + f.old.ID + `"]}`, "paid old"},
		{`{"charges":["` + f.paid.ID + `"],"status":"FAILED"}`, ""},
		{`{"starting_after":"` + f.refused.ID + `"}`, "paid old"},
		{`{"starting_after":"` + f.refused.ID + `","order":"chronological"}`, "dollars"},
		{`{"starting_after":"` + f.old.ID + `"}`, ""},
		{`{"starting_after":"` + f.dollars.ID + `","status":"INITIATED"}`, "old"},
		{`{"limit":"2"}`, "dollars refused more"},
		{`{"limit":4}`, "dollars refused paid old"},
		{`{"limit":1,"status":"FAILED"}`, "refused"},
		{`{"currency":"USD"}`, "dollars"},
		{`{"currency":"SAR"}`, ""},
		{`{"reference":{"order":["ord 1"]}}`, "old"},
		{`{"reference":{"order":["ord 0","ord 1"]}}`, "old"},
		{`{"reference":{"order":"","transaction":[]}}`, "dollars refused paid old"},
		{`{"reference":{"transaction":["txn 1"],"order":["ord 1"]}}`, "old"},
		{`{"reference":{"transaction":["txn 1"],"order":["ord 2"]}}`, ""},
		{`{"merchants":["1234567"]}`, "refused"},
		{`{"merchants":["599424"]}`, "dollars paid old"},
		{`{"merchants":["1234567","599424"],"period":{"type":"CHARGE"}}`, "dollars refused paid old"},
		{`{"merchants":["1"]}`, ""},
		{`{"email":"ali@SHOP.example"}`, "old"},
		{`{"email":"test@example.com"}`, "dollars refused paid"},
		{`{"mobile":"50000000"}`, "old"},
		{`{"mobile":96550000000}`, "old"},
		{`{"mobile":"+965 5000-0000"}`, "old"},
		{`{"mobile":"00965 50000000"}`, "old"},
		{`{"mobile":"0000000"}`, ""},
		{`{"metadata":{"shop":"x"}}`, "refused old"},
		{`{"metadata":{"shop":"x","n":"7"}}`, "old"},
		{`{"metadata":{"deep":{"a": [ 1 ]}}}`, "old"},
		{`{"metadata":{"shop":"y"}}`, ""},
		{`{"metadata":{"none":""}}`, ""},
	}
}

// badLists are requests whose answer is an error.
var badLists = []struct{ name, body, code string }{
	{"broken JSON", `{"limit":`, "2100"},
	{"trailing text", `{}x`, "2100"},
	{"a list", `[1]`, "2100"},
	{"a text", `"limit"`, "2100"},
	{"51 rows", `{"limit":51}`, "1162"},
	{"51 rows as text", `{"limit":"51"}`, "1162"},
	{"no row", `{"limit":0}`, "1162"},
	{"rows below zero", `{"limit":-1}`, "1162"},
	{"too many rows to count", `{"limit":99999999999999999999}`, "1162"},
	{"half a row", `{"limit":1.5}`, "1103"},
	{"rows that are not a number", `{"limit":"ten"}`, "1103"},
	{"rows that are a minus", `{"limit":"-"}`, "1103"},
	{"rows that are true", `{"limit":true}`, "1103"},
	{"status as a list", `{"status":["CAPTURED"]}`, "1103"},
	{"unknown status", `{"status":"PAID"}`, "1103"},
	{"unknown order", `{"order":"newest"}`, "1103"},
	{"unknown currency", `{"currency":"kwd"}`, "1118"},
	{"sources as text", `{"sources":"src_kw.knet"}`, "1103"},
	{"sources with an object", `{"sources":[{"id":"src_kw.knet"}]}`, "1103"},
	{"customers as an object", `{"customers":{"id":"cus_1"}}`, "1103"},
	{"charges as a number", `{"charges":1}`, "1103"},
	{"payment_methods as true", `{"payment_methods":true}`, "1103"},
	{"period as text", `{"period":"today"}`, "1103"},
	{"period.date as a number", `{"period":{"date":1772600767089}}`, "1103"},
	{"period.date.from as a day", `{"period":{"date":{"from":"2026-03-04"}}}`, "1103"},
	{"period.date.to with decimals", `{"period":{"date":{"to":1.5}}}`, "1103"},
	{"period.date.to as a list", `{"period":{"date":{"to":[1]}}}`, "1103"},
	{"period.type as an object", `{"period":{"type":{"a":1}}}`, "1103"},
	{"metadata as text", `{"metadata":"a"}`, "1103"},
	{"reference as text", `{"reference":"ord_1"}`, "1103"},
	{"reference.order as an object", `{"reference":{"order":{"a":1}}}`, "1103"},
	{"email as true", `{"email":true}`, "1103"},
	{"mobile as an object", `{"mobile":{"number":"5"}}`, "1103"},
	{"mobile without a number", `{"mobile":"none"}`, "1103"},
	{"starting_after another kind", `{"starting_after":"cus_1"}`, "1143"},
	{"starting_after as a list", `{"starting_after":["chg_1"]}`, "1103"},
	{"starting_after unknown", `{"starting_after":"chg_1"}`, "1144"},
}

func TestBadLists(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	var all strings.Builder
	for _, c := range badLists {
		a := m.api("POST", "/v2/charges/list", c.body)
		if a.status != 400 || !strings.Contains(a.body, `"code": "`+c.code+`"`) {
			t.Errorf("%s: HTTP %d %s, want 400 with %s", c.name, a.status, a.body, c.code)
		}
		fmt.Fprintf(&all, "-- %s --\n%s\n%s\n\n", c.name, a.wire(), strings.Join(a.header["X-Tapmock-Note"], "\n"))
	}
	m.golden("errors-list", all.String())
	other := startMock(t, mockserver.Config{}, "charge_not_found_status=404")
	if a := other.api("POST", "/v2/charges/list", `{"starting_after":"chg_1"}`); a.status != 404 || !strings.Contains(a.body, "1144") {
		t.Errorf("charge_not_found_status=404: HTTP %d %s", a.status, a.body)
	}
	if a := m.api("POST", "/v2/charges/list", "", "Authorization", ""); a.status != 401 {
		t.Errorf("without a key: HTTP %d", a.status)
	}
	if a := m.api("GET", "/v2/charges/list", ""); a.status != 404 || !strings.Contains(a.body, `"2102"`) {
		t.Errorf("GET: HTTP %d %s", a.status, a.body)
	}
}

// TestListNotApplied checks the note that names fields which are not filters. It is not a leniency.
func TestListNotApplied(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "strict=true")
	m.create(request(nil))
	body := `{"order_by":"amount","period":{"type":"2"},"reference":{"track":"tck_1","payment":[1]}}`
	l, a := m.list(body)
	want := "not applied: order_by, period.type, reference.track, reference.payment;"
	if note := a.header.Get("X-Tapmock-Note"); !strings.HasPrefix(note, want) || len(l.Charges) != 1 {
		t.Errorf("%d charges, note %q", len(l.Charges), note)
	}
	if _, a := m.list(`{"payouts":{},"charge_created":"","order_by":"date","period":{"type":1},"reference":{"track":null}}`); a.header.Get("X-Tapmock-Note") != "" {
		t.Errorf("without filters the note is %q", a.header.Get("X-Tapmock-Note"))
	}
}

// TestListsOfAccounts lists two accounts, and one that has evicted charges.
func TestListsOfAccounts(t *testing.T) {
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Charges: 3}})
	mine := m.create(request(nil))
	other := []string{"Authorization", "Bearer sk_test_other"}
	yours := m.create(request(nil), other...)
	if l, _ := m.list(`{}`, other...); !slices.Equal(idsOf(l), []string{yours.ID}) {
		t.Errorf("the other account has %v", idsOf(l))
	}
	if l, _ := m.list(`{"charges":["` + mine.ID + `"]}`); !slices.Equal(idsOf(l), []string{mine.ID}) {
		t.Errorf("by id, the account has %v", idsOf(l))
	}
	if a := m.api("POST", "/v2/charges/list", `{"starting_after":"`+mine.ID+`"}`, "Authorization", "Bearer sk_test_third"); !strings.Contains(a.body, "1144") {
		t.Errorf("starting after another account's charge: HTTP %d %s", a.status, a.body)
	}
	m.pay(mine.Transaction.URL, "9", "2030")
	m.create(request(nil))
	m.create(request(nil))
	if _, a := m.list(`{}`); a.header.Get("X-Tapmock-Note") != "" {
		t.Errorf("nothing was evicted, and the note is %q", a.header.Get("X-Tapmock-Note"))
	}
	m.create(request(nil))
	l, a := m.list(`{}`)
	if len(l.Charges) != 3 || slices.Contains(idsOf(l), mine.ID) || !strings.Contains(a.header.Get("X-Tapmock-Note"), "evicted 1 charges") {
		t.Errorf("%v, note %q", idsOf(l), a.header.Get("X-Tapmock-Note"))
	}
	evicted := m.api("POST", "/v2/charges/list", `{"starting_after":"`+mine.ID+`"}`)
	if notes := strings.Join(evicted.header["X-Tapmock-Note"], "\n"); evicted.status != 400 || !strings.Contains(notes, "evicted 1") || !strings.Contains(notes, "starting_after") {
		t.Errorf("starting after the evicted charge: HTTP %d %s, note %q", evicted.status, evicted.body, notes)
	}
}

// TestListWhileChargesChange lists while charges are created and paid: a list with a status has no charge with another.
func TestListWhileChargesChange(t *testing.T) {
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Charges: 20}})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 15 {
				m.pay(m.create(request(nil)).Transaction.URL, "9", "2030")
			}
		})
		all.Go(func() {
			for range 30 {
				l, _ := m.list(`{"status":"INITIATED"}`)
				if slices.ContainsFunc(l.Charges, func(c tap.Charge) bool { return c.Status != tap.Initiated || c.Transaction.URL == "" }) {
					t.Errorf("listed as INITIATED: %+v", l.Charges)
				}
			}
		})
	}
	all.Wait()
}
