package gateway

import "context"

// Place is where a viewer of an account's journal is: after the entry Seq of the journal that the account has had since its reset number Epoch.
// Call is the number of the last API call that was kept, and Change counts the calls of [Account.Changed].
type Place struct{ Epoch, Seq, Call, Change uint64 }

// Watched is what a viewer gets next.
type Watched struct {
	Entries []Entry
	Place   Place  // after them
	Reset   bool   // the account was reset since the viewer's place: its journal begins again, and the entries are of the new one
	Evicted uint64 // not 0: entries up to this number were evicted before the viewer got them
	Gone    bool   // the account was evicted
	Called  bool   // API calls were kept since the viewer's place; only if the question asks for it
}

// Here is the place after the journal's last entry.
func (a *Account) Here() (p Place) {
	a.update(func(t *tx) { p = t.here() })
	return p
}

func (t *tx) here() Place { return Place{t.epoch, t.journal.Last(), t.a.calls.Last(), t.live.changes} }

// Changed moves viewers on that wait in [Account.Moved]: something has changed of which the journal has no entry, such as the clock or a setting.
func (a *Account) Changed() {
	a.update(func(t *tx) {
		t.live.changes++
		t.live.written.fire()
	})
}

// Moved waits until the account is not at a place any more, or ctx is done, and returns where it is; gone if the account was evicted. It reads no
// entries, so that a viewer that asks for a summary costs the account nearly nothing.
func (a *Account) Moved(ctx context.Context, from Place) (now Place, gone bool) {
	for {
		var written <-chan struct{}
		called := a.calls.After(from.Call)
		a.update(func(t *tx) {
			if now, gone = t.here(), t.live.evicted; now == from && !gone {
				written = t.live.written.wait()
			}
		})
		if written == nil || !a.awaitEither(ctx, written, called) {
			return now, gone
		}
	}
}

// Watch returns the entries after a place that a question selects, at most q.Max. If there is nothing to say it waits until ctx is done. Unlike
// [Account.Ask] a viewer is not a call of a test: nothing starts earlier because of a viewer.
func (a *Account) Watch(ctx context.Context, from Place, q Question) (w Watched) {
	for w.Place = from; ; {
		var written, called <-chan struct{}
		if q.Calls {
			called = a.calls.After(w.Place.Call)
		}
		a.update(func(t *tx) {
			if t.watch(&w, q); !w.says() {
				written = t.live.written.wait()
			}
		})
		if written == nil || !a.awaitEither(ctx, written, called) {
			return w
		}
	}
}

// awaitEither waits for one of two signals and reports whether one came; a nil one never comes.
func (a *Account) awaitEither(ctx context.Context, one, other <-chan struct{}) bool {
	select {
	case <-one:
	case <-other:
	case <-ctx.Done():
		return false
	case <-a.gw.ctx.Done():
		return false
	}
	return true
}

// says reports whether there is anything to send to a viewer.
func (w *Watched) says() bool {
	return len(w.Entries) > 0 || w.Reset || w.Evicted > 0 || w.Gone || w.Called
}

// watch moves a viewer on.
func (t *tx) watch(w *Watched, q Question) {
	w.Gone = t.live.evicted
	if w.Reset = w.Place.Epoch != t.epoch || w.Place.Seq > t.journal.Last(); w.Reset {
		w.Place = Place{Epoch: t.epoch}
	}
	if dropped := t.journal.Evicted(); dropped > w.Place.Seq {
		w.Evicted, w.Place.Seq = dropped, dropped
	}
	q.After = w.Place.Seq
	w.Entries, _ = t.ask(q) // nothing after the place was evicted
	call := w.Place.Call
	w.Place = t.here()
	w.Called = q.Calls && w.Place.Call != call
	if n := len(w.Entries); n > 0 && n == q.Max {
		w.Place.Seq = w.Entries[n-1].Seq
	}
}
