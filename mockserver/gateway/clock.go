package gateway

import "time"

// clock is an account's clock: real time and an offset, or frozen.
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

// freeze stops the clock at its current time.
func (c *clock) freeze(real time.Time) { c.at, c.frozen = c.now(real), true }

// resume starts the clock again from the time at which it is frozen.
func (c *clock) resume(real time.Time) { c.offset, c.frozen = c.at.Sub(real), false }

// realDue returns the real instant at which something falls due that is due at a time of the clock. It reports false if a frozen
// clock does not reach that time.
func (c clock) realDue(due time.Time) (time.Time, bool) {
	if c.frozen {
		return time.Time{}, !due.After(c.at)
	}
	return due.Add(-c.offset), true
}
