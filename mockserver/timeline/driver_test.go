package timeline

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestDriver sets, moves and clears alarms: each that is set rings once, at its time.
func TestDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDriver(time.Now)
		var running sync.WaitGroup
		running.Go(d.Run)
		begin := time.Now()
		var rung []string
		alarm := func(name string) *Alarm {
			return d.Alarm(func() { rung = append(rung, name+" after "+time.Since(begin).String()) })
		}
		at := func(s int) time.Time { return begin.Add(time.Duration(s) * time.Second) }
		early, late, moved, cleared := alarm("early"), alarm("late"), alarm("moved"), alarm("cleared")
		late.Set(at(3))
		early.Set(at(1))
		early.Set(at(1))
		moved.Set(at(5))
		cleared.Set(at(2))
		synctest.Wait()
		moved.Set(at(2))
		cleared.Clear()
		cleared.Clear()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if want := []string{"early after 1s", "moved after 2s", "late after 3s"}; !slices.Equal(rung, want) {
			t.Errorf("rung: %v, want %v", rung, want)
		}
		late.Set(at(11))
		d.Close()
		d.Close()
		running.Wait()
		if !d.IsClosed() {
			t.Error("it is not closed")
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(rung) != 3 {
			t.Errorf("an alarm rang after the driver was closed: %v", rung)
		}
	})
}

// TestAlarmOfAnIdleDriver sets the first alarm while the driver waits for one: it rings at its time, and so does an earlier one.
func TestAlarmOfAnIdleDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDriver(time.Now)
		go d.Run()
		defer d.Close()
		rung := make(chan string, 2)
		late, early := d.Alarm(func() { rung <- "late" }), d.Alarm(func() { rung <- "early" })
		synctest.Wait()
		begin := time.Now()
		late.Set(begin.Add(2 * time.Hour))
		synctest.Wait()
		early.Set(begin.Add(time.Hour))
		if name := <-rung; name != "early" || time.Since(begin) != time.Hour {
			t.Errorf("%s rang after %s", name, time.Since(begin))
		}
		if name := <-rung; name != "late" || time.Since(begin) != 2*time.Hour {
			t.Errorf("%s rang after %s", name, time.Since(begin))
		}
	})
}

// TestManyAlarms sets alarms out of order, then moves every third and clears every fifth: the others ring at their times.
func TestManyAlarms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 101 // prime, so that i*40%n is each number once
		d := NewDriver(time.Now)
		begin := time.Now()
		at := func(s int) time.Time { return begin.Add(time.Duration(s) * time.Second) }
		var got, want []time.Duration
		var all []*Alarm
		for i := range n {
			a := d.Alarm(func() { got = append(got, time.Since(begin)) })
			a.Set(at(i*40%n + 1))
			all = append(all, a)
		}
		for i, a := range all {
			due := i*40%n + 1
			if i%3 == 0 {
				due = 2*n - due
				a.Set(at(due))
			}
			if i%5 == 0 {
				a.Clear()
				continue
			}
			want = append(want, time.Duration(due)*time.Second)
		}
		go d.Run()
		time.Sleep(3 * n * time.Second)
		synctest.Wait()
		d.Close()
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("rung after %v, want %v", got, want)
		}
	})
}

// TestClock freezes and resumes a clock.
func TestClock(t *testing.T) {
	real := time.Unix(1_800_000_000, 0)
	c := Clock{Offset: time.Hour}
	if due, ever := c.RealDue(real.Add(2 * time.Hour)); !ever || !due.Equal(real.Add(time.Hour)) {
		t.Errorf("running: due at %s, %t", due, ever)
	}
	c.Freeze(real)
	later := real.Add(time.Minute)
	if now := c.Now(later); !now.Equal(real.Add(time.Hour)) {
		t.Errorf("a frozen clock shows %s", now)
	}
	for due, want := range map[time.Duration]bool{time.Hour - 1: true, time.Hour: true, time.Hour + 1: false} {
		if _, ever := c.RealDue(real.Add(due)); ever != want {
			t.Errorf("what is due after %s is reached: %t", due, ever)
		}
	}
	c.Resume(later)
	if now := c.Now(later.Add(time.Second)); c.Frozen || !now.Equal(real.Add(time.Hour+time.Second)) {
		t.Errorf("a resumed clock shows %s", now)
	}
}
