package gateway

import (
	"context"
	"fmt"

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
}

func (q *Question) wants(e *Entry) bool {
	return e.Seq > q.After && (q.Before == 0 || e.Seq < q.Before) && (q.Event == "" || q.Event == e.Event) && (q.Object == "" || q.Object == e.Object.ID) &&
		(q.Delivery == "" || e.Sent != nil && q.Delivery == e.Sent.Delivery)
}

// EvictedError says that entries which a question selects were evicted to stay within the bound of the journal.
type EvictedError struct{ Until uint64 } // Seq of the last dropped entry

// Error says which entries were evicted.
func (e *EvictedError) Error() string {
	return fmt.Sprintf("the journal entries up to number %d were evicted to stay within the limit; ask for those after %d, or raise -limit journal", e.Until, e.Until)
}

// Ask returns the entries that a question selects. If there are none, it waits for the first one until ctx is done, and then
// returns none. The error is a [*EvictedError].
func (a *Account) Ask(ctx context.Context, q Question) ([]Entry, error) {
	for {
		a.mu.Lock()
		found, err := a.askLocked(q)
		signal := a.journalSignalLocked()
		a.endGraceLocked()
		a.mu.Unlock()
		if err != nil || len(found) > 0 {
			return found, err
		}
		select {
		case <-signal:
		case <-ctx.Done():
			return nil, nil
		case <-a.gw.ctx.Done():
			return nil, nil
		}
	}
}

func (a *Account) askLocked(q Question) ([]Entry, error) {
	kept := a.journal.entries[a.journal.head:]
	if dropped := a.journal.seq - uint64(len(kept)); dropped > q.After && !q.Latest {
		return nil, &EvictedError{dropped}
	}
	var found []Entry
	for i := range kept {
		e := &kept[i]
		if q.Latest {
			e = &kept[len(kept)-1-i]
		}
		if q.wants(e) {
			found = append(found, *e)
			if len(found) == q.Max {
				break
			}
		}
	}
	return found, nil
}

// journalSignalLocked returns a channel that is closed at the journal's next entry.
func (a *Account) journalSignalLocked() <-chan struct{} {
	if a.journalSignal == nil {
		a.journalSignal = make(chan struct{})
	}
	return a.journalSignal
}

// AskNow is [Account.Ask] without waiting.
func (a *Account) AskNow(q Question) ([]Entry, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.askLocked(q)
}

// Scheduled lists the scheduled effects in order, and separately the due effects that wait at gates.
func (a *Account) Scheduled() (scheduled, atGates []Effect) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.scheduledLocked()
	n := len(all) - len(a.atGates)
	return all[:n], all[n:]
}
