package mockserver_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// calls sends requests and records their answers, with what is drawn for ids replaced.
type calls struct {
	*stage
	all strings.Builder
}

func (c *calls) send(method, path, body string) answer {
	c.t.Helper()
	a := c.call(method, path, body)
	fmt.Fprintf(&c.all, "%s %s %s\nHTTP %d %s\n", method, path, body, a.status, strings.Join(strings.Fields(a.body), " "))
	for _, note := range a.header.Values("X-Tapmock-Note") {
		fmt.Fprintf(&c.all, "note: %s\n", note)
	}
	return a
}

// idOf is the id in an answer.
func (c *calls) idOf(a answer) string {
	c.t.Helper()
	var of struct{ ID string }
	if err := json.Unmarshal([]byte(a.body), &of); err != nil || of.ID == "" {
		c.t.Fatalf("no id in %s", a.body)
	}
	return of.ID
}

// TestCustomers creates, reads, changes, lists and deletes customers, and one that a charge has made.
func TestCustomers(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	id := s.idOf(s.send("POST", "/v2/customers/", `{"first_name":"First","middle_name":"Middle","last_name":"Last","email":"customer@test.com","phone":{"country_code":"965","number":"512345678"},
		"description":"test","metadata":{"udf1":"test"},"currency":"KWD","title":"Ms","nationality":"Kuwaiti"}`))
	s.advance(time.Minute)
	other := s.idOf(s.send("POST", "/v2/customers", `{"email":"only@test.com"}`))
	s.send("GET", "/v2/customers/"+id, "")
	s.send("PUT", "/v2/customers/"+id, `{"first_name":"Second","phone":{"country_code":965,"number":50000000},"metadata":{"udf2":"more","udf1":""}}`)
	s.send("PUT", "/v2/customers/"+id, `{"description":"changed"}`)
	s.advance(time.Minute)
	paid := s.get(s.pays("", nil).ID)
	s.send("GET", "/v2/customers/"+paid.Customer.ID, "")
	s.send("POST", "/v2/customers/list/", `{"limit":"50","page":"1","starting_after":""}`)
	s.send("POST", "/v2/customers/list", fmt.Sprintf(`{"limit":1,"starting_after":%q}`, paid.Customer.ID))
	s.send("GET", "/v2/customers/list", fmt.Sprintf(`{"customers":[%q],"period":{"date":{"from":1,"to":9999999999999}}}`, id))
	s.send("POST", "/v2/customers/list", `{"limit":"1","page":"3"}`)
	s.send("DELETE", "/v2/customers/"+id, "")
	s.send("DELETE", "/v2/customers/"+paid.Customer.ID, "")
	for _, gone := range []string{id, paid.Customer.ID} {
		s.send("GET", "/v2/customers/"+gone, "")
		s.send("PUT", "/v2/customers/"+gone, `{"first_name":"x"}`)
		s.send("DELETE", "/v2/customers/"+gone, "")
	}
	s.send("POST", "/v2/customers/list", "")
	fmt.Fprintf(&s.all, "journal: %d created, %d updated, %d deleted\n", len(s.entries(tap.EventCreated)), len(s.entries(tap.EventUpdated)), len(s.entries(tap.EventDeleted)))
	s.golden("customers", s.all.String(), s.shop.url)
	if _, err := s.control.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := s.call("GET", "/v2/customers/"+other, ""); a.status != 400 {
		t.Errorf("after a reset: HTTP %d", a.status)
	}
}

// TestCustomerErrors sends requests that are refused.
func TestCustomerErrors(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	long := strings.Repeat("x", 1000)
	for _, body := range []string{"", "{", "[]", `{"last_name":"x"}`, `{"first_name":"x"}`, `{"first_name":" ","phone":{"country_code":"965","number":"5000000"}}`, `{"first_name":"x","email":"perhaps"}`,
		`{"first_name":"x","phone":{"country_code":"","number":"5000000"}}`, `{"first_name":"x","phone":{"country_code":"965","number":"50"}}`, `{"first_name":"x","phone":"5000000"}`,
		`{"first_name":"x","email":"a@b.c","currency":"KW"}`, `{"first_name":["x"]}`, `{"first_name":"x","email":"a@b.c","metadata":[1]}`} {
		s.send("POST", "/v2/customers", body)
	}
	for _, field := range []string{"first_name", "middle_name", "last_name", "description", "title", "nationality", "email"} {
		fields := map[string]string{"first_name": "x", "email": "a@b.c"}
		if fields[field] = long; field == "email" {
			fields[field] += "@b.c"
		}
		body, _ := json.Marshal(fields)
		fmt.Fprintf(&s.all, "a long %s: %s\n", field, code(s.call("POST", "/v2/customers", string(body))))
	}
	large := map[string]any{}
	for n := range 20 {
		large[fmt.Sprint(n)] = long[1:]
	}
	body, _ := json.Marshal(map[string]any{"first_name": "x", "email": "a@b.c", "metadata": large})
	fmt.Fprintf(&s.all, "20 KB of metadata: %s\n", code(s.call("POST", "/v2/customers", string(body))))
	unknown := "/v2/customers/cus_TS07A0320241133g5RO1906000"
	for _, call := range [][3]string{{"GET", "/v2/customers", ""}, {"GET", "/v2/customers/abc", ""}, {"GET", unknown, ""}, {"PUT", unknown, `{"first_name":"x"}`}, {"DELETE", unknown, ""},
		{"PUT", "/v2/customers/abc", `{}`}, {"PUT", unknown, `{"first_name":""}`}, {"DELETE", "/v2/customers/abc", ""}, {"PATCH", unknown, ""}, {"POST", "/v2/customers/list", `{"limit":51}`},
		{"POST", "/v2/customers/list", `{"page":"0"}`}, {"POST", "/v2/customers/list", `{"page":"x"}`}, {"POST", "/v2/customers/list", `{"starting_after":"chg_1"}`},
		{"POST", "/v2/customers/list", `{"starting_after":"cus_1"}`}, {"POST", "/v2/customers/list", `[1]`}, {"POST", "/v2/customers/list", `{"mobile":"1"}`}, {"GET", "/v2/customer/cus_1", ""}} {
		s.send(call[0], call[1], call[2])
	}
	s.golden("errors-customer", s.all.String(), s.shop.url)
}

// TestChargeOfCustomer names only the id of a customer: the charge shows what is known of it, and under strict an unknown id is refused.
func TestChargeOfCustomer(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	id := s.idOf(s.send("POST", "/v2/customers", `{"first_name":"First","middle_name":"Middle","email":"customer@test.com","phone":{"country_code":"965","number":"512345678"}}`))
	named := at("customer", at("id", id))
	want := tap.ChargeCustomer{ID: id, FirstName: "First", MiddleName: "Middle", Email: "customer@test.com", Phone: &tap.Phone{CountryCode: "965", Number: "512345678"}}
	if got := s.create(s.order(named)).Customer; got.Phone == nil || *got.Phone != *want.Phone || got.FirstName != want.FirstName || got.MiddleName != want.MiddleName || got.ID != id {
		t.Errorf("the charge has %+v", got)
	}
	if got := s.create(s.order(at("customer", map[string]any{"id": id, "first_name": "Other"}))).Customer; got.FirstName != "Other" || got.Email != "" {
		t.Errorf("with a name of its own the charge has %+v", got)
	}
	if err := s.control.Set(t.Context(), map[string]string{"strict": "true"}); err != nil {
		t.Fatal(err)
	}
	if a := s.call("POST", "/v2/charges", s.order(named)); a.status != 200 {
		t.Errorf("strict: HTTP %d %s", a.status, a.body)
	}
	s.call("DELETE", "/v2/customers/"+id, "")
	if a := s.call("POST", "/v2/charges", s.order(named)); code(a) != "1106" {
		t.Errorf("strict, deleted: HTTP %d %s", a.status, a.body)
	}
}

// TestCustomerOfBothKinds pays a charge and an authorization of a customer that the account did not create: the list has it once.
func TestCustomerOfBothKinds(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	named := at("customer", map[string]any{"id": "cus_elsewhere", "first_name": "Test", "email": "a@b.c"})
	s.authorizes("", named)
	s.advance(time.Hour)
	s.pays("", named)
	s.advance(time.Hour)
	s.pays("", nil)
	var list tap.CustomerList
	if s.decodeInto(s.call("POST", "/v2/customers/list", ""), &list); len(list.Customers) != 2 || list.Customers[1].ID != "cus_elsewhere" {
		t.Errorf("the customers are %+v", list.Customers)
	}
}

// TestCustomersAreBounded creates more customers than the account may have: the oldest goes.
func TestCustomersAreBounded(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 3}})}
	var ids []string
	for n := range 5 {
		ids = append(ids, s.idOf(s.send("POST", "/v2/customers", fmt.Sprintf(`{"first_name":"n%d","email":"a@b.c"}`, n))))
	}
	for n, id := range ids {
		if a := s.call("GET", "/v2/customers/"+id, ""); (a.status == 200) != (n >= 2) {
			t.Errorf("customer %d: HTTP %d", n, a.status)
		}
	}
	if n := len(s.entries(tap.EventDeleted)); n != 2 {
		t.Errorf("%d deletions are journalled", n)
	}
}

// TestControlCustomers lists customers through the control API, with the cards that they have saved, masked.
func TestControlCustomers(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{}, "kfast=true")}
	id := s.idOf(s.call("POST", "/v2/customers", `{"first_name":"4508750015741019","last_name":"Last","email":"customer@test.com","phone":{"country_code":"965","number":"50000000"},"description":"test"}`))
	s.advance(time.Second)
	other := s.idOf(s.call("POST", "/v2/customers", `{"first_name":"Other","email":"other@test.com"}`))
	s.saveCard(id)
	all, err := s.control.Customers(t.Context())
	if err != nil || len(all) != 2 || all[0].ID != other || all[1].ID != id {
		t.Fatalf("%+v %v", all, err)
	}
	c := all[1]
	if c.FirstName != "************1019" || c.LastName != "Last" || c.Number != "50000000" || len(c.SavedCards) != 1 || c.SavedCards[0] != "888888******0001" {
		t.Errorf("%+v", c)
	}
	if one, err := s.control.Customer(t.Context(), other); err != nil || one.FirstName != "Other" || one.SavedCards != nil {
		t.Errorf("%+v %v", one, err)
	}
	if _, err := s.control.Customer(t.Context(), "cus_1"); err == nil || !strings.Contains(err.Error(), "no customer") {
		t.Errorf("an unknown one: %v", err)
	}
}

// TestCallFaults injects faults into the calls of an account by its default scenario: before and after they take effect, and into their answers.
func TestCallFaults(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	if err := s.control.PutScenarios(t.Context(), `scenarios:
  - {name: t/calls, description: x, api: [{on: customer.create, calls: 1, commit: true, fault: reset}, {on: customer.create, calls: 2, commit: false, fault: {status: 503}}, {on: customer.get, calls: 1, fault: not-json},
      {on: customer.update, calls: 1, fault: {status: 500}}, {on: customer.delete, calls: 1, commit: true, fault: half-body}, {on: customer.list, calls: 1, fault: {status: 429}}, {on: token.create, calls: 1, fault: {status: 500}},
      {on: refund.list, calls: 1, fault: {status: 503}}, {on: authorization.list, calls: 1, fault: {status: 503}}, {on: invoice.list, calls: 1, fault: {status: 503}}, {on: payout.list, calls: 1, fault: {status: 503}}]}`); err != nil {
		t.Fatal(err)
	}
	if a := s.call("POST", "/v2/charges", s.order(map[string]any{"metadata": at("tapmock_scenario", "t/calls")})); !strings.Contains(fmt.Sprint(a.header.Values("X-Tapmock-Note")), "works only in the default scenario") {
		t.Errorf("a charge that follows it: %v", a.header)
	}
	if err := s.control.SetDefaultScenario(t.Context(), "t/calls"); err != nil {
		t.Fatal(err)
	}
	const body = `{"first_name":"First","email":"a@b.c"}`
	lost, refused := s.call("POST", "/v2/customers", body), s.call("POST", "/v2/customers", body)
	if lost.status != 0 || refused.status != 503 {
		t.Errorf("the creates: HTTP %d and %d", lost.status, refused.status)
	}
	made := s.call("POST", "/v2/customers", body)
	id := "/v2/customers/" + s.idOf(made)
	for _, call := range []struct {
		method, path, body string
		status             int
	}{{"GET", id, "", 200}, {"PUT", id, `{"first_name":"x"}`, 500}, {"POST", "/v2/customers/list", "", 429}, {"POST", "/v2/tokens", tokenOfCard, 500}, {"POST", "/v2/refunds/list", "", 503}, {"POST", "/v2/authorize/list", "", 503},
		{"POST", "/v2/invoices/list", "", 503}, {"POST", "/v2/payouts/list", "", 503}} {
		if a := s.call(call.method, call.path, call.body); a.status != call.status || call.method == "GET" && json.Valid([]byte(a.body)) {
			t.Errorf("%s %s: HTTP %d %s", call.method, call.path, a.status, a.body)
		}
		if a := s.call(call.method, call.path, call.body); a.status != 200 || !json.Valid([]byte(a.body)) {
			t.Errorf("%s %s again: HTTP %d %s", call.method, call.path, a.status, a.body)
		}
	}
	var list tap.CustomerList
	if s.decodeInto(s.call("POST", "/v2/customers/list", ""), &list); len(list.Customers) != 2 {
		t.Errorf("%d customers, the one whose answer was lost and the last are wanted", len(list.Customers))
	}
	if s.call("DELETE", id, ""); code(s.call("GET", id, "")) != "1106" {
		t.Error("the customer was not deleted before its answer broke off")
	}
	if n := len(s.entries(tap.EventFault)); n != 11 {
		t.Errorf("%d faults are journalled", n)
	}
}
