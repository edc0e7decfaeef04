package gateway

import (
	"context"
	"errors"
	"slices"
)

// Under the setting delivery=pull a test process fetches what is to be sent to the merchant and sends it itself, so that a mock in a
// container reaches a merchant who listens on the test's own loopback.

// Parcel is something that a test process is to send: a webhook in one or more copies, or the payer's return.
type Parcel struct {
	ID       uint64
	Webhook  Delivery // without a URL: Visit is set
	Visit    string   // address to be opened as a browser does
	Copies   int
	Together bool

	answer chan []Attempt // cap 1
}

// ErrNoParcel says that a parcel is not out: it was never there, or it took too long.
var ErrNoParcel = errors.New("no delivery of this number is out; it may have taken longer than webhook_timeout")

// pulls reports whether deliveries are fetched.
func (a *Account) pulls() bool { return a.Settings().Delivery == "pull" }

// post gives a parcel out and waits until it has been sent, or until ctx is done.
func (a *Account) post(ctx context.Context, p *Parcel) []Attempt {
	p.answer = make(chan []Attempt, 1)
	begin := a.gw.cfg.Now()
	a.mu.Lock()
	a.parcels++
	p.ID = a.parcels
	a.outbox = append(a.outbox, p)
	if a.posted != nil {
		close(a.posted)
		a.posted = nil
	}
	a.mu.Unlock()
	defer a.unpost(p)
	select {
	case attempts := <-p.answer:
		for i := range attempts {
			attempts[i].Took = a.gw.cfg.Now().Sub(begin)
		}
		return attempts
	case <-ctx.Done():
		fault := Attempt{Fault: "timeout", Remedy: "delivery=pull: is the test process that fetches deliveries still running?"}
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			fault = Attempt{Fault: "cancelled"}
		}
		return slices.Repeat([]Attempt{fault}, p.Copies)
	}
}

// unpost takes a parcel back.
func (a *Account) unpost(p *Parcel) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.outbox = slices.DeleteFunc(a.outbox, func(other *Parcel) bool { return other == p })
	delete(a.fetched, p.ID)
}

// Fetch takes the next parcel, and waits for one until ctx is done; then it is false.
func (a *Account) Fetch(ctx context.Context) (Parcel, bool) {
	for {
		a.mu.Lock()
		if len(a.outbox) > 0 {
			p := a.outbox[0]
			a.outbox = a.outbox[1:]
			if a.fetched == nil {
				a.fetched = map[uint64]*Parcel{}
			}
			a.fetched[p.ID] = p
			a.mu.Unlock()
			return *p, true
		}
		if a.posted == nil {
			a.posted = make(chan struct{})
		}
		posted := a.posted
		a.mu.Unlock()
		select {
		case <-posted:
		case <-ctx.Done():
			return Parcel{}, false
		case <-a.gw.ctx.Done():
			return Parcel{}, false
		}
	}
}

// Answer says how a fetched parcel went, one attempt for each copy. The error is [ErrNoParcel].
func (a *Account) Answer(id uint64, attempts []Attempt) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.fetched[id]
	if p == nil || len(attempts) != p.Copies {
		return ErrNoParcel
	}
	delete(a.fetched, id)
	p.answer <- attempts
	return nil
}
