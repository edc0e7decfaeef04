package gateway

import (
	"runtime"
	"slices"
	"sync"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// List returns the requested payments of a kind, in the order of their creation or the reverse. The account is locked for short times only,
// also if none of many payments matches. The error is a [*NoChargeError] or [*NoAuthorizationError] if the account does not have the payment
// after which the list begins.
func (a *Account) List(kind tap.Kind, req *tap.ListRequest) (payment.Listing, error) {
	behind := listStart(req.OldestFirst)
	if req.StartingAfter != "" {
		var err error
		if behind, err = a.ordinalOf(kind, req.StartingAfter); err != nil {
			return payment.Listing{}, err
		}
	}
	list := payment.Listing{}
	a.walk(kind, req, behind, func(c *Payment) bool {
		if len(list.Payments) == req.Limit {
			list.More = true
			return false
		}
		list.Payments = append(list.Payments, c.Payment)
		return true
	})
	a.update(func(t *tx) { list.Evicted = t.evicted })
	return list, nil
}

// Download is [Account.List] that also counts all that match, those before the beginning of the list included.
func (a *Account) Download(kind tap.Kind, req *tap.ListRequest) (payment.Listing, error) {
	list, err := a.List(kind, req)
	if err == nil {
		if kind == tap.KindCharge {
			a.update(func(t *tx) { list.Payouts = t.payouts() })
		}
		a.walk(kind, req, listStart(req.OldestFirst), func(*Payment) bool { list.Total++; return true })
	}
	return list, err
}

func (a *Account) ordinalOf(kind tap.Kind, id string) (ordinal uint64, err error) {
	a.update(func(t *tx) {
		var c *Payment
		if c, err = t.paymentOf(kind, id); err == nil {
			ordinal = c.Ordinal
		}
	})
	return ordinal, err
}

// How many payments a walk takes while it has the account's lock: few at first, because most lists end soon, then many at once, because copying
// them delays other calls less than taking the lock often.
const (
	firstLook   = 64
	longestLook = 131_072
)

// walk calls found for the payments that match behind an ordinal, in order, until it returns false. Those that are evicted or change meanwhile
// may or may not be among them.
func (a *Account) walk(kind tap.Kind, req *tap.ListRequest, behind uint64, found func(*Payment) bool) {
	var payouts *payment.Payouts
	if req.NeedsPayouts() {
		a.update(func(t *tx) { payouts = t.payouts() })
	}
	buffer := buffers.Get().(*series)
	defer buffers.Put(buffer)
	for look := firstLook; ; look = min(16*look, longestLook) {
		some := a.candidates((*buffer)[:0], kind, req, behind, look)
		*buffer = some
		if len(some) == 0 {
			return
		}
		behind = some[len(some)-1].ordinal
		if !a.pick(some, req, payouts, found) {
			return
		}
		runtime.Gosched() // else the walk would take the lock again before a caller that waits for it
	}
}

// runs are buffers of walks: a walk over many payments would otherwise leave megabytes of garbage.
var buffers = sync.Pool{New: func() any { return new(series) }}

func (a *Account) candidates(to series, kind tap.Kind, req *tap.ListRequest, behind uint64, n int) series {
	a.update(func(t *tx) { to = t.wanted(kind, req).next(to, behind, n, req.OldestFirst) })
	return to
}

// pick calls found for the candidates that match, until it returns false. What does not change is compared without the account's lock.
func (a *Account) pick(some series, req *tap.ListRequest, payouts *payment.Payouts, found func(*Payment) bool) bool {
	fitting := some[:0]
	for _, c := range some {
		if req.Matches(c.request) {
			fitting = append(fitting, c)
		}
	}
	for part := range slices.Chunk(fitting, longestHold) {
		if !a.pickNow(part, req, payouts, found) {
			return false
		}
	}
	return true
}

// longestHold is how many payments are compared at a time while the account is locked.
const longestHold = 1024

func (a *Account) pickNow(some series, req *tap.ListRequest, payouts *payment.Payouts, found func(*Payment) bool) (more bool) {
	a.update(func(t *tx) {
		for _, one := range some {
			c := t.payments.still(one.place, one.ordinal)
			if c != nil && c.MatchesNow(req) && (payouts == nil || c.MatchesPayout(req, payouts)) && !found(c) {
				return
			}
		}
		more = true
	})
	return more
}
