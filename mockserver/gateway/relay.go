package gateway

import (
	"context"
	"errors"
	"slices"
)

// Under the setting delivery=relay a test process fetches what is to be sent to the merchant and sends it itself, so that a mock in a
// container reaches a merchant who listens on the test's own loopback.

// RelayTask is something that a test process is to send: a webhook in one or more copies, or the payer's return.
type RelayTask struct {
	ID         uint64
	Webhook    Delivery // without a URL: Visit is set
	Visit      string   // address to be opened as a browser does
	Copies     int
	Concurrent bool

	result chan []Attempt // cap 1
}

// ErrNoRelayTask says that a parcel is not out: it was never there, or it took too long.
var ErrNoRelayTask = errors.New("no delivery of this number is out; it may have taken longer than webhook_timeout")

// usesRelay reports whether deliveries are fetched.
func (a *Account) usesRelay() bool { return a.Settings().Delivery == "relay" }

// relay gives a parcel out and waits until it has been sent, or until ctx is done.
func (a *Account) relay(ctx context.Context, p *RelayTask) []Attempt {
	p.result = make(chan []Attempt, 1)
	begin := a.gw.cfg.Now()
	a.mu.Lock()
	a.relayTasks++
	p.ID = a.relayTasks
	a.relayQueue = append(a.relayQueue, p)
	if a.relayWake != nil {
		close(a.relayWake)
		a.relayWake = nil
	}
	a.mu.Unlock()
	defer a.dropRelayTask(p)
	select {
	case attempts := <-p.result:
		for i := range attempts {
			attempts[i].Took = a.gw.cfg.Now().Sub(begin)
		}
		return attempts
	case <-ctx.Done():
		fault := Attempt{Fault: "timeout", Remedy: "delivery=relay: is the test process that fetches deliveries still running?"}
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			fault = Attempt{Fault: "cancelled"}
		}
		return slices.Repeat([]Attempt{fault}, p.Copies)
	}
}

// dropRelayTask takes a parcel back.
func (a *Account) dropRelayTask(p *RelayTask) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.relayQueue = slices.DeleteFunc(a.relayQueue, func(other *RelayTask) bool { return other == p })
	delete(a.relayed, p.ID)
}

// NextRelayTask takes the next parcel, and waits for one until ctx is done; then it is false.
func (a *Account) NextRelayTask(ctx context.Context) (RelayTask, bool) {
	for {
		a.mu.Lock()
		if len(a.relayQueue) > 0 {
			p := a.relayQueue[0]
			a.relayQueue = a.relayQueue[1:]
			if a.relayed == nil {
				a.relayed = map[uint64]*RelayTask{}
			}
			a.relayed[p.ID] = p
			a.mu.Unlock()
			return *p, true
		}
		if a.relayWake == nil {
			a.relayWake = make(chan struct{})
		}
		posted := a.relayWake
		a.mu.Unlock()
		select {
		case <-posted:
		case <-ctx.Done():
			return RelayTask{}, false
		case <-a.gw.ctx.Done():
			return RelayTask{}, false
		}
	}
}

// Body says how a fetched parcel went, one attempt for each copy. The error is [ErrNoRelayTask].
func (a *Account) FinishRelayTask(id uint64, attempts []Attempt) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.relayed[id]
	if p == nil || len(attempts) != p.Copies {
		return ErrNoRelayTask
	}
	delete(a.relayed, id)
	p.result <- attempts
	return nil
}
