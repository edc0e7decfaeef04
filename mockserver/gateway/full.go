package gateway

import (
	"fmt"
	"strconv"
)

// FullError says that a limit is reached and nothing can be evicted.
type FullError struct {
	Limit string // the limit's name on the command line
	Max   int
	Bytes bool // Max and Needs are bytes
	Share int  // what the account may use of it, if that is reached and not the whole; else 0
	Needs int  // what was needed, if it is more than one; else 0
}

// Error names the limit and the flag that raises it.
func (e *FullError) Error() string {
	raise := "end some payments, or raise the limit, such as " + e.example()
	switch {
	case e.Share > 0:
		return fmt.Sprintf("the account uses its whole share of the limit %s, which is %d: half of what other accounts leave free; %s", e.limit(), e.Share, raise)
	case e.Needs > e.Max:
		return fmt.Sprintf("the scenarios need about %s of memory, and the limit is %s; use fewer, or raise the limit, such as %s", size(e.Needs), e.limit(), e.example())
	case e.Needs > 0:
		raise = "remove some of the account's own scenarios, " + raise
	}
	return fmt.Sprintf("the limit %s is reached and nothing can be evicted, because all of it is still in use; %s", e.limit(), raise)
}

// limit is the limit as on the command line.
func (e *FullError) limit() string { return e.setTo(e.Max) }

// example is a flag with which the limit is high enough, probably.
func (e *FullError) example() string {
	enough := 2 * e.Max
	for enough < e.Needs {
		enough *= 2
	}
	return "-limit " + e.setTo(enough)
}

func (e *FullError) setTo(n int) string {
	if e.Bytes {
		return e.Limit + "=" + size(n)
	}
	return e.Limit + "=" + strconv.Itoa(n)
}

// size writes a number of bytes as the flag -limit reads it, rounded up.
func size(n int) string {
	switch {
	case n >= 10<<20 || n%(1<<20) == 0:
		return strconv.Itoa((n+1<<20-1)>>20) + "MB"
	case n >= 1<<10:
		return strconv.Itoa((n+1<<10-1)>>10) + "KB"
	}
	return strconv.Itoa(n)
}
