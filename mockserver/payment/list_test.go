package payment

import (
	"encoding/json"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestListing writes a list of two charges: it counts them and leaves out method and activities.
func TestListing(t *testing.T) {
	l := Listing{Payments: []Payment{captured(t, nil), newCharge(tap.SourceAll)}, More: true}
	var got tap.ChargeList
	if text := l.AppendJSON([]byte(" ")); json.Unmarshal(text, &got) != nil || text[0] != ' ' {
		t.Fatalf("the list is %s", text)
	}
	if got.Count != 2 || !got.HasMore || len(got.Charges) != 2 || got.Charges[1].ID != "chg_1" || got.Charges[0].Status != tap.Captured {
		t.Errorf("the list is %+v", got)
	}
	if got.Charges[0].Method != "" || got.Charges[0].Activities != nil || got.Charges[0].Product != "GOSELL" {
		t.Errorf("a charge of the list is %+v", got.Charges[0])
	}
}

func set(values ...string) map[string]bool {
	all := map[string]bool{}
	for _, v := range values {
		all[v] = true
	}
	return all
}

// TestMatchesNow compares requests with a charge before and after its capture.
func TestMatchesNow(t *testing.T) {
	before := chargeOf(func(_ *tap.PaymentRequest, s *tap.Settings) { s.MerchantID = "5" })
	after := before
	finish(t, &after, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventSettled, Bank{})
	failed := before
	finish(t, &failed, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{})
	elsewhere := newCharge(tap.SourceAll)
	finish(t, &elsewhere, tap.OutcomePageExpired(), tap.EventSettled, Bank{})
	for _, test := range []struct {
		name string
		req  tap.ListRequest
		want [4]bool // before, captured, failed, ended before KNET was chosen
	}{
		{"all", tap.ListRequest{}, [4]bool{true, true, true, true}},
		{"a status", tap.ListRequest{Status: tap.Captured}, [4]bool{false, true, false, false}},
		{"the first status", tap.ListRequest{Status: tap.Initiated}, [4]bool{true, false, false, false}},
		{"the merchant", tap.ListRequest{Merchants: set("5")}, [4]bool{true, true, true, false}},
		{"another merchant", tap.ListRequest{Merchants: set("6")}, [4]bool{}},
		{"a source", tap.ListRequest{Sources: set(tap.SourceKNET, "x")}, [4]bool{true, true, true, false}},
		{"the other source", tap.ListRequest{Sources: set(tap.SourceAll)}, [4]bool{false, false, false, true}},
		{"a method, which only an ended charge has", tap.ListRequest{PaymentMethods: set("KNET")}, [4]bool{false, true, true, false}},
		{"the drawn customer, shown after a capture", tap.ListRequest{Customers: set(after.References().Customer)}, [4]bool{false, true, false, false}},
	} {
		for i, c := range []Payment{before, after, failed, elsewhere} {
			if got := c.MatchesNow(&test.req); got != test.want[i] {
				t.Errorf("%s: charge %d (%s) matches: %t", test.name, i, c.Status, got)
			}
		}
	}
}

// TestMatchesCustomerOfTheRequest finds a charge by the customer that its request names, before and after the capture.
func TestMatchesCustomerOfTheRequest(t *testing.T) {
	named := func(req *tap.PaymentRequest, _ *tap.Settings) { req.Customer.ID = "cus_1" }
	before, after := chargeOf(named), captured(t, named)
	for _, c := range []Payment{before, after} {
		if !c.MatchesNow(&tap.ListRequest{Customers: set("cus_1")}) || c.MatchesNow(&tap.ListRequest{Customers: set("cus_2")}) {
			t.Errorf("the customer of the %s charge is %q", c.Status, c.References().Customer)
		}
	}
}
