package gateway

import "time"

// clock is an account's clock: real time and an offset, or standing still.
type clock struct {
	offset time.Duration
	frozen bool
	at     time.Time // while frozen
}

func (c clock) now(real time.Time) time.Time {
	if c.frozen {
		return c.at
	}
	return real.Add(c.offset)
}

// freeze stops the clock where it is.
func (c *clock) freeze(real time.Time) { c.at, c.frozen = c.now(real), true }

// resume lets the clock run on from where it stands.
func (c *clock) resume(real time.Time) { c.offset, c.frozen = c.at.Sub(real), false }

// realDue is the real instant at which something due at that time of the clock falls due; false while that never happens
// by itself.
func (c clock) realDue(due time.Time) (time.Time, bool) {
	if c.frozen {
		return time.Time{}, !due.After(c.at)
	}
	return due.Add(-c.offset), true
}
