package gateway

import (
	"slices"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// payouts computes the account's payouts from its charges and refunds in KWD.
func (t *tx) payouts() *payment.Payouts {
	var all []payment.Posting
	for c := range t.payments.all() {
		if p, ok := c.Posted(); ok && c.Request.Currency == "KWD" {
			all = append(all, p)
		}
	}
	for r := range t.refunds.all() {
		if p, ok := r.Posted(); ok && r.Request.Currency == "KWD" {
			all = append(all, p)
		}
	}
	return payment.NewPayouts(all, t.a.seed, t.state.settings.PayoutDelay, t.now())
}

// ListPayouts returns the requested payouts, the newest first, whether there are more, and how many charges the account has evicted, whose money
// is in none.
func (a *Account) ListPayouts(req *tap.PayoutListRequest) (some []payment.Payout, more bool, evicted int) {
	var all *payment.Payouts
	merchant := ""
	a.update(func(t *tx) { all, evicted, merchant = t.payouts(), t.evicted, t.state.settings.MerchantID })
	for _, p := range slices.Backward(all.All) {
		at := p.Date.UnixMilli()
		switch {
		case at < req.From || at > req.To || !payment.Has(req.Payouts, p.ID) || !payment.Has(req.Merchants, merchant):
		case len(some) == req.Limit:
			return some, true, evicted
		default:
			some = append(some, p)
		}
	}
	return some, false, evicted
}
