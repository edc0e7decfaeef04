package tap

import "slices"

// Status is the status of a charge, as on the wire (Tap API 2.1, documented).
type Status string

// The statuses of a charge. Authorized is a status of authorizations; no charge has it.
const (
	Initiated  Status = "INITIATED"
	InProgress Status = "IN_PROGRESS"
	Abandoned  Status = "ABANDONED"
	Cancelled  Status = "CANCELLED"
	Failed     Status = "FAILED"
	Declined   Status = "DECLINED"
	Restricted Status = "RESTRICTED"
	Captured   Status = "CAPTURED"
	Void       Status = "VOID"
	Unknown    Status = "UNKNOWN"
	Authorized Status = "AUTHORIZED"
	TimedOut   Status = "TIMEDOUT"
)

// Statuses lists every status in the order of Tap's documentation.
func Statuses() []Status {
	return []Status{Initiated, InProgress, Abandoned, Cancelled, Failed, Declined, Restricted, Captured, Void, Unknown, Authorized, TimedOut}
}

// ends are the statuses in which a payment attempt has ended.
var ends = []Status{Abandoned, Cancelled, Failed, Declined, Restricted, Captured, Void, Unknown, TimedOut}

// next is the table of moves of a charge. A status without an entry is final.
var next = map[Status][]Status{
	Initiated:  append([]Status{InProgress}, ends...),
	InProgress: ends,
}

// late holds the moves out of a final status. Only a later result that a scenario scheduled makes such a move.
var late = map[Status][]Status{
	Abandoned: {Captured},
	Cancelled: {Captured},
	Failed:    {Captured},
	Declined:  {Captured},
	TimedOut:  {Captured},
	Unknown:   {Captured},
	Captured:  {Void},
}

// CanBecome reports whether a charge in s may move to the status to during a payment.
func (s Status) CanBecome(to Status) bool { return slices.Contains(next[s], to) }

// CanBecomeLate reports whether a charge that has ended in s may still move to the status to, by a later result that a scenario
// scheduled.
func (s Status) CanBecomeLate(to Status) bool { return slices.Contains(late[s], to) }

// Final reports whether a charge in s has ended.
func (s Status) Final() bool { return len(next[s]) == 0 }
