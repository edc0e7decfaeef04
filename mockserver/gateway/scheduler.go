package gateway

import (
	"container/heap"
	"sync"
	"time"
)

// scheduler knows when each account next has something to do. Its loop, Gateway.run, is the only place that waits.
type scheduler struct {
	mu     sync.Mutex
	due    accountHeap
	wake   chan struct{} // cap 1: the first entry changed
	stop   chan struct{}
	closed bool
}

// accountHeap orders accounts by the real instant of their next effect.
type accountHeap []*Account

func (h accountHeap) Len() int           { return len(h) }
func (h accountHeap) Less(i, j int) bool { return h[i].wakeAt.Before(h[j].wakeAt) }

func (h accountHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].wakeIndex, h[j].wakeIndex = i+1, j+1
}

func (h *accountHeap) Push(x any) {
	a := x.(*Account)
	*h = append(*h, a)
	a.wakeIndex = len(*h)
}

func (h *accountHeap) Pop() any {
	last := len(*h) - 1
	a := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	a.wakeIndex = 0
	return a
}

// set notes that the account next has something to do at that real instant, or nothing.
func (s *scheduler) set(a *Account, at time.Time, something bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case a.wakeIndex == 0 && !something:
		return
	case !something:
		heap.Remove(&s.due, a.wakeIndex-1)
		return
	case a.wakeIndex == 0:
		a.wakeAt = at
		heap.Push(&s.due, a)
	case a.wakeAt.Equal(at):
		return
	default:
		a.wakeAt = at
		heap.Fix(&s.due, a.wakeIndex-1)
	}
	if a.wakeIndex == 1 {
		s.poke()
	}
}

func (s *scheduler) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// next takes out the first account if it is due. Otherwise it returns how long to wait: real time, or -1 for nothing to
// wait for.
func (s *scheduler) next(real time.Time) (*Account, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.due) == 0 || s.closed {
		return nil, -1
	}
	if wait := s.due[0].wakeAt.Sub(real); wait > 0 {
		return nil, wait
	}
	return heap.Pop(&s.due).(*Account), 0
}

func (s *scheduler) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.stop)
	}
}

// run starts effects as they fall due, until the gateway is closed.
func (g *Gateway) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		a, wait := g.sched.next(g.cfg.Now())
		if a != nil {
			a.startDue()
			continue
		}
		timer.Stop()
		if wait >= 0 {
			timer.Reset(wait)
		}
		select {
		case <-timer.C:
		case <-g.sched.wake:
		case <-g.sched.stop:
			return
		}
	}
}

// scheduleLocked tells the scheduler when the account next has something to do.
func (a *Account) scheduleLocked() {
	e := a.timeline.next()
	if e == nil || a.advancing {
		a.gw.sched.set(a, time.Time{}, false)
		return
	}
	at, ever := a.clock.realDue(e.Due)
	a.gw.sched.set(a, at, ever)
}

// startDue starts what is due: one after another for each charge, charges side by side.
func (a *Account) startDue() {
	a.mu.Lock()
	defer a.unlock()
	now := a.nowLocked()
	for e := a.timeline.next(); e != nil && !e.Due.After(now) && !a.advancing; e = a.timeline.next() {
		a.timeline.remove(e)
		c := a.charges[e.Charge]
		if c.busy {
			c.waiting = append(c.waiting, e)
			continue
		}
		c.busy = true
		a.running++
		a.gw.work.Go(func() { a.play(c, e) })
	}
}

// play runs an effect, and then those of the same charge that fell due meanwhile.
func (a *Account) play(c *Charge, e *Effect) {
	for e != nil {
		a.do(e)
		a.mu.Lock()
		e = nil
		if len(c.waiting) > 0 {
			e, c.waiting = c.waiting[0], c.waiting[1:]
		} else {
			c.busy = false
			a.running--
		}
		if a.running == 0 && a.quiet != nil {
			close(a.quiet)
			a.quiet = nil
		}
		a.unlock()
	}
}

// do runs one effect, up to noting that it is over. No lock is held: the merchant may call back.
func (a *Account) do(e *Effect) {
	switch e.Kind {
	case Expire:
		a.expire(e)
	case SendWebhook:
		a.deliver(e)
	}
}
