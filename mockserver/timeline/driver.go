package timeline

import (
	"container/heap"
	"sync"
	"time"
)

// Driver calls the owners of timelines when they have something to do.
type Driver struct {
	now  func() time.Time
	wake chan struct{} // cap 1: the first alarm changed
	stop chan struct{}

	mu     sync.Mutex
	alarms alarms
	closed bool
}

// NewDriver returns a driver that reads the real time from now. [Driver.Run] makes it work.
func NewDriver(now func() time.Time) *Driver {
	return &Driver{now: now, wake: make(chan struct{}, 1), stop: make(chan struct{})}
}

// Alarm calls a func at a real instant.
type Alarm struct {
	driver *Driver
	ring   func()
	at     time.Time
	index  int // in the heap, from 1; 0: it is not set
}

// Alarm returns an alarm that is not set. ring is called by Run, one alarm at a time; it must not block.
func (d *Driver) Alarm(ring func()) *Alarm { return &Alarm{driver: d, ring: ring} }

// Set makes the alarm ring at a real instant, instead of at an earlier set one. It rings once.
func (a *Alarm) Set(at time.Time) {
	d := a.driver
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case a.index == 0:
		a.at = at
		heap.Push(&d.alarms, a)
	case a.at.Equal(at):
		return
	default:
		a.at = at
		heap.Fix(&d.alarms, a.index-1)
	}
	if a.index == 1 {
		d.poke()
	}
}

// Clear makes the alarm not ring.
func (a *Alarm) Clear() {
	d := a.driver
	d.mu.Lock()
	defer d.mu.Unlock()
	if a.index > 0 {
		heap.Remove(&d.alarms, a.index-1)
	}
}

func (d *Driver) poke() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// next removes and returns the first alarm if its instant has come. Otherwise it returns how long to wait, or -1 if no alarm is set.
func (d *Driver) next() (*Alarm, time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.alarms) == 0 || d.closed {
		return nil, -1
	}
	if wait := d.alarms[0].at.Sub(d.now()); wait > 0 {
		return nil, wait
	}
	return heap.Pop(&d.alarms).(*Alarm), 0
}

// Run rings the alarms at their instants until the driver is closed.
func (d *Driver) Run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		a, wait := d.next()
		if a != nil {
			a.ring()
			continue
		}
		timer.Stop()
		if wait >= 0 {
			timer.Reset(wait)
		}
		select {
		case <-timer.C:
		case <-d.wake:
		case <-d.stop:
			return
		}
	}
}

// Close ends Run; no alarm rings any more.
func (d *Driver) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.closed = true
		close(d.stop)
	}
}

// IsClosed reports whether the driver was closed.
func (d *Driver) IsClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// alarms is a heap, the first alarm first.
type alarms []*Alarm

func (h alarms) Len() int           { return len(h) }
func (h alarms) Less(i, j int) bool { return h[i].at.Before(h[j].at) }

func (h alarms) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i+1, j+1
}

func (h *alarms) Push(x any) {
	a := x.(*Alarm)
	*h = append(*h, a)
	a.index = len(*h)
}

func (h *alarms) Pop() any {
	last := len(*h) - 1
	a := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	a.index = 0
	return a
}
