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
	Latest   bool   // the latest entries first, also if earlier ones were dropped
}

func (q *Question) wants(e *Entry) bool {
	return e.Seq > q.After && (q.Before == 0 || e.Seq < q.Before) && (q.Event == "" || q.Event == e.Event) && (q.Object == "" || q.Object == e.Object.ID) &&
		(q.Delivery == "" || e.Sent != nil && q.Delivery == e.Sent.Delivery)
}

// DroppedError says that a question about a journal cannot be answered, because entries that it asks about were dropped to
// stay within the bound.
type DroppedError struct{ Until uint64 } // the last one dropped

// Error says from where on the journal is kept.
func (e *DroppedError) Error() string {
	return fmt.Sprintf("the journal's entries up to %d were dropped to stay within its limit; ask for those after %d, or raise -limit journal", e.Until, e.Until)
}

// Ask returns the entries that a question asks for, oldest first. If there are none it waits for the first until ctx is
// done, and then returns none. The error is a [*DroppedError].
func (a *Account) Ask(ctx context.Context, q Question) ([]Entry, error) {
	for {
		a.mu.Lock()
		found, err := a.askLocked(q)
		changed := a.changedLocked()
		a.hurryLocked()
		a.mu.Unlock()
		if err != nil || len(found) > 0 {
			return found, err
		}
		select {
		case <-changed:
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
		return nil, &DroppedError{dropped}
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

// changedLocked is closed at the journal's next entry.
func (a *Account) changedLocked() <-chan struct{} {
	if a.changed == nil {
		a.changed = make(chan struct{})
	}
	return a.changed
}

// AskNow is [Account.Ask] without waiting.
func (a *Account) AskNow(q Question) ([]Entry, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.askLocked(q)
}

// Pending lists what is still to happen, in order, and what is due and waits at gates.
func (a *Account) Pending() (pending, held []Effect) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.pendingLocked()
	n := len(all) - len(a.atGates)
	return all[:n], all[n:]
}
