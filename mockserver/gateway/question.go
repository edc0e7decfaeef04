package gateway

import (
	"context"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Question selects entries of a journal. The zero value selects all, oldest first.
type Question struct {
	After    uint64 // only entries with a larger Seq
	Before   uint64 // only entries with a smaller Seq; 0: no bound
	Event    tap.Event
	Object   string // id of the object
	Delivery string // id of the webhook delivery
	Max      int    // at most this many; 0: no bound
	Latest   bool   // the latest entries first, also if earlier ones were evicted
	Calls    bool   // of [Account.Watch]: a viewer wants to know of API calls that are kept too
}

// wants returns what the question asks of a fact.
func (q *Question) wants() func(*fact) bool {
	delivery := deliveryNumber(q.Delivery)
	return func(f *fact) bool {
		return (q.Event == "" || q.Event == f.Event()) && (q.Delivery == "" || f.sent() != nil && f.sent().delivery == delivery)
	}
}

// ask returns the entries that a question selects. The error is an [*EvictedError].
func (t *tx) ask(q Question) ([]Entry, error) {
	found, err := t.journal.Ask(question{After: q.After, Before: q.Before, Object: q.Object, Wants: q.wants(), Max: q.Max, Latest: q.Latest})
	return t.readAll(found), err
}

// Ask returns the entries that a question selects. If there are none, it waits for the first one until ctx is done or the account is
// reset, and then returns none. The error is a [*EvictedError].
func (a *Account) Ask(ctx context.Context, q Question) (found []Entry, err error) {
	for epoch, again := uint64(0), false; ; again = true {
		var written <-chan struct{}
		a.update(func(t *tx) {
			if again && t.epoch != epoch || q.After > t.journal.Last() { // there was a reset, also before this call
				found = nil
				return
			}
			epoch = t.epoch
			if found, err = t.ask(q); err == nil && len(found) == 0 {
				written = t.live.written.wait()
				t.endGrace()
			}
		})
		if err != nil || len(found) > 0 || written == nil || !await(ctx, a.gw.ctx, written) {
			return found, err
		}
	}
}

// AskNow is [Account.Ask] without waiting.
func (a *Account) AskNow(q Question) (found []Entry, err error) {
	a.update(func(t *tx) { found, err = t.ask(q) })
	return found, err
}
