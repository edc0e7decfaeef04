package tap

import "slices"

// Status is the state of a charge, spelt as on the wire (Tap API 2.1, documented).
type Status string

// The statuses of a charge. Authorized belongs to authorizations only; no charge moves into it.
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

// Statuses lists every status of Tap's enumeration, in its order.
func Statuses() []Status {
	return []Status{Initiated, InProgress, Abandoned, Cancelled, Failed, Declined, Restricted, Captured, Void, Unknown, Authorized, TimedOut}
}

// ends are the states in which a payment attempt is over.
var ends = []Status{Abandoned, Cancelled, Failed, Declined, Restricted, Captured, Void, Unknown, TimedOut}

// next is the table of moves of a charge. A status that is not a key is final.
var next = map[Status][]Status{
	Initiated:  append([]Status{InProgress}, ends...),
	InProgress: ends,
}

// late holds the moves out of an end state; only a step that was scheduled as late may take them.
var late = map[Status][]Status{
	Abandoned: {Captured},
	Cancelled: {Captured},
	Failed:    {Captured},
	Declined:  {Captured},
	TimedOut:  {Captured},
	Unknown:   {Captured},
	Captured:  {Void},
}

// CanBecome reports whether a charge in s may move to the status to in the ordinary course of a payment.
func (s Status) CanBecome(to Status) bool { return slices.Contains(next[s], to) }

// CanBecomeLate reports whether a charge that has ended in s may still move to the status to, as a late truth that
// was scheduled on purpose.
func (s Status) CanBecomeLate(to Status) bool { return slices.Contains(late[s], to) }

// Final reports whether a charge in s has ended.
func (s Status) Final() bool { return len(next[s]) == 0 }
