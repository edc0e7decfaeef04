package gateway

import (
	"cmp"
	"math"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Newest calls look for the account's charges, the latest first, until it returns false. With after it begins with the charge before the one with
// that id; the error is a [*NoChargeError] if the account does not have it. The account is locked while look runs, so look must be quick.
//
// Unlike [Account.List] it needs no index, which each create would pay for: the newest charges are those whose creation the journal has last, and
// only a look at many of them goes through all charges, a part at a time.
func (a *Account) Newest(after string, look func(*Payment) bool) error {
	n := newest{account: a, look: look, below: math.MaxUint64}
	var err error
	a.update(func(t *tx) {
		from := t.journal.Last() + 1
		if after != "" {
			var c *Payment
			if c, err = t.charge(after); err != nil {
				return
			}
			n.below, from = c.Ordinal, c.createdBy
		}
		n.byJournal(t, from)
	})
	if err == nil && !n.done {
		n.byShelf()
	}
	return err
}

// newest is a walk over charges, from the latest on.
type newest struct {
	account *Account
	look    func(*Payment) bool
	below   uint64 // the ordinal of the next charge is lower
	done    bool   // look wants no more
}

// longestBack is how many journal entries a walk reads.
const longestBack = 4096

// byJournal walks back in the journal from before an entry.
func (n *newest) byJournal(t *tx, before uint64) {
	entries := 0
	t.journal.Back(before, func(r record) bool {
		if entries++; r.Fact.Event() == tap.EventCreated && r.Object.Kind == tap.KindCharge {
			if c := t.payments.find(r.Object.ID); c != nil {
				n.take(c)
			}
		}
		return !n.done && entries < longestBack
	})
}

// take shows a charge.
func (n *newest) take(c *Payment) {
	if c.Ordinal < n.below {
		n.below, n.done = c.Ordinal, !n.look(c)
	}
}

// byShelf walks over the charges that are left, a part at a time, so that other calls of the account do not wait for it.
func (n *newest) byShelf() {
	for part := range slices.Chunk(n.left(), longestHold) {
		n.account.update(func(t *tx) {
			for _, at := range part {
				if c := t.payments.still(at.place, at.ordinal); c != nil && !n.done {
					n.take(c)
				}
			}
		})
		if n.done {
			return
		}
	}
}

// left are the places of the charges that are left, the latest first.
func (n *newest) left() (all sequence) {
	n.account.update(func(t *tx) {
		for c := range t.payments.all() {
			if c.Kind() == tap.KindCharge && c.Ordinal < n.below {
				all = append(all, listed{ordinal: c.Ordinal, place: c.number})
			}
		}
	})
	slices.SortFunc(all, func(x, y listed) int { return cmp.Compare(y.ordinal, x.ordinal) })
	return all
}
