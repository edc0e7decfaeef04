package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
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

// OtherReaderError says that another reader fetches the relay tasks of the account.
type OtherReaderError struct{ For time.Duration }

// Error says what to do.
func (e *OtherReaderError) Error() string {
	return fmt.Sprintf("another listener fetches the deliveries of this account, the last time %s ago; end it first, or use another key", e.For.Round(time.Second))
}

// ErrReaderLeft is the error of a reader that has left: of a call of it that was still waiting then, whose answer would be lost.
var ErrReaderLeft = errors.New("this reader of relay tasks has left; begin again under another name")

// readerLife is how long, in real time, a reader that does not ask any more keeps others out. It is more than the longest wait of a call.
const readerLife = 70 * time.Second

// reader is who fetches the tasks one after another, and is given one again whose answer was lost.
type reader struct {
	name string
	last time.Time // when it asked last
}

// relayDesk holds the relay tasks of an account.
type relayDesk struct {
	queue   []*RelayTask          // to be fetched
	fetched map[uint64]*RelayTask // waiting for their results
	reader  reader
	left    string // name of the last reader that has left
}

// read takes the next task for a named reader that has received all tasks up to the one with the number after. A task that was fetched
// behind that one is given again, because its answer was lost.
func (d *relayDesk) read(name string, after uint64, now time.Time) (*RelayTask, error) {
	if name == d.left {
		return nil, ErrReaderLeft
	}
	if quiet := now.Sub(d.reader.last); d.reader.name != "" && d.reader.name != name && quiet < readerLife {
		return nil, &OtherReaderError{quiet}
	}
	if d.reader.name != name { // what another reader has fetched and not finished may have been sent
		clear(d.fetched)
	}
	d.reader = reader{name, now}
	var lost *RelayTask
	for id, task := range d.fetched {
		if id > after && (lost == nil || id < lost.ID) {
			lost = task
		}
	}
	if lost != nil {
		return lost, nil
	}
	return d.take(), nil
}

// leave ends the reader, so that another can begin at once.
func (d *relayDesk) leave(name string) {
	if d.reader.name == name {
		d.reader, d.left = reader{}, name
	}
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

// NextRelayTask takes the next relay task. It waits for one until ctx is done, and then returns false. With the name of a reader, only that
// reader gets tasks, in their order, and again what is behind the one with the number after: see [OtherReaderError] and [ErrReaderLeft], the only errors.
func (a *Account) NextRelayTask(ctx context.Context, name string, after uint64) (RelayTask, bool, error) {
	for {
		var task *RelayTask
		var offered <-chan struct{}
		var err error
		a.update(func(t *tx) {
			if name == "" {
				task = t.live.relay.take()
			} else if task, err = t.live.relay.read(name, after, a.gw.cfg.Now()); err != nil {
				return
			}
			if task == nil {
				offered = t.live.offered.wait()
			}
		})
		if task != nil || err != nil {
			return *cmp.Or(task, &RelayTask{}), task != nil, err
		}
		if !await(ctx, a.gw.ctx, offered) {
			return RelayTask{}, false, nil
		}
	}
}

// LeaveRelay ends a reader, so that another can begin at once.
func (a *Account) LeaveRelay(name string) { a.update(func(t *tx) { t.live.relay.leave(name) }) }

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
