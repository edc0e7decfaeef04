package mockserver_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestPayouts pays and refunds on three days, lists the payouts, and the charges of each by every filter that Tap documents.
func TestPayouts(t *testing.T) {
	s := &calls{stage: startStage(t, mockserver.Config{})}
	var ids []string
	for range 3 {
		ids = append(ids, s.pays("", nil).ID)
		s.advance(24 * time.Hour)
	}
	s.refunds(ids[2], nil)
	s.pays("outcome/no-funds", nil)
	s.advance(time.Minute)
	s.send("POST", "/v2/payouts/list/", "")
	var list tap.PayoutList
	s.decodeInto(s.call("POST", "/v2/payouts/list", `{"limit":2}`), &list)
	if len(list.Payouts) != 2 || !list.HasMore {
		t.Fatalf("%+v", list)
	}
	first := s.get(ids[0])
	s.decodeInto(s.call("POST", "/v2/payouts/list", fmt.Sprintf(`{"period":{"date":{"from":%d,"to":"%d"}},"merchants":["599424"]}`, list.Payouts[1].Date, list.Payouts[1].Date)), &list)
	if len(list.Payouts) != 1 || list.HasMore || list.Payouts[0].Amount != "12.345" {
		t.Fatalf("of a period: %+v", list)
	}
	payout := list.Payouts[0]
	s.decodeInto(s.call("POST", "/v2/payouts/list", fmt.Sprintf(`{"payouts":{"payout_id":[%q]},"order_by":"date"}`, payout.ID)), &list)
	if len(list.Payouts) != 1 || list.Payouts[0].ID != payout.ID {
		t.Errorf("of an id: %+v", list)
	}
	for filter, want := range map[string]string{
		fmt.Sprintf(`"payouts":{"payout_id":[%q]}`, payout.ID):                                                                     ids[1],
		fmt.Sprintf(`"payouts":{"payout_reference":[%q]}`, payout.BankReference):                                                   ids[1],
		fmt.Sprintf(`"charge_created":%q`, first.Transaction.Created):                                                              ids[0],
		fmt.Sprintf(`"period":{"date":{"from":%d,"to":%d},"type":"PAID_OUT"}`, payout.Date, payout.Date):                           ids[1],
		fmt.Sprintf(`"period":{"date":{"from":%d,"to":%d},"type":"SETTLED"}`, payout.Date-86400000, payout.Date-1):                 ids[1],
		fmt.Sprintf(`"period":{"date":{"from":%s,"to":%s},"type":"POST"}`, first.Transaction.Created, first.Transaction.Created):   ids[0],
		fmt.Sprintf(`"period":{"date":{"from":%s,"to":%s},"type":"CHARGE"}`, first.Transaction.Created, first.Transaction.Created): ids[0],
	} {
		a := s.call("POST", "/v2/charges/list", "{"+filter+"}")
		var found tap.ChargeList
		if s.decodeInto(a, &found); len(found.Charges) != 1 || found.Charges[0].ID != want || a.header.Get("X-Tapmock-Note") != "" {
			t.Errorf("%s: %d charges, %s %s", filter, len(found.Charges), a.body, a.header.Get("X-Tapmock-Note"))
		}
	}
	for _, body := range []string{`{"limit":0}`, `{"payouts":[1]}`, `{"period":{"date":{"to":"x"}}}`, "[1]", "{"} {
		s.send("POST", "/v2/payouts/list", body)
	}
	s.send("POST", "/v2/charges/list", `{"period":{"type":"EVER"}}`)
	s.send("GET", "/v2/payouts/list", "")
	s.golden("payouts", s.all.String(), s.shop.url)
}
