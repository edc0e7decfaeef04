package payment

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Posting is money that moved: captured, or given back with a negative amount.
type Posting struct {
	At     time.Time
	Amount tap.Amount
}

// Posted is the money that the payment has moved. It reports false if it has moved none.
func (c *Payment) Posted() (Posting, bool) {
	return Posting{c.capturedAt(), c.Amount}, c.Kind() == tap.KindCharge && c.Status == tap.Captured
}

// Posted is the money that the refund has given back. It reports false if it has not.
func (r *Refund) Posted() (Posting, bool) {
	return Posting{r.At, -r.Request.Amount}, r.Status == tap.Refunded
}

// Payout is what was captured on a day less what was refunded on it, as Tap pays it to the merchant (assumed: a payout for each day in Kuwait,
// without fees). If that is not more than nothing, it is part of the next payout that is.
type Payout struct {
	ID        string
	Reference string // of the bank
	Closed    time.Time
	Date      time.Time // when the bank gets the money
	Amount    tap.Amount
	Status    tap.PayoutStatus
}

// Payouts are the payouts of an account, the oldest first.
type Payouts struct {
	All   []Payout
	byDay map[int64]int // index in All by the midnight of a day
}

// NewPayouts computes the payouts of all money that an account has moved until now. The same seed gives the same ids.
func NewPayouts(all []Posting, seed uint64, delay time.Duration, now time.Time) *Payouts {
	days := map[int64]tap.Amount{}
	for _, p := range all {
		days[tap.Day(p.At).Unix()] += p.Amount
	}
	order := make([]int64, 0, len(days))
	for day := range days {
		order = append(order, day)
	}
	slices.Sort(order)
	p := &Payouts{byDay: map[int64]int{}}
	sum := tap.Amount(0)
	for _, day := range order {
		p.byDay[day] = len(p.All)
		if sum += days[day]; sum > 0 {
			p.All = append(p.All, newPayout(tap.Day(time.Unix(day, 0)), sum, seed, delay, now))
			sum = 0
		}
	}
	return p
}

func newPayout(day time.Time, amount tap.Amount, seed uint64, delay time.Duration, now time.Time) Payout {
	draw := rand.New(rand.NewPCG(seed, uint64(day.Unix())))
	closed := day.Add(24 * time.Hour)
	p := Payout{ID: fmt.Sprintf("payout_%s%08d", day.Format("20060102"), draw.IntN(1e8)), Reference: fmt.Sprintf("FT%010d", draw.IntN(1e10)),
		Closed: closed, Date: closed.Add(delay), Amount: amount, Status: tap.PayoutPending}
	switch {
	case !now.Before(p.Date):
		p.Status = tap.PayoutPaidOut
	case !now.Before(closed):
		p.Status = tap.PayoutInitiated
	}
	return p
}

// Of is the payout of money that moved at an instant; nil if there is none yet.
func (p *Payouts) Of(at time.Time) *Payout {
	i, ok := p.byDay[tap.Day(at).Unix()]
	if !ok || i == len(p.All) {
		return nil
	}
	return &p.All[i]
}

// settled is the payout of money that moved at an instant, the zero payout before its day is over. Its date is zero before it is paid out.
func (p *Payouts) settled(at time.Time) (of Payout) {
	if found := p.Of(at); found != nil && found.Status != tap.PayoutPending {
		of = *found
		if of.Status != tap.PayoutPaidOut {
			of.Date = time.Time{}
		}
	}
	return of
}

// Object returns Tap's object.
func (p *Payout) Object(s *tap.Settings) tap.PayoutObject {
	wallet := tap.PayoutWallet{ID: "wallet_" + s.MerchantID, LegacyID: s.MerchantID, Country: s.MerchantCountry,
		Bank: tap.PayoutBank{ID: "0", Country: s.MerchantCountry, Name: "TEST BANK", SWIFT: "TESTKWKW", Beneficiary: tap.PayoutBeneficiary{Name: "Test Merchant", IBAN: "XXXXX0000"}}}
	o := tap.PayoutObject{ID: p.ID, Status: p.Status, Date: p.Date.UnixMilli(), Amount: tap.Number(p.Amount.Text(3)), Currency: "KWD", MerchantID: s.MerchantID,
		Wallet: wallet, SettlementsAvailable: true}
	if s.ChargeStyle == tap.StyleNewest {
		o.BankReference = p.Reference
	}
	return o
}

// MatchesPayout compares a request for a list with the payout of a charge, and with its times that follow from it. Only charges in KWD have one.
func (c *Payment) MatchesPayout(req *tap.ListRequest, all *Payouts) bool {
	posted, ok := c.Posted()
	if !ok {
		return false
	}
	if req.PeriodOf == tap.PeriodPost && !req.InPeriod(posted.At) {
		return false
	}
	payout := all.Of(posted.At)
	if payout == nil {
		return !req.ByPayout() && req.PeriodOf != tap.PeriodSettled && req.PeriodOf != tap.PeriodPaidOut
	}
	return Has(req.PayoutIDs, payout.ID) && Has(req.PayoutReferences, payout.Reference) && payout.in(req)
}

// in reports whether the payout has reached what the period of a list is of, within the period.
func (p *Payout) in(req *tap.ListRequest) bool {
	switch req.PeriodOf {
	case tap.PeriodSettled:
		return p.Status != tap.PayoutPending && req.InPeriod(p.Closed)
	case tap.PeriodPaidOut:
		return p.Status == tap.PayoutPaidOut && req.InPeriod(p.Date)
	}
	return true
}
