package mockserver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestUpdateCharge changes a charge after its webhook: GET and the answer show the change, the webhook's bytes stay those that were sent.
func TestUpdateCharge(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.pays("", map[string]any{"metadata": map[string]any{"udf1": "one", "udf2": "two"}, "description": "Before"})
	hook := s.shop.visits("/hook")[0].body
	a := s.call("PUT", "/v2/charges/"+c.ID, `{"description":"After","metadata":{"udf2":"","udf1":"eins","udf3":3},"receipt":{"sms":true}}`)
	if a.status != 200 {
		t.Fatalf("HTTP %d %s", a.status, a.body)
	}
	got := decode(t, a.body)
	if got.Method != tap.MethodUpdate || got.Description != "After" || got.Metadata != `{"udf1":"eins","udf3":3}` || !got.Receipt.SMS || got.Receipt.Email || len(got.Activities) != 2 {
		t.Errorf("the answer: %s", a.body)
	}
	if again := s.get(c.ID); again.Description != "After" || again.Status != tap.Captured || again.Metadata != got.Metadata || again.Method != tap.MethodGet {
		t.Errorf("GET: %+v", again)
	}
	w, err := s.control.Webhooks(t.Context(), c.ID)
	if err != nil || w[0].Attempts[0].Body != hook {
		t.Errorf("the webhook is shown as %v, it was %s (%v)", w, hook, err)
	}
	if again, err := s.control.ResendWebhook(t.Context(), w[0].ID); err != nil || again.Attempts[0].Body != hook {
		t.Errorf("the webhook was sent again as %+v, %v", again, err)
	}
	s.call("PUT", "/v2/charges/"+c.ID, `{"metadata":{}}`)
	if got := s.get(c.ID); got.Metadata != "" || got.Description != "After" {
		t.Errorf("after empty metadata: %+v", got)
	}
	if n := len(s.entries("updated")); n != 2 {
		t.Errorf("%d updates are in the journal", n)
	}
	s.golden("update-charge", a.body, s.shop.url)
}

// TestUpdateOfOpenCharge updates a charge before it is paid: a repeated create still gets the original answer, and the activities keep
// their ids.
func TestUpdateOfOpenCharge(t *testing.T) {
	var ids [2]string
	for i, update := range []bool{false, true} {
		s := startStage(t, mockserver.Config{Seed: 7})
		body := s.order(map[string]any{"reference": map[string]any{"idempotent": "1"}, "description": "Before"})
		first := s.call("POST", "/v2/charges", body)
		id := decode(t, first.body).ID
		if update {
			s.call("PUT", "/v2/charges/"+id, `{"description":"After"}`)
		}
		if again := s.call("POST", "/v2/charges", body); again.body != first.body {
			t.Errorf("update %t: again %s\nfirst %s", update, again.body, first.body)
		}
		m := s.open(decode(t, first.body).Transaction.URL)
		m.submit("9", "2030").post("confirm")
		for _, a := range s.get(id).Activities {
			ids[i] += a.ID + " " + string(a.Status) + "\n"
		}
	}
	if ids[0] != ids[1] || strings.Count(ids[0], "\n") != 2 {
		t.Errorf("the activities are\n%swith an update\n%s", ids[0], ids[1])
	}
}

// TestUpdateErrors sends updates that are refused, and many, until a charge has no room for another version.
func TestUpdateErrors(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.pays("", nil)
	r := s.refunds(c.ID, nil)
	var all strings.Builder
	for _, one := range [][2]string{
		{"charges/chg_TS07A0320241133g5RO1906000", `{"description":"x"}`}, {"charges/abc", `{"description":"x"}`}, {"charges/" + c.ID, ""}, {"charges/" + c.ID, "{}"},
		{"charges/" + c.ID, `{"description":"` + strings.Repeat("x", 1000) + `"}`}, {"charges/" + c.ID, `{"metadata":{"a":"` + strings.Repeat("x", 1000) + `"}}`},
		{"charges/" + c.ID, `{"metadata":["a"]}`}, {"charges/" + c.ID, `{"receipt":{"email":"perhaps"}}`}, {"charges/" + c.ID, `{"amount":1}`},
		{"refunds/re_TS07A0320241133g5RO1906000", `{"metadata":{"a":"b"}}`}, {"refunds/rf_1", `{"metadata":{"a":"b"}}`}, {"refunds/" + r.ID, `{"description":"x"}`},
	} {
		a := s.call("PUT", "/v2/"+one[0], one[1])
		text := strings.Join(strings.Fields(a.body), " ")
		if a.status == 200 {
			text = "…"
		}
		fmt.Fprintf(&all, "%.40s: HTTP %d %s (%s)\n", one[1], a.status, text, a.header.Get("X-Tapmock-Note"))
	}
	s.golden("errors-update", all.String(), s.shop.url)
	for i := 0; ; i++ {
		a := s.call("PUT", "/v2/charges/"+c.ID, fmt.Sprintf(`{"description":"%d"}`, i))
		if a.status == 200 && i < 100 {
			continue
		}
		if a.status != 503 || i != 62 || !strings.Contains(a.header.Get("X-Tapmock-Note"), "has 64 changes, which is the maximum") {
			t.Errorf("update %d: HTTP %d %s (%s)", i, a.status, a.body, a.header.Get("X-Tapmock-Note"))
		}
		break
	}
}

// TestUpdateFault loses the answer to an update after it was made, and one before.
func TestUpdateFault(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	if err := s.control.PutScenarios(t.Context(), `
scenarios:
  - name: shop/update
    description: The first update is lost, the second one is made but its answer is lost.
    match: {currency: KWD}
    api: [{on: charge.update, calls: 1, fault: {status: 503}}, {on: charge.update, calls: 2, commit: true, fault: reset}]
`); err != nil {
		t.Fatal(err)
	}
	c := s.pays("", map[string]any{"description": "0"})
	for i, want := range []string{"0", "2", "3"} {
		s.call("PUT", "/v2/charges/"+c.ID, fmt.Sprintf(`{"description":"%d"}`, i+1))
		if got := s.get(c.ID).Description; got != want {
			t.Errorf("after update %d the description is %q, want %q", i+1, got, want)
		}
	}
}

// TestListRefunds lists refunds with each filter, page by page, and an empty list in both forms.
func TestListRefunds(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "refund_delay=0s")
	empty := s.call("POST", "/v2/refunds/list", "")
	one, two := s.pays("", nil), s.pays("", nil)
	var ids []string
	for i := range 6 {
		charge := one.ID
		if i >= 4 {
			charge = two.ID
		}
		ids = append([]string{s.refunds(charge, at("amount", 1)).ID}, ids...)
		s.advance(time.Hour)
	}
	from := opening.Add(90 * time.Minute).UnixMilli()
	list := func(body string) (found []string, more bool) {
		t.Helper()
		var l tap.RefundList
		s.decodeInto(s.call("POST", "/v2/refunds/list", body), &l)
		for _, r := range l.Refunds {
			found = append(found, r.ID)
		}
		return found, l.HasMore
	}
	for _, c := range []struct {
		body string
		want []string
		more bool
	}{
		{"{}", ids, false}, {`{"limit":2}`, ids[:2], true}, {`{"limit":2,"starting_after":"` + ids[1] + `"}`, ids[2:4], true},
		{`{"limit":2,"starting_after":"` + ids[3] + `"}`, ids[4:], false}, {`{"charges":["` + two.ID + `"]}`, ids[:2], false},
		{`{"refunds":["` + ids[2] + `","re_x"]}`, ids[2:3], false}, {fmt.Sprintf(`{"period":{"date":{"from":%d}}}`, from), ids[:4], false},
		{fmt.Sprintf(`{"period":{"date":{"to":%d}}}`, from), ids[4:], false},
	} {
		if got, more := list(c.body); fmt.Sprint(got, more) != fmt.Sprint(c.want, c.more) {
			t.Errorf("%s: %v %t, want %v %t", c.body, got, more, c.want, c.more)
		}
	}
	r := s.call("PUT", "/v2/refunds/"+ids[0], `{"metadata":{"udf1":"one"}}`)
	s.control.Set(t.Context(), map[string]string{"refund_list_empty": "error"})
	none := s.call("POST", "/v2/refunds/list", `{"charges":["chg_x"]}`)
	bad := s.call("POST", "/v2/refunds/list", `{"limit":51,"starting_after":"chg_1"}`)
	s.golden("list-refunds", empty.body+"\n"+s.call("POST", "/v2/refunds/list", `{"limit":1}`).body+"\n"+r.body+"\n"+none.wire()+"\n"+bad.wire(), s.shop.url)
}
