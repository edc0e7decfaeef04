package gateway_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// fixed is a real clock that does not move.
func fixed() time.Time { return time.Unix(1_800_000_000, 0) }

// setting changes a setting of the account.
func setting(t *testing.T, a *gateway.Account, key, value string) {
	t.Helper()
	if err := a.SetSettings(map[string]*string{key: &value}); err != nil {
		t.Fatal(err)
	}
}

// advance moves the clock of the account, once nothing of it is under way or due.
func advance(t *testing.T, a *gateway.Account, d time.Duration) gateway.Advanced {
	t.Helper()
	a.AwaitIdle(t.Context())
	done, err := a.Advance(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// fourCharges creates four charges, a minute apart, and pays the second one. order gives the numbers of charges from 1.
func fourCharges(t *testing.T) (a *gateway.Account, ids []string, order func([]payment.Payment) []int) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a = account(t, g, "sk_test_a")
	for i := range 4 {
		c := create(t, a)
		ids = append(ids, c.ID)
		if i == 1 {
			pay(t, g, c)
		}
		advance(t, a, time.Minute)
	}
	order = func(some []payment.Payment) (numbers []int) {
		for _, c := range some {
			numbers = append(numbers, slices.Index(ids, c.ID)+1)
		}
		return numbers
	}
	return a, ids, order
}

// TestList asks for lists: their order, their bounds in time, the charge after which they begin, their limit and what they select.
func TestList(t *testing.T) {
	a, ids, order := fourCharges(t)
	ms := func(minutes int) int64 { return fixed().Add(time.Duration(minutes) * time.Minute).UnixMilli() }
	for _, test := range []struct {
		name string
		req  tap.ListRequest
		want []int
		more bool
	}{
		{"all", tap.ListRequest{To: ms(9), Limit: 9}, []int{4, 3, 2, 1}, false},
		{"oldest first", tap.ListRequest{To: ms(9), Limit: 9, OldestFirst: true}, []int{1, 2, 3, 4}, false},
		{"exactly the limit", tap.ListRequest{To: ms(9), Limit: 4}, []int{4, 3, 2, 1}, false},
		{"over the limit", tap.ListRequest{To: ms(9), Limit: 3}, []int{4, 3, 2}, true},
		{"between, both included", tap.ListRequest{From: ms(1), To: ms(2), Limit: 9}, []int{3, 2}, false},
		{"just inside", tap.ListRequest{From: ms(1) + 1, To: ms(3) - 1, Limit: 9}, []int{3}, false},
		{"after the third", tap.ListRequest{To: ms(9), Limit: 9, StartingAfter: ids[2]}, []int{2, 1}, false},
		{"after the third, oldest first", tap.ListRequest{To: ms(9), Limit: 9, StartingAfter: ids[2], OldestFirst: true}, []int{4}, false},
		{"paid", tap.ListRequest{To: ms(9), Limit: 9, Status: tap.Captured}, []int{2}, false},
		{"by id", tap.ListRequest{To: ms(9), Limit: 9, Charges: map[string]bool{ids[0]: true, ids[3]: true}}, []int{4, 1}, false},
		{"more, if only others follow", tap.ListRequest{To: ms(9), Limit: 1, Status: tap.Captured}, []int{2}, false},
	} {
		got, err := a.List(tap.KindCharge, &test.req)
		if err != nil || !slices.Equal(order(got.Payments), test.want) || got.More != test.more || got.Evicted != 0 {
			t.Errorf("%s: %v, more %t, %v; want %v", test.name, order(got.Payments), got.More, err, test.want)
		}
	}
	_, err := a.List(tap.KindCharge, &tap.ListRequest{To: ms(9), Limit: 9, StartingAfter: "chg_unknown"})
	if missing, ok := errors.AsType[*gateway.NoChargeError](err); !ok || missing.Error() != "this key's account has no such charge; each key is an account of its own" {
		t.Errorf("after an unknown charge: %v", err)
	}
}

// TestDownload counts all charges that match, those before the beginning of the list and beyond its limit included.
func TestDownload(t *testing.T) {
	a, ids, order := fourCharges(t)
	to := fixed().Add(time.Hour).UnixMilli()
	for _, test := range []struct {
		name  string
		req   tap.ListRequest
		want  []int
		more  bool
		total int
	}{
		{"all", tap.ListRequest{To: to, Limit: 4}, []int{4, 3, 2, 1}, false, 4},
		{"over the limit", tap.ListRequest{To: to, Limit: 1}, []int{4}, true, 4},
		{"after the third", tap.ListRequest{To: to, Limit: 1, StartingAfter: ids[2]}, []int{2}, true, 4},
		{"open", tap.ListRequest{To: to, Limit: 2, Status: tap.Initiated}, []int{4, 3}, true, 3},
		{"from the third on", tap.ListRequest{From: fixed().Add(2 * time.Minute).UnixMilli(), To: to, Limit: 9}, []int{4, 3}, false, 2},
	} {
		got, err := a.Download(tap.KindCharge, &test.req)
		if err != nil || !slices.Equal(order(got.Payments), test.want) || got.More != test.more || got.Total != test.total {
			t.Errorf("%s: %v, more %t, %d match, %v; want %v and %d", test.name, order(got.Payments), got.More, got.Total, err, test.want, test.total)
		}
	}
	if _, err := a.Download(tap.KindCharge, &tap.ListRequest{To: to, Limit: 9, StartingAfter: "chg_unknown"}); err == nil {
		t.Error("after an unknown charge: no error")
	}
}

// TestCharges asks for charges as the control API does.
func TestCharges(t *testing.T) {
	a, ids, _ := fourCharges(t)
	all := func(*gateway.Payment) bool { return true }
	open := func(c *gateway.Payment) bool { return c.Status == tap.Initiated }
	for _, test := range []struct {
		name   string
		wanted func(*gateway.Payment) bool
		after  string
		max    int
		want   []int
		more   bool
	}{
		{"all", all, "", 9, []int{4, 3, 2, 1}, false},
		{"exactly as many", all, "", 4, []int{4, 3, 2, 1}, false},
		{"fewer", all, "", 3, []int{4, 3, 2}, true},
		{"open", open, "", 9, []int{4, 3, 1}, false},
		{"before the third", all, ids[2], 9, []int{2, 1}, false},
		{"before the first", all, ids[0], 9, nil, false},
	} {
		got, more, err := a.Charges(test.wanted, test.after, test.max)
		var numbers []int
		for _, c := range got {
			numbers = append(numbers, slices.Index(ids, c.ID)+1)
		}
		if err != nil || !slices.Equal(numbers, test.want) || more != test.more {
			t.Errorf("%s: %v, more %t, %v; want %v", test.name, numbers, more, err, test.want)
		}
	}
	if _, _, err := a.Charges(all, "chg_unknown", 9); err == nil {
		t.Error("before an unknown charge: no error")
	}
}

// TestTrace returns what belongs to one charge: its entries from its creation on, and its effects, also those at gates.
func TestTrace(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Send: func(context.Context, gateway.Delivery) gateway.Attempt { return gateway.Attempt{Status: 500} }})
	a := account(t, g, "sk_test_a")
	create(t, a)
	c := createFrom(t, a, "callbacks: [webhook: {at: created, gate: g}, webhook: {}]")
	advance(t, a, 0)
	pay(t, g, c)
	got, entries, scheduled, err := a.Trace(c.ID)
	if err != nil || got.ID != c.ID || got.Status != tap.Captured {
		t.Fatalf("%v, %s", err, got.Status)
	}
	if entries[0].Event != tap.EventCreated || slices.ContainsFunc(entries, func(e gateway.Entry) bool { return e.Object.ID != c.ID }) {
		t.Errorf("the entries are %v", entries)
	}
	var kinds []string
	for _, e := range scheduled {
		kinds = append(kinds, e.String()+" "+e.Gate)
	}
	if want := []string{"webhook attempt 2 for " + c.ID + " ", "webhook attempt 1 for " + c.ID + " g"}; !slices.Equal(kinds, want) {
		t.Errorf("scheduled are %q, want %q", kinds, want)
	}
	if _, _, _, err := a.Trace("chg_unknown"); err == nil {
		t.Error("the trace of an unknown charge has no error")
	}
}

// TestOverviewCounts counts effects in the queue and at gates.
func TestOverviewCounts(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	create(t, a)
	createFrom(t, a, "callbacks: [webhook: {at: created, gate: g}]")
	advance(t, a, 0)
	if o := a.Overview(); o.Scheduled != 3 || o.Charges != 2 || len(o.InFlight) != 0 || o.Frozen {
		t.Errorf("the summary is %+v", o)
	}
	scheduled, atGates := a.Scheduled()
	if len(scheduled) != 2 || len(atGates) != 1 || atGates[0].Kind != gateway.SendWebhook {
		t.Errorf("scheduled are %v, at gates %v", scheduled, atGates)
	}
}

// TestNoteCall journals calls of the API.
func TestNoteCall(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
	a.NoteCall("GET", "/v2/charges/chg_1", tap.Object{Kind: tap.KindCharge, ID: "chg_1"}, 200, "CAPTURED")
	a.NoteCall("GET", "/v2/charges/chg_1", tap.Object{Kind: tap.KindCharge, ID: "chg_1"}, 500, "")
	a.NoteCall("POST", "/v2/charges", tap.Object{}, 0, "")
	a.NoteUnknown("GET", "/v2/refunds", "")
	var got []string
	entries, _ := a.Journal()
	for _, e := range entries {
		got = append(got, string(e.Event)+" "+e.Object.ID+" "+e.Detail)
	}
	want := []string{
		string(tap.EventAPICall) + " chg_1 GET /v2/charges/chg_1: HTTP 200, CAPTURED",
		string(tap.EventAPICall) + " chg_1 GET /v2/charges/chg_1: HTTP 500",
		string(tap.EventAPICall) + "  POST /v2/charges: no answer",
		string(tap.EventUnknown) + "  GET /v2/refunds",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the journal is %q, want %q", got, want)
	}
	if o := a.Overview(); o.Findings != 1 {
		t.Errorf("%d findings, want the unknown route", o.Findings)
	}
}
