package gateway

import (
	"context"
	"fmt"
)

// Question asks for entries of a journal. The zero value asks for all.
type Question struct {
	After  uint64 // only entries with a larger Seq
	Event  Event
	Charge string
	Max    int // at most so many, the oldest; 0: no bound
}

func (q *Question) wants(e *Entry) bool {
	return e.Seq > q.After && (q.Event == "" || q.Event == e.Event) && (q.Charge == "" || q.Charge == e.Charge)
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
		found, err := a.answerLocked(q)
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

func (a *Account) answerLocked(q Question) ([]Entry, error) {
	kept := a.journal.entries[a.journal.head:]
	if dropped := a.journal.seq - uint64(len(kept)); dropped > q.After {
		return nil, &DroppedError{dropped}
	}
	var found []Entry
	for i := range kept {
		if q.wants(&kept[i]) {
			found = append(found, kept[i])
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
	return a.answerLocked(q)
}

// Pending lists what is still to happen, in order, and what is due and waits at gates.
func (a *Account) Pending() (pending, held []Effect) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.pendingLocked()
	n := len(all) - len(a.held)
	return all[:n], all[n:]
}
