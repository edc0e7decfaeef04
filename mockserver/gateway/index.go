package gateway

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// index finds the payments of a kind that a list can contain without a look at all of them. It is made at the first list of an account and is
// up to date from then on, so that an account that never lists does not pay for it. It follows from the state and does not belong to it.
type index struct {
	all                          series
	status                       map[tap.Status]series
	customer, order, transaction map[string]series
	keys                         map[uint64]indexed // by place: what changes and under which the payment is in the index
}

// indexed is under which status and customer a payment is in the index.
type indexed struct {
	listed
	status   tap.Status
	customer string
}

// listed is a payment in an index. On an account's clock, which never goes back while it has payments, a higher ordinal is not older.
type listed struct {
	ordinal uint64
	place   uint64
	created int64               // epoch milliseconds
	request *tap.PaymentRequest // as it is now; never changed
}

// series is a list of payments in the order of their creation.
type series []listed

// from is the index of the first payment with this ordinal or a higher one.
func (r series) from(ordinal uint64) int {
	return sort.Search(len(r), func(i int) bool { return r[i].ordinal >= ordinal })
}

// with is the series with a payment, in place of what it had of the same.
func (r series) with(e listed) series {
	i := r.from(e.ordinal)
	if i < len(r) && r[i].ordinal == e.ordinal {
		r[i] = e
		return r
	}
	return slices.Insert(r, i, e)
}

func (r series) without(ordinal uint64) series {
	if i := r.from(ordinal); i < len(r) && r[i].ordinal == ordinal {
		return slices.Delete(r, i, i+1)
	}
	return r
}

// between are the payments that were created within a time, both ends included.
func (r series) between(from, to int64) series {
	first := sort.Search(len(r), func(i int) bool { return r[i].created >= from })
	return r[first:max(first, sort.Search(len(r), func(i int) bool { return r[i].created > to }))]
}

// index returns the account's index of a kind.
func (t *tx) index(kind tap.Kind) *index {
	if ix := t.live.indexes[kind]; ix != nil {
		return ix
	}
	ix := &index{status: map[tap.Status]series{}, customer: map[string]series{}, order: map[string]series{}, transaction: map[string]series{}, keys: map[uint64]indexed{}}
	var all []*Payment
	for c := range t.payments.all() {
		if c.Kind() == kind {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(x, y *Payment) int { return cmp.Compare(x.Ordinal, y.Ordinal) }) // so that each is put at an end
	for _, c := range all {
		ix.put(c)
	}
	if t.live.indexes == nil {
		t.live.indexes = map[tap.Kind]*index{}
	}
	t.live.indexes[kind] = ix
	return ix
}

// toIndex brings the index up to date with a payment that is new or has changed, if there is an index.
func (t *tx) toIndex(c *Payment) {
	if ix := t.live.indexes[c.Kind()]; ix != nil {
		ix.put(c)
	}
}

// fromIndex takes a payment out of the index, if there is one.
func (t *tx) fromIndex(c *Payment) {
	if ix := t.live.indexes[c.Kind()]; ix != nil {
		ix.remove(c)
	}
}

func (ix *index) put(c *Payment) {
	now := indexed{listed{c.Ordinal, c.number, c.Created.UnixMilli(), c.Request}, c.Status, c.CustomerNow()}
	before, with := ix.keys[c.number], func(r series) series { return r.with(now.listed) }
	if before.status != now.status {
		change(ix.status, before.status, func(r series) series { return r.without(c.Ordinal) })
	}
	if before.customer != now.customer {
		change(ix.customer, before.customer, func(r series) series { return r.without(c.Ordinal) })
	}
	ix.all = with(ix.all)
	change(ix.status, now.status, with)
	change(ix.customer, now.customer, with)
	change(ix.order, c.Request.Order, with)
	change(ix.transaction, c.Request.Transaction, with)
	ix.keys[c.number] = now
}

func (ix *index) remove(c *Payment) {
	gone, without := ix.keys[c.number], func(r series) series { return r.without(c.Ordinal) }
	ix.all = without(ix.all)
	change(ix.status, gone.status, without)
	change(ix.customer, gone.customer, without)
	change(ix.order, c.Request.Order, without)
	change(ix.transaction, c.Request.Transaction, without)
	delete(ix.keys, c.number)
}

// change changes one series of a map, which keeps no empty ones. Nothing is kept for an empty key.
func change[K ~string](runs map[K]series, key K, f func(series) series) {
	if key == "" {
		return
	}
	if r := f(runs[key]); len(r) > 0 {
		runs[key] = r
	} else {
		delete(runs, key)
	}
}

// wanted is the shortest series that has all payments of a kind which a request can want.
func (t *tx) wanted(kind tap.Kind, req *tap.ListRequest) series {
	ix := t.index(kind)
	if len(req.Charges) == 0 {
		return ix.narrowest(req)
	}
	var named series
	for id := range req.Charges {
		if c := t.payments.find(id); c != nil && c.Kind() == kind {
			named = named.with(ix.keys[c.number].listed)
		}
	}
	return named.between(req.CreatedIn())
}

// narrowest is the shortest series that has all payments which a request can want.
func (ix *index) narrowest(req *tap.ListRequest) series {
	shortest := ix.all
	if req.Status != "" && len(ix.status[req.Status]) < len(shortest) {
		shortest = ix.status[req.Status]
	}
	for _, by := range []struct {
		runs   map[string]series
		values map[string]bool
	}{{ix.customer, req.Customers}, {ix.order, req.Orders}, {ix.transaction, req.Transactions}} {
		if len(by.values) > 0 {
			shortest = union(by.runs, by.values, shortest)
		}
	}
	return shortest.between(req.CreatedIn())
}

// union has the payments of several runs, unless those are more than most has.
func union(runs map[string]series, values map[string]bool, most series) series {
	var all series
	for value := range values {
		if len(values) == 1 && len(runs[value]) < len(most) {
			return runs[value]
		}
		if all = append(all, runs[value]...); len(all) >= len(most) {
			return most
		}
	}
	slices.SortFunc(all, func(x, y listed) int { return cmp.Compare(x.ordinal, y.ordinal) })
	return all
}

// next appends the next payments of a series behind an ordinal to another one, at most n, in the order of the request.
func (r series) next(to series, behind uint64, n int, oldestFirst bool) series {
	if oldestFirst {
		r = r[r.from(behind+1):]
		return append(to, r[:min(n, len(r))]...)
	}
	r = r[:r.from(behind)]
	to = append(to, r[max(0, len(r)-n):]...)
	slices.Reverse(to)
	return to
}

// listStart is the ordinal behind which a whole list begins.
func listStart(oldestFirst bool) uint64 {
	if oldestFirst {
		return 0
	}
	return math.MaxUint64
}
