package gateway

import (
	"cmp"
	"slices"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// candidate is a charge that a list may contain, with what can be compared without the account's lock.
type candidate struct {
	lane    uint64
	ordinal uint64
	id      string
	created int64 // epoch milliseconds
	request *tap.ChargeRequest
}

// List returns the requested payments of a kind, in the order of their creation or the reverse. The account is locked only to collect the
// candidates, and once more to compare their current state and to copy those of the answer. The error is a [*NoChargeError] or
// [*NoAuthorizationError] if the account does not have the payment after which the list begins.
func (a *Account) List(kind tap.Kind, req *tap.ListRequest) (payment.Listing, error) {
	all, after, err := a.candidates(kind, req.StartingAfter)
	if err != nil {
		return payment.Listing{}, err
	}
	all = slices.DeleteFunc(all, func(c candidate) bool { return !c.behind(after, req.OldestFirst) || !c.fits(req) })
	slices.SortFunc(all, func(x, y candidate) int {
		if req.OldestFirst {
			return cmp.Compare(x.ordinal, y.ordinal)
		}
		return cmp.Compare(y.ordinal, x.ordinal)
	})
	return a.pick(all, req, false), nil
}

// Download is [Account.List] that also counts all that match, those before the beginning of the list included.
func (a *Account) Download(kind tap.Kind, req *tap.ListRequest) (payment.Listing, error) {
	list, err := a.List(kind, req)
	if err == nil {
		all := *req
		all.StartingAfter, all.Limit = "", 0
		candidates, _, _ := a.candidates(kind, "")
		candidates = slices.DeleteFunc(candidates, func(c candidate) bool { return !c.fits(&all) })
		list.Total = a.pick(candidates, &all, true).Total
	}
	return list, err
}

// candidates returns all payments of a kind, and the ordinal of the one after which the list begins, or 0.
func (a *Account) candidates(kind tap.Kind, startingAfter string) (all []candidate, after uint64, err error) {
	a.update(func(t *tx) {
		if startingAfter != "" {
			var c *Payment
			if c, err = t.paymentOf(kind, startingAfter); err != nil {
				return
			}
			after = c.Ordinal
		}
		all = make([]candidate, 0, t.payments.len())
		for c := range t.payments.all() {
			if c.Kind() != kind {
				continue
			}
			all = append(all, candidate{c.number, c.Ordinal, c.ID, c.Created.UnixMilli(), c.Request})
		}
	})
	return all, after, err
}

func (c *candidate) behind(after uint64, oldestFirst bool) bool {
	return after == 0 || oldestFirst && c.ordinal > after || !oldestFirst && c.ordinal < after
}

// fits compares the request with the parts of a charge that do not change.
func (c *candidate) fits(req *tap.ListRequest) bool {
	return c.created >= req.From && c.created <= req.To && payment.Has(req.Charges, c.id) && req.Matches(c.request)
}

// pick copies the first charges whose current state matches the request, up to its limit. It skips charges that were evicted
// meanwhile. With count it counts all charges that match.
func (a *Account) pick(all []candidate, req *tap.ListRequest, count bool) (picked payment.Listing) {
	a.update(func(t *tx) {
		picked.Evicted = t.evicted
		for _, one := range all {
			c := t.payments.still(one.lane, one.ordinal)
			if c == nil || !c.MatchesNow(req) {
				continue
			}
			picked.Total++
			if len(picked.Charges) == req.Limit {
				if picked.More = true; !count {
					break
				}
				continue
			}
			picked.Charges = append(picked.Charges, c.Payment)
		}
	})
	return picked
}
