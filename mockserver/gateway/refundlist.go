package gateway

import (
	"cmp"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Refunds returns the latest refunds of a charge, or of all if charge is "", the newest first, at most max, and whether there are more.
func (a *Account) Refunds(charge string, max int) (some []Refund, more bool) {
	a.update(func(t *tx) {
		var found []*Refund
		for r := range t.refunds.all() {
			if charge == "" || charge == r.Request.ChargeID {
				found = append(found, r)
			}
		}
		slices.SortFunc(found, func(x, y *Refund) int { return cmp.Compare(y.Ordinal, x.Ordinal) })
		more = len(found) > max
		for _, r := range found[:min(len(found), max)] {
			some = append(some, *r)
		}
	})
	return some, more
}

// ListRefunds returns the requested refunds, the newest first, whether there are more, and how many match, those before the beginning of
// the list included. The error is a [*NoRefundError] if the account does not have the refund after which the list begins.
func (a *Account) ListRefunds(req *tap.RefundListRequest) (some []RefundView, more bool, total int, err error) {
	a.update(func(t *tx) {
		below := ^uint64(0)
		if req.StartingAfter != "" {
			var r *Refund
			if r, err = t.refund(req.StartingAfter); err != nil {
				return
			}
			below = r.Ordinal
		}
		var found []*Refund
		for r := range t.refunds.all() {
			if !req.Selects(r.ID, r.Request.ChargeID, r.Created) {
				continue
			}
			if total++; r.Ordinal < below {
				found = append(found, r)
			}
		}
		slices.SortFunc(found, func(x, y *Refund) int { return cmp.Compare(y.Ordinal, x.Ordinal) })
		more = len(found) > req.Limit
		for _, r := range found[:min(len(found), req.Limit)] {
			some = append(some, t.refundView(r))
		}
	})
	return some, more, total, err
}
