package payment

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// kuwaitTime is an instant of March 2026 in Kuwait.
func kuwaitTime(day, hour int) time.Time {
	return time.Date(2026, 3, day, hour, 0, 0, 0, time.FixedZone("", 3*60*60))
}

// TestPayouts computes payouts: days are those of Kuwait, a day on which more was refunded than captured is part of the next payout.
func TestPayouts(t *testing.T) {
	all := []Posting{{kuwaitTime(1, 1), 500}, {kuwaitTime(1, 23), 700}, {kuwaitTime(2, 0), 100}, {kuwaitTime(2, 5), -400}, {kuwaitTime(4, 9), 1000}, {kuwaitTime(5, 9), -50}}
	p := NewPayouts(all, 7, 24*time.Hour, kuwaitTime(5, 12))
	if len(p.All) != 2 || p.All[0].Amount != 1200 || p.All[1].Amount != 700 {
		t.Fatalf("the payouts are %+v", p.All)
	}
	if first := p.All[0]; !first.Closed.Equal(kuwaitTime(2, 0)) || !first.Date.Equal(kuwaitTime(3, 0)) || first.Status != tap.PayoutPaidOut || p.All[1].Status != tap.PayoutInitiated {
		t.Errorf("the payouts are %+v", p.All)
	}
	for at, want := range map[time.Time]*Payout{kuwaitTime(1, 12): &p.All[0], kuwaitTime(2, 3): &p.All[1], kuwaitTime(4, 23): &p.All[1], kuwaitTime(5, 1): nil, kuwaitTime(3, 1): nil} {
		if got := p.Of(at); got != want {
			t.Errorf("the payout of %s is %+v", at, got)
		}
	}
	if again := NewPayouts(all, 7, 24*time.Hour, kuwaitTime(5, 12)); again.All[0] != p.All[0] {
		t.Errorf("computed again, the first payout is %+v", again.All[0])
	}
	if other := NewPayouts(all, 8, 24*time.Hour, kuwaitTime(5, 12)); other.All[0].ID == p.All[0].ID {
		t.Error("payouts of two accounts have the same id")
	}
	if id := p.All[0].ID; !strings.HasPrefix(id, "payout_2026") || len(id) != len("payout_1234567234567876") {
		t.Errorf("the id is %s", id)
	}
	sum := tap.Amount(0)
	for _, one := range p.All {
		sum += one.Amount
	}
	if sum != 500+700+100-400+1000 {
		t.Errorf("the sum is %s", sum)
	}
	for now, want := range map[time.Time]tap.PayoutStatus{kuwaitTime(1, 23): tap.PayoutPending, kuwaitTime(2, 0): tap.PayoutInitiated, kuwaitTime(2, 23): tap.PayoutInitiated, kuwaitTime(3, 0): tap.PayoutPaidOut} {
		if got := NewPayouts(all[:2], 7, 24*time.Hour, now).All[0].Status; got != want {
			t.Errorf("at %s the payout is %s, want %s", now, got, want)
		}
	}
	if none := NewPayouts(nil, 7, 0, kuwaitTime(1, 0)); len(none.All) != 0 || none.Of(kuwaitTime(1, 0)) != nil {
		t.Errorf("without money: %+v", none)
	}
}

// TestPayoutObject compares the styles.
func TestPayoutObject(t *testing.T) {
	p := NewPayouts([]Posting{{kuwaitTime(1, 1), 7351874}}, 7, 24*time.Hour, kuwaitTime(9, 0)).All[0]
	s := tap.DefaultSettings()
	o := p.Object(&s)
	if o.Amount != "7351.874" || o.Date != kuwaitTime(3, 0).UnixMilli() || o.BankReference != p.Reference || o.Wallet.LegacyID != s.MerchantID || !o.SettlementsAvailable {
		t.Errorf("%+v", o)
	}
	s.ChargeStyle = tap.Style2023
	if o := p.Object(&s); o.BankReference != "" {
		t.Errorf("in style 2023: %+v", o)
	}
}

// TestPosted is the money that charges and refunds have moved.
func TestPosted(t *testing.T) {
	c := captured(t, nil)
	if p, ok := c.Posted(); !ok || p.Amount != 500 || !p.At.Equal(c.At) {
		t.Errorf("a captured charge: %+v %t", p, ok)
	}
	open, held := chargeOf(nil), authorized(t, nil, nil)
	for _, one := range []*Payment{&open, &held} {
		if p, ok := one.Posted(); ok {
			t.Errorf("%s: %+v", one.Status, p)
		}
	}
	r := refundFor(nil)
	if p, ok := r.Posted(); ok {
		t.Errorf("a pending refund: %+v", p)
	}
	end(t, &r, tap.Refunded, false)
	if p, ok := r.Posted(); !ok || p.Amount != -500 || !p.At.Equal(r.At) {
		t.Errorf("a refund: %+v %t", p, ok)
	}
}

// TestMatchesPayout selects a charge by its payout and by the times that follow from it.
func TestMatchesPayout(t *testing.T) {
	c := captured(t, nil)
	posted, _ := c.Posted()
	day := tap.Day(posted.At)
	pending, initiated, paid := NewPayouts([]Posting{posted}, 7, 24*time.Hour, posted.At), NewPayouts([]Posting{posted}, 7, 24*time.Hour, day.Add(24*time.Hour)), NewPayouts([]Posting{posted}, 7, 24*time.Hour, day.Add(48*time.Hour))
	of := func(period tap.PeriodOf, from, to time.Time) *tap.ListRequest {
		return &tap.ListRequest{PeriodOf: period, From: from.UnixMilli(), To: to.UnixMilli()}
	}
	payout := paid.All[0]
	for _, one := range []struct {
		name string
		req  *tap.ListRequest
		all  *Payouts
		want bool
	}{
		{"posted then", of(tap.PeriodPost, posted.At, posted.At), pending, true},
		{"posted before", of(tap.PeriodPost, posted.At.Add(time.Millisecond), posted.At.Add(time.Hour)), pending, false},
		{"posted, without a payout", of(tap.PeriodPost, posted.At, posted.At), NewPayouts(nil, 7, 0, day), true},
		{"settled", of(tap.PeriodSettled, payout.Closed, payout.Closed), initiated, true},
		{"settled, not yet", of(tap.PeriodSettled, payout.Closed, payout.Closed), pending, false},
		{"settled, another day", of(tap.PeriodSettled, posted.At, posted.At), initiated, false},
		{"settled, without a payout", of(tap.PeriodSettled, payout.Closed, payout.Closed), NewPayouts(nil, 7, 0, day), false},
		{"paid out", of(tap.PeriodPaidOut, payout.Date, payout.Date), paid, true},
		{"paid out, not yet", of(tap.PeriodPaidOut, payout.Date, payout.Date), initiated, false},
		{"paid out, without a payout", of(tap.PeriodPaidOut, payout.Date, payout.Date), NewPayouts(nil, 7, 0, day), false},
		{"of the payout", &tap.ListRequest{PayoutIDs: set(payout.ID)}, pending, true},
		{"of another payout", &tap.ListRequest{PayoutIDs: set("payout_1")}, pending, false},
		{"of the reference", &tap.ListRequest{PayoutReferences: set(payout.Reference)}, pending, true},
		{"of another reference", &tap.ListRequest{PayoutReferences: set("FT1")}, pending, false},
		{"of a payout, without one", &tap.ListRequest{PayoutIDs: set(payout.ID)}, NewPayouts(nil, 7, 0, day), false},
	} {
		if got := c.MatchesPayout(one.req, one.all); got != one.want {
			t.Errorf("%s: %t", one.name, got)
		}
	}
	open := chargeOf(nil)
	if open.MatchesPayout(of(tap.PeriodPost, time.Time{}, posted.At.Add(time.Hour)), paid) {
		t.Error("a charge that is not captured was posted")
	}
	cells := func(all *Payouts) []string { return cellsOf(t, c.AppendCSV(nil, all, 0)) }
	if before, then, after := cells(pending), cells(initiated), cells(paid); before[0] != "" || before[16] != "" || then[0] != payout.ID || then[16] == "" || then[17] != "" || after[17] == "" {
		t.Errorf("cells of a download: %q\n%q\n%q", before, then, after)
	}
}
