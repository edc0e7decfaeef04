package gateway

import (
	"cmp"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Listing is some of an account's charges.
type Listing struct {
	Charges []Charge // in the requested order
	More    bool     // more charges follow
	Evicted int      // charges that the account has evicted so far to stay within its limits; no list contains them
}

// candidate is a charge that a list may contain, with what can be compared without the account's lock.
type candidate struct {
	id      string
	ordinal uint64
	created int64 // epoch milliseconds
	request *tap.ChargeRequest
}

// List returns the requested charges, in the order of their creation or the reverse. The account is locked only to collect the
// candidates, and once more to compare their current state and to copy those of the answer. The error is a [*NoChargeError] if
// the account does not have the charge after which the list begins.
func (a *Account) List(req *tap.ListRequest) (Listing, error) {
	all, after, err := a.candidates(req.StartingAfter)
	if err != nil {
		return Listing{}, err
	}
	all = slices.DeleteFunc(all, func(c candidate) bool { return !c.behind(after, req.OldestFirst) || !c.fits(req) })
	slices.SortFunc(all, func(x, y candidate) int {
		if req.OldestFirst {
			return cmp.Compare(x.ordinal, y.ordinal)
		}
		return cmp.Compare(y.ordinal, x.ordinal)
	})
	return a.pick(all, req), nil
}

// candidates returns all charges, and the ordinal of the one after which the list begins, or 0.
func (a *Account) candidates(startingAfter string) ([]candidate, uint64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	after := uint64(0)
	if startingAfter != "" {
		c, ok := a.charges[startingAfter]
		if !ok {
			return nil, 0, &NoChargeError{Evicted: a.evicted}
		}
		after = c.Ordinal
	}
	all := make([]candidate, 0, len(a.charges))
	for id, c := range a.charges {
		all = append(all, candidate{id, c.Ordinal, c.Created.UnixMilli(), c.Request})
	}
	return all, after, nil
}

func (c *candidate) behind(after uint64, oldestFirst bool) bool {
	return after == 0 || oldestFirst && c.ordinal > after || !oldestFirst && c.ordinal < after
}

// fits compares the request with the parts of a charge that do not change.
func (c *candidate) fits(req *tap.ListRequest) bool {
	return c.created >= req.From && c.created <= req.To && has(req.Charges, c.id) && req.Matches(c.request)
}

// pick copies the first charges whose current state matches the request, up to its limit. It skips charges that were evicted
// meanwhile.
func (a *Account) pick(all []candidate, req *tap.ListRequest) Listing {
	a.mu.Lock()
	defer a.mu.Unlock()
	picked := Listing{Evicted: a.evicted}
	for _, one := range all {
		c := a.charges[one.id]
		if c == nil || !c.matchesNow(req) {
			continue
		}
		if len(picked.Charges) == req.Limit {
			picked.More = true
			break
		}
		picked.Charges = append(picked.Charges, *c)
	}
	return picked
}

// matchesNow compares the request with the parts of a charge that change during the payment, as the API shows them now.
func (c *Charge) matchesNow(req *tap.ListRequest) bool {
	method, customer := "", c.Request.Customer.ID
	if c.Status.Final() && c.Source == tap.SourceKNET {
		method = "KNET"
	}
	if c.Status == tap.Captured {
		customer = c.Customer
	}
	return (req.Status == "" || req.Status == c.Status) &&
		has(req.Merchants, c.merchant().ID) && has(req.Sources, c.Source) && has(req.PaymentMethods, method) && has(req.Customers, customer)
}

// has reports whether the set contains the value; an empty set contains every value.
func has(set map[string]bool, value string) bool { return len(set) == 0 || set[value] }

// AppendJSON appends the list as an answer of the API in compact form, each charge in the style in which it was created.
func (l *Listing) AppendJSON(b []byte) []byte {
	o := tap.ChargeList{ObjectType: "list", Count: len(l.Charges), HasMore: l.More, APIVersion: "V2", Charges: make([]tap.Charge, len(l.Charges))}
	for i := range l.Charges {
		l.Charges[i].fill(&o.Charges[i], tap.MethodGet)
		o.Charges[i].Method, o.Charges[i].Activities = "", nil
	}
	return o.AppendJSON(b, func(i int) tap.Style { return l.Charges[i].Settings.ChargeStyle })
}
