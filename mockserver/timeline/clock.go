package timeline

import "time"

// Clock is real time and an offset, or frozen. The zero value shows real time.
type Clock struct {
	Offset time.Duration // added to real time
	Frozen bool
	At     time.Time // while frozen
}

// Now returns the time of the clock at an instant of real time.
func (c Clock) Now(real time.Time) time.Time {
	if c.Frozen {
		return c.At
	}
	return real.Add(c.Offset)
}

// Freeze stops the clock at its current time.
func (c *Clock) Freeze(real time.Time) { c.At, c.Frozen = c.Now(real), true }

// Resume starts the clock again from the time at which it is frozen.
func (c *Clock) Resume(real time.Time) { c.Offset, c.Frozen = c.At.Sub(real), false }

// RealDue returns the real instant at which something falls due that is due at a time of the clock. It reports false if the clock is
// frozen before that time.
func (c Clock) RealDue(due time.Time) (time.Time, bool) {
	if c.Frozen {
		return time.Time{}, !due.After(c.At)
	}
	return due.Add(-c.Offset), true
}
