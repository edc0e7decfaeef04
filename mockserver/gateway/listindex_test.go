package gateway

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// slowList is a list for which every payment is looked at.
func (t *tx) slowList(kind tap.Kind, req *tap.ListRequest, behind uint64) (ids []string, more bool) {
	var all []*Payment
	for c := range t.payments.all() {
		ms := c.Created.UnixMilli()
		if c.Kind() == kind && ms >= req.From && ms <= req.To && (len(req.Charges) == 0 || req.Charges[c.ID]) && req.Matches(c.Request) && c.MatchesNow(req) &&
			(behind == 0 || req.OldestFirst && c.Ordinal > behind || !req.OldestFirst && c.Ordinal < behind) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(x, y *Payment) int {
		if req.OldestFirst {
			return int(x.Ordinal) - int(y.Ordinal)
		}
		return int(y.Ordinal) - int(x.Ordinal)
	})
	for _, c := range all[:min(len(all), req.Limit)] {
		ids = append(ids, c.ID)
	}
	return ids, len(all) > req.Limit
}

// TestIndex creates, ends, evicts and lists payments at random, and compares each list with one that looks at every payment.
func TestIndex(t *testing.T) {
	for seed := range uint64(8) {
		draw := rand.New(rand.NewPCG(seed, 11))
		g, a := start(t, Config{Limits: Limits{Charges: 120}})
		var ids []string
		pick := func(words ...string) string { return words[draw.IntN(len(words))] }
		for step := range 600 {
			switch draw.IntN(6) {
			case 0, 1, 2:
				req := &tap.PaymentRequest{Amount: 1000, Currency: "KWD", Source: tap.SourceKNET, RedirectURL: "https://shop.example/", ExpiryMinutes: 30,
					Order: pick("", "a", "b", fmt.Sprint(step)), Transaction: pick("", "t", fmt.Sprint(step))}
				req.Customer.ID, req.Customer.FirstName, req.Customer.Email = pick("", "cus_1", "cus_2"), "Test", pick("x@example.com", "y@example.com")
				begun, err := a.Begin(ForPayment([]tap.Kind{tap.KindCharge, tap.KindAuthorization}[draw.IntN(2)], req), nil)
				if err != nil {
					t.Fatal(err)
				}
				if made, err := a.Create(begun, req, nil, ""); err == nil {
					ids = append(ids, made.Payment.ID)
				}
			case 3:
				if len(ids) > 0 {
					endAtRandom(a, ids[draw.IntN(len(ids))], draw)
				}
			case 4:
				a.update(func(t *tx) { t.timeline.Clock.Offset += time.Second })
			case 5:
				if draw.IntN(60) == 0 {
					if _, err := a.Reset(t.Context()); err != nil {
						t.Fatal(err)
					}
					ids = nil
				}
			}
			compareLists(t, a, ids, draw)
		}
		g.Close(t.Context())
	}
}

// endAtRandom ends a payment, if it is still open.
func endAtRandom(a *Account, id string, draw *rand.Rand) {
	a.update(func(t *tx) {
		if c := t.payments.find(id); c != nil && !c.Over() {
			word := []string{tap.KNETCaptured, tap.KNETNotCaptured, tap.KNETCanceled}[draw.IntN(3)]
			t.finish(c, tap.KNETOutcome(word, "05"), tap.EventSettled, 0)
		}
	})
}

func compareLists(t *testing.T, a *Account, ids []string, draw *rand.Rand) {
	t.Helper()
	kind := []tap.Kind{tap.KindCharge, tap.KindAuthorization}[draw.IntN(2)]
	now := a.Now().UnixMilli()
	req := &tap.ListRequest{From: now - int64(draw.IntN(100_000)), To: now - int64(draw.IntN(3))*int64(draw.IntN(20_000)), Limit: 1 + draw.IntN(5), OldestFirst: draw.IntN(2) == 0}
	some := func(words ...string) map[string]bool {
		set := map[string]bool{}
		for range draw.IntN(3) {
			set[words[draw.IntN(len(words))]] = true
		}
		return set
	}
	switch draw.IntN(6) {
	case 0:
		req.Status = tap.Statuses()[draw.IntN(12)]
	case 1:
		req.Customers = some("cus_1", "cus_2", "cus_3")
	case 2:
		req.Orders = some("a", "b", "7", "8", "9")
	case 3:
		req.Transactions, req.Status = some("t", "7", "8", "9"), tap.Initiated
	case 4:
		req.Email = "x@example.com"
	case 5:
		if len(ids) > 0 {
			req.Charges = some(ids...)
		}
	}
	behind := uint64(0)
	if draw.IntN(3) == 0 && len(ids) > 0 {
		id := ids[draw.IntN(len(ids))]
		if ordinal, err := a.ordinalOf(kind, id); err == nil {
			req.StartingAfter, behind = id, ordinal
		}
	}
	var want []string
	var more bool
	a.update(func(t *tx) { want, more = t.slowList(kind, req, behind) })
	got, err := a.List(kind, req)
	var have []string
	for i := range got.Payments {
		have = append(have, got.Payments[i].ID)
	}
	if err != nil || !slices.Equal(have, want) || got.More != more {
		t.Fatalf("%+v of %s: %v, more %t, %v; want %v, more %t", req, kind, have, got.More, err, want, more)
	}
}
