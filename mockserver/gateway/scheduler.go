package gateway

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// scheduler keeps when each account next has something to do. Its loop, Gateway.run, is the only place that waits.
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

// set records the real instant at which the account next has something to do; with something false it has nothing to do.
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

// next removes and returns the first account if it is due. Otherwise it returns how long to wait in real time, or -1 if there is
// nothing to wait for.
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

func (s *scheduler) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *scheduler) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.stop)
	}
}

// run starts effects when they are due, until the gateway is closed.
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

// scheduleLocked updates when the account next has something to do.
func (a *Account) scheduleLocked() {
	e := a.timeline.next()
	if e == nil || a.advancing || a.draining {
		a.gw.sched.set(a, time.Time{}, false)
		return
	}
	at, ever := a.clock.realDue(e.Due)
	if a.clock.frozen && ever && !a.graceOver {
		if a.graceEnd.IsZero() {
			a.graceEnd = a.gw.cfg.Now().Add(grace)
		}
		at = a.graceEnd
	}
	a.gw.sched.set(a, at, ever)
}

// grace is how long, in real time, effects that are due on a frozen clock wait for a call before they start automatically. A call
// within that time first runs all of them, so that consecutive calls see the same state in every run.
const grace = 100 * time.Millisecond

// endGraceLocked starts the effects that are due on a frozen clock, because a call waits for them.
func (a *Account) endGraceLocked() {
	e := a.timeline.next()
	if a.clock.frozen && !a.graceOver && !a.draining && e != nil && !e.Due.After(a.clock.at) {
		a.graceOver = true
		a.scheduleLocked()
	}
}

// startDue starts the due effects: those of one charge one after another, those of different charges concurrently. On a frozen
// clock all run one after another, so that every run is the same.
func (a *Account) startDue() {
	a.mu.Lock()
	defer a.unlock()
	if a.clock.frozen {
		a.startDrainLocked()
		return
	}
	now := a.nowLocked()
	for e := a.timeline.next(); e != nil && !e.Due.After(now) && !a.advancing; e = a.timeline.next() {
		a.timeline.remove(e)
		if a.waitAtGateLocked(e) {
			continue
		}
		c := a.charges[e.Charge]
		if e.Kind == Answer {
			c = nil // no lane: a delivery of the charge may wait for this answer
		}
		if c != nil && c.busy {
			c.waiting = append(c.waiting, e)
			continue
		}
		if c != nil {
			c.busy = true
		}
		a.running++
		a.gw.work.Go(func() { a.runLane(c, e) })
	}
}

// runLane runs an effect, and then the effects of the same charge that became due meanwhile.
func (a *Account) runLane(c *Charge, e *Effect) {
	for e != nil {
		if c != nil && (e.Kind == SendWebhook || e.Kind == Return) {
			a.runDelivery(c, e)
		} else {
			a.runEffect(e)
		}
		a.mu.Lock()
		e = nil
		switch {
		case c != nil && len(c.waiting) > 0 && a.advancing: // a call waits for its turn
			a.requeueLaneLocked(c)
			c.busy = false
			a.stoppedLocked()
		case c != nil && len(c.waiting) > 0 && !a.gw.sched.isClosed():
			e, c.waiting = c.waiting[0], c.waiting[1:]
		case c != nil:
			c.busy = false
			a.stoppedLocked()
		default:
			a.stoppedLocked()
		}
		a.unlock()
	}
}

// requeueLaneLocked puts the effects that wait for the charge's lane back on the timeline.
func (a *Account) requeueLaneLocked(c *Charge) {
	for _, e := range c.waiting {
		a.timeline.add(e)
	}
	c.waiting = nil
}

// stoppedLocked records that something that was running has ended.
func (a *Account) stoppedLocked() {
	a.running--
	if a.running == 0 && a.quietSignal != nil {
		close(a.quietSignal)
		a.quietSignal = nil
	}
}

// runDelivery runs a delivery. If the merchant does not respond within the bound, it returns before the delivery has ended: a
// merchant that does not respond delays only its own webhook, not the other effects of the charge.
func (a *Account) runDelivery(c *Charge, e *Effect) {
	a.mu.Lock()
	a.running++
	bound := laneWait
	if e.Kind == SendWebhook && c.automatic && c.Script.PlainReturn {
		bound = c.Settings.ReturnWait
	}
	a.mu.Unlock()
	done := make(chan struct{})
	a.gw.work.Go(func() {
		a.runEffect(e)
		close(done)
		a.mu.Lock()
		a.stoppedLocked()
		a.unlock()
	})
	wait, stop := context.WithTimeout(context.Background(), bound)
	defer stop()
	select {
	case <-done:
		return
	case <-wait.Done():
	}
	a.mu.Lock()
	defer a.unlock()
	if e.Kind == SendWebhook && c.automatic && !c.returnAllowed && c.Script.PlainReturn {
		cause := a.noteTimeoutLocked(c)
		a.addLocked(c, &Effect{Kind: Return, script: c.Script, Charge: c.ID, Due: a.nowLocked(), Step: c.firstReturn(), Attempt: 1, Cause: cause})
	}
}

// laneWait is how long a delivery delays the other effects of its charge at most, in real time.
const laneWait = 3 * time.Second

// startDrainLocked starts running the effects that are due on a frozen clock, unless they are being run already.
func (a *Account) startDrainLocked() {
	if !a.draining && !a.advancing {
		a.draining = true
		a.running++
		a.gw.work.Go(a.drain)
	}
}

// drain runs the effects that are due on a frozen clock, one after another.
func (a *Account) drain() {
	for e := a.nextOnFrozen(); e != nil; e = a.nextOnFrozen() {
		a.runEffect(e)
	}
}

// nextOnFrozen takes the next effect that is due on a frozen clock, or ends the drain.
func (a *Account) nextOnFrozen() *Effect {
	a.mu.Lock()
	defer a.unlock()
	for a.clock.frozen && !a.advancing && !a.gw.sched.isClosed() {
		e := a.timeline.next()
		if e == nil || e.Due.After(a.clock.at) {
			break
		}
		a.timeline.remove(e)
		if !a.waitAtGateLocked(e) {
			return e
		}
	}
	a.draining, a.graceOver, a.graceEnd = false, false, time.Time{}
	a.stoppedLocked()
	return nil
}

// runEffect runs one effect and records its end. No lock is held: the merchant may call the mock meanwhile.
func (a *Account) runEffect(e *Effect) {
	switch e.Kind {
	case Expire:
		a.expire(e)
	case Settle:
		a.bankDecided(e)
	case Correct:
		a.correct(e)
	case SendWebhook:
		a.deliver(e)
	case Return:
		a.runReturn(e)
	case PayerStep:
		a.act(e)
	case Answer:
		a.giveAnswer(e)
	}
}
