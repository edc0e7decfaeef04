package gateway

import "fmt"

// FullError says that a limit is reached and nothing can be evicted.
type FullError struct {
	Limit string // the limit's name on the command line
	Max   int
	Share int // what the account may use of it, if that is reached and not the whole; else 0
}

// Error names the limit and the flag that raises it.
func (e *FullError) Error() string {
	raise := fmt.Sprintf("end some payments, or raise the limit, such as -limit %s=%d", e.Limit, 2*e.Max)
	if e.Share > 0 {
		return fmt.Sprintf("the account uses its whole share of the limit %s=%d, which is %d: half of what other accounts leave free; %s", e.Limit, e.Max, e.Share, raise)
	}
	return fmt.Sprintf("the limit %s=%d is reached and nothing can be evicted, because all of it is still in use; %s", e.Limit, e.Max, raise)
}
