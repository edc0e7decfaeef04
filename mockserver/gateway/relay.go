package gateway

import (
	"context"
	"errors"
	"slices"
)

// Under the setting delivery=relay a process beside the merchant fetches the calls to the merchant and makes them itself, so that
// a mock in a container reaches a merchant that listens on the loopback address of the test's machine.

// RelayTask is a call to the merchant for a relay: a webhook in one or more copies, or the payer's return.
type RelayTask struct {
	ID         uint64
	Webhook    Delivery // its URL is empty if Visit is set
	Visit      string   // address to open like a browser
	Copies     int
	Concurrent bool

	result chan []Attempt // cap 1
}

// ErrNoRelayTask says that no fetched relay task has this id: the id is wrong, or the task took too long.
var ErrNoRelayTask = errors.New("no relay task with this id waits for a result; it may have taken longer than webhook_timeout")

// usesRelay reports whether a relay fetches the account's deliveries.
func (a *Account) usesRelay() bool { return a.Settings().Delivery == "relay" }

// relay offers a relay task and waits for its result, or until ctx is done.
func (a *Account) relay(ctx context.Context, task *RelayTask) []Attempt {
	task.result = make(chan []Attempt, 1)
	begin := a.gw.cfg.Now()
	a.mu.Lock()
	a.relayTasks++
	task.ID = a.relayTasks
	a.relayQueue = append(a.relayQueue, task)
	if a.relaySignal != nil {
		close(a.relaySignal)
		a.relaySignal = nil
	}
	a.mu.Unlock()
	defer a.dropRelayTask(task)
	select {
	case attempts := <-task.result:
		for i := range attempts {
			attempts[i].Took = a.gw.cfg.Now().Sub(begin)
		}
		return attempts
	case <-ctx.Done():
		failed := Attempt{Failure: "timeout", Remedy: "delivery=relay: check that the process that fetches the deliveries is still running"}
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			failed = Attempt{Failure: "cancelled"}
		}
		return slices.Repeat([]Attempt{failed}, task.Copies)
	}
}

// dropRelayTask withdraws a relay task.
func (a *Account) dropRelayTask(task *RelayTask) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.relayQueue = slices.DeleteFunc(a.relayQueue, func(other *RelayTask) bool { return other == task })
	delete(a.relayed, task.ID)
}

// NextRelayTask takes the next relay task. It waits for one until ctx is done, and then returns false.
func (a *Account) NextRelayTask(ctx context.Context) (RelayTask, bool) {
	for {
		a.mu.Lock()
		if len(a.relayQueue) > 0 {
			task := a.relayQueue[0]
			a.relayQueue = a.relayQueue[1:]
			if a.relayed == nil {
				a.relayed = map[uint64]*RelayTask{}
			}
			a.relayed[task.ID] = task
			a.mu.Unlock()
			return *task, true
		}
		if a.relaySignal == nil {
			a.relaySignal = make(chan struct{})
		}
		signal := a.relaySignal
		a.mu.Unlock()
		select {
		case <-signal:
		case <-ctx.Done():
			return RelayTask{}, false
		case <-a.gw.ctx.Done():
			return RelayTask{}, false
		}
	}
}

// FinishRelayTask sets the result of a fetched relay task, one attempt for each copy. The error is [ErrNoRelayTask].
func (a *Account) FinishRelayTask(id uint64, attempts []Attempt) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	task := a.relayed[id]
	if task == nil || len(attempts) != task.Copies {
		return ErrNoRelayTask
	}
	delete(a.relayed, id)
	task.result <- attempts
	return nil
}
