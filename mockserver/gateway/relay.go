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

// relayDesk holds the relay tasks of an account.
type relayDesk struct {
	queue   []*RelayTask          // to be fetched
	fetched map[uint64]*RelayTask // waiting for their results
}

// relay offers a relay task and waits for its result, or until ctx is done.
func (a *Account) relay(ctx context.Context, task *RelayTask) []Attempt {
	task.result = make(chan []Attempt, 1)
	begin := a.gw.cfg.Now()
	a.update(func(t *tx) {
		t.relayTasks++
		task.ID = t.relayTasks
		t.live.relay.queue = append(t.live.relay.queue, task)
		t.live.offered.fire()
	})
	defer a.update(func(t *tx) { t.live.relay.drop(task) })
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

// drop withdraws a relay task.
func (d *relayDesk) drop(task *RelayTask) {
	d.queue = slices.DeleteFunc(d.queue, func(other *RelayTask) bool { return other == task })
	if d.fetched[task.ID] == task {
		delete(d.fetched, task.ID)
	}
}

// take takes the next relay task, or returns nil.
func (d *relayDesk) take() *RelayTask {
	if len(d.queue) == 0 {
		return nil
	}
	task := d.queue[0]
	d.queue = d.queue[1:]
	if d.fetched == nil {
		d.fetched = map[uint64]*RelayTask{}
	}
	d.fetched[task.ID] = task
	return task
}

// NextRelayTask takes the next relay task. It waits for one until ctx is done, and then returns false.
func (a *Account) NextRelayTask(ctx context.Context) (RelayTask, bool) {
	for {
		var task *RelayTask
		var offered <-chan struct{}
		a.update(func(t *tx) {
			if task = t.live.relay.take(); task == nil {
				offered = t.live.offered.wait()
			}
		})
		if task != nil {
			return *task, true
		}
		if !await(ctx, a.gw.ctx, offered) {
			return RelayTask{}, false
		}
	}
}

// FinishRelayTask sets the result of a fetched relay task, one attempt for each copy. The error is [ErrNoRelayTask].
func (a *Account) FinishRelayTask(id uint64, attempts []Attempt) error {
	err := ErrNoRelayTask
	a.update(func(t *tx) {
		task := t.live.relay.fetched[id]
		if task == nil || len(attempts) != task.Copies {
			return
		}
		delete(t.live.relay.fetched, id)
		task.result <- attempts
		err = nil
	})
	return err
}
