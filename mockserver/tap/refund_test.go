package tap

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestRefundMoves checks every pair of from and to.
func TestRefundMoves(t *testing.T) {
	over := []RefundStatus{Refunded, RefundCancelled, RefundFailed, RefundDeclined, RefundRestricted, RefundTimedOut, RefundUnknown}
	ended := append(slices.Clone(over), RefundRejected)
	for _, from := range RefundStatuses() {
		for _, to := range RefundStatuses() {
			accepted := from == RefundAccepted && slices.Contains([]RefundStatus{Refunded, RefundRejected, RefundTimedOut, RefundUnknown}, to)
			want := accepted || from == RefundPending && (to == RefundInProgress || slices.Contains(over, to)) || from == RefundInProgress && slices.Contains(over, to)
			if got := from.CanBecome(to); got != want {
				t.Errorf("%s can become %s: %t, want %t", from, to, got, want)
			}
			unsure := from == RefundTimedOut || from == RefundUnknown
			want = to == Refunded && slices.Contains(ended, from) && from != Refunded || (to == RefundFailed || to == RefundRejected) && (unsure || from == Refunded)
			if got := from.CanBecomeLate(to); got != want {
				t.Errorf("%s can become %s late: %t, want %t", from, to, got, want)
			}
		}
		if want := slices.Contains(ended, from); from.Final() != want {
			t.Errorf("%s is final: %t, want %t", from, from.Final(), want)
		}
		givesBack := []RefundStatus{RefundCancelled, RefundFailed, RefundDeclined, RefundRestricted, RefundRejected}
		if want := !slices.Contains(givesBack, from); from.Holds() != want {
			t.Errorf("%s holds its amount: %t, want %t", from, from.Holds(), want)
		}
	}
	if len(RefundStatuses()) != 11 {
		t.Errorf("%d statuses", len(RefundStatuses()))
	}
}

func TestRefundResults(t *testing.T) {
	if len(RefundResults()) != 15 {
		t.Errorf("%d results, the catalogue has 15", len(RefundResults()))
	}
	for _, r := range RefundResults() {
		if got, status, ok := RefundResultFor(r.Code); !ok || got != r || !slices.Contains(RefundStatuses(), status) {
			t.Errorf("%s: %v %s %t", r.Code, got, status, ok)
		}
	}
	if _, _, ok := RefundResultFor("505"); ok {
		t.Error("there is a result 505")
	}
	want := map[RefundStatus]Result{RefundPending: {"100", "Pending"}, RefundInProgress: {"200", "In Progress"}, Refunded: {"000", "Refunded"},
		RefundCancelled: {"301", "Canceled"}, RefundFailed: {"401", "Failed"}, RefundDeclined: {"501", "Declined"}, RefundRestricted: {"601", "Restricted"},
		RefundTimedOut: {"701", "Timed Out"}, RefundUnknown: {"801", "Unknown"}, RefundAccepted: {"101", "Accepted"}, RefundRejected: {"501", "Declined"}}
	for s, r := range want {
		if PlainRefundResult(s) != r {
			t.Errorf("%s: %v, want %v", s, PlainRefundResult(s), r)
		}
	}
}

// TestRefundJSON writes a refund with every field in both forms, and reads it back.
func TestRefundJSON(t *testing.T) {
	r := Refund{ID: "re_1", Object: "refund", APIVersion: "V2", Method: MethodGet, Amount: "1.000", ChargeID: "chg_1", Created: "1", Date: "2", Currency: "KWD",
		Status: Refunded, Reference: RefundReference{"i", "g", "p", "a", "m", "k"}, Response: Result{"000", "Refunded"}, Post: &Post{2, DeliveryError, "u"},
		Acquirer: &Gateway{Result{"000", "Refunded"}}, Gateway: &Gateway{Result{"00", "Approved"}},
		Transaction: RefundTransaction{"UTC+03:00", false, "1.000", "KWD", RefundDate{1, 2}}, Merchant: RefundMerchant{ID: "5"}, Metadata: `{"a":"b"}`,
		Description: "d \" \\ ü", Reason: "r"}
	var back Refund
	if err := json.Unmarshal(r.AppendJSON(nil, RefundNewest), &back); err != nil || back.Description != r.Description || *back.Post != *r.Post || back.Reference != r.Reference ||
		back.Transaction != r.Transaction || back.Gateway.Response != r.Gateway.Response || back.Date != "2" {
		t.Errorf("read back: %v, %+v", err, back)
	}
	keys := func(b []byte) (all string) {
		dec := json.NewDecoder(strings.NewReader(string(b)))
		depth, key := 0, false
		for {
			token, err := dec.Token()
			if err != nil {
				return all
			}
			switch d, isDelim := token.(json.Delim); {
			case isDelim && (d == '{' || d == '['):
				depth++
				key = d == '{'
			case isDelim:
				depth--
				key = true
			case depth == 1 && key:
				all += token.(string) + " "
				key = false
			default:
				key = !key
			}
		}
	}
	newest := "id object api_version live_mode amount charge_id created date currency status reference response post acquirer gateway method transaction wallet merchant reverse_destination metadata description reason "
	if got := keys(r.AppendJSON(nil, RefundNewest)); got != newest {
		t.Errorf("keys of 2024 (Rest of v2 1.1):\n%s\nwant\n%s", got, newest)
	}
	older := "id object api_version live_mode amount charge_id created currency status reference response metadata description reason post "
	if got := keys(r.AppendJSON(nil, RefundOld)); got != older {
		t.Errorf("keys of the older body:\n%s\nwant\n%s", got, older)
	}
	r.Charge = &Charge{ID: "chg_1", Metadata: "{}"}
	v2 := "id object api_version live_mode amount charge_id created date currency status reference response post acquirer gateway method product transaction wallet merchant reverse_destination metadata description reason charge "
	if got := keys(r.AppendJSON(nil, RefundV2)); got != v2 {
		t.Errorf("keys of the logic V2:\n%s\nwant\n%s", got, v2)
	}
}

// TestMergeMetadata merges metadata: order, changed, removed and nested values.
func TestMergeMetadata(t *testing.T) {
	for _, c := range []struct{ have, sent, want string }{
		{`{"a":"1","b":"2"}`, `{"metadata":{"b":"3"}}`, `{"a":"1","b":"3"}`}, {`{"a":"1"}`, `{"metadata":{"c":{"d":[1, 2]},"b":7}}`, `{"a":"1","c":{"d":[1,2]},"b":7}`},
		{`{"a":"1","b":"2"}`, `{"metadata":{"a":""}}`, `{"b":"2"}`}, {`{"a":"1"}`, `{"metadata":{"a":null}}`, ""}, {"", `{"metadata":{"a":"\u00fc\""}}`, `{"a":"\u00fc\""}`},
		{`{"a":"1"}`, `{"metadata":{}}`, ""}, {`{"a":"1"}`, `{"metadata":null}`, ""}, {`{"a":"1"}`, `{"metadata":[]}`, ""}, {`{"a":"1"}`, `{"description":"x"}`, `{"a":"1"}`},
		{`{"a":"1","a":"2"}`, `{"metadata":{"b":"1"}}`, `{"a":"2","b":"1"}`},
	} {
		s := DefaultSettings()
		u, _, err := ParseUpdate([]byte(c.sent), KindCharge, &s)
		if err != nil {
			t.Fatal(err)
		}
		before := &PaymentRequest{Metadata: c.have}
		got, changes := u.Charge(before)
		if got.Metadata != c.want || before.Metadata != c.have || changes != (*got != *before) {
			t.Errorf("%s with %s is %s, want %s", c.have, c.sent, got.Metadata, c.want)
		}
	}
}
