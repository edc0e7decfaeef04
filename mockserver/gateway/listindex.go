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
	all                          sequence
	status                       map[tap.Status]sequence
	customer, order, transaction map[string]sequence
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

// sequence is a list of payments in the order of their creation.
type sequence []listed

// from is the index of the first payment with this ordinal or a higher one.
func (s sequence) from(ordinal uint64) int {
	return sort.Search(len(s), func(i int) bool { return s[i].ordinal >= ordinal })
}

// with is the sequence with a payment, in place of what it had of the same.
func (s sequence) with(e listed) sequence {
	i := s.from(e.ordinal)
	if i < len(s) && s[i].ordinal == e.ordinal {
		s[i] = e
		return s
	}
	return slices.Insert(s, i, e)
}

func (s sequence) without(ordinal uint64) sequence {
	if i := s.from(ordinal); i < len(s) && s[i].ordinal == ordinal {
		return slices.Delete(s, i, i+1)
	}
	return s
}

// between are the payments that were created within a time, both ends included.
func (s sequence) between(from, to int64) sequence {
	first := sort.Search(len(s), func(i int) bool { return s[i].created >= from })
	return s[first:max(first, sort.Search(len(s), func(i int) bool { return s[i].created > to }))]
}

// index returns the account's index of a kind.
func (t *tx) index(kind tap.Kind) *index {
	if ix := t.live.indexes[kind]; ix != nil {
		return ix
	}
	ix := &index{status: map[tap.Status]sequence{}, customer: map[string]sequence{}, order: map[string]sequence{}, transaction: map[string]sequence{}, keys: map[uint64]indexed{}}
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
	before, with := ix.keys[c.number], func(s sequence) sequence { return s.with(now.listed) }
	if before.status != now.status {
		change(ix.status, before.status, func(s sequence) sequence { return s.without(c.Ordinal) })
	}
	if before.customer != now.customer {
		change(ix.customer, before.customer, func(s sequence) sequence { return s.without(c.Ordinal) })
	}
	ix.all = with(ix.all)
	change(ix.status, now.status, with)
	change(ix.customer, now.customer, with)
	change(ix.order, c.Request.Order, with)
	change(ix.transaction, c.Request.Transaction, with)
	ix.keys[c.number] = now
}

func (ix *index) remove(c *Payment) {
	gone, without := ix.keys[c.number], func(s sequence) sequence { return s.without(c.Ordinal) }
	ix.all = without(ix.all)
	change(ix.status, gone.status, without)
	change(ix.customer, gone.customer, without)
	change(ix.order, c.Request.Order, without)
	change(ix.transaction, c.Request.Transaction, without)
	delete(ix.keys, c.number)
}

// change changes one sequence of a map, which keeps no empty ones. Nothing is kept for an empty key.
func change[K ~string](sequences map[K]sequence, key K, f func(sequence) sequence) {
	if key == "" {
		return
	}
	if s := f(sequences[key]); len(s) > 0 {
		sequences[key] = s
	} else {
		delete(sequences, key)
	}
}

// wanted is the shortest sequence that has all payments of a kind which a request can want.
func (t *tx) wanted(kind tap.Kind, req *tap.ListRequest) sequence {
	ix := t.index(kind)
	if len(req.Charges) == 0 {
		return ix.narrowest(req)
	}
	var named sequence
	for id := range req.Charges {
		if c := t.payments.find(id); c != nil && c.Kind() == kind {
			named = named.with(ix.keys[c.number].listed)
		}
	}
	return named.between(req.CreatedIn())
}

// narrowest is the shortest sequence that has all payments which a request can want.
func (ix *index) narrowest(req *tap.ListRequest) sequence {
	shortest := ix.all
	if req.Status != "" && len(ix.status[req.Status]) < len(shortest) {
		shortest = ix.status[req.Status]
	}
	for _, by := range []struct {
		sequences map[string]sequence
		values    map[string]bool
	}{{ix.customer, req.Customers}, {ix.order, req.Orders}, {ix.transaction, req.Transactions}} {
		if len(by.values) > 0 {
			shortest = union(by.sequences, by.values, shortest)
		}
	}
	return shortest.between(req.CreatedIn())
}

// union has the payments of several sequences, unless those are more than most has.
func union(sequences map[string]sequence, values map[string]bool, most sequence) sequence {
	var all sequence
	for value := range values {
		if len(values) == 1 && len(sequences[value]) < len(most) {
			return sequences[value]
		}
		if all = append(all, sequences[value]...); len(all) >= len(most) {
			return most
		}
	}
	slices.SortFunc(all, func(x, y listed) int { return cmp.Compare(x.ordinal, y.ordinal) })
	return all
}

// next appends the next payments of a sequence behind an ordinal to another sequence, at most n, in the order of the request.
func (s sequence) next(to sequence, behind uint64, n int, oldestFirst bool) sequence {
	if oldestFirst {
		s = s[s.from(behind+1):]
		return append(to, s[:min(n, len(s))]...)
	}
	s = s[:s.from(behind)]
	to = append(to, s[max(0, len(s)-n):]...)
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
