package tap

import "slices"

// Status is the status of a charge or an authorization, as on the wire (Tap API 2.1, documented).
type Status string

// The statuses of charges and authorizations. No charge is Authorized.
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

// Moves is the table of moves of a kind of payments.
type Moves struct{ next, late map[Status][]Status }

// ends are the statuses in which an attempt to pay a charge has ended.
var ends = []Status{Abandoned, Cancelled, Failed, Declined, Restricted, Captured, Void, Unknown, TimedOut}

// ChargeMoves is the table of moves of a charge. A late move is one out of a status in which it has ended.
var ChargeMoves = Moves{
	next: map[Status][]Status{
		Initiated:  append([]Status{InProgress}, ends...),
		InProgress: ends,
	},
	late: map[Status][]Status{
		Abandoned: {Captured},
		Cancelled: {Captured},
		Failed:    {Captured},
		Declined:  {Captured},
		TimedOut:  {Captured},
		Unknown:   {Captured},
		Captured:  {Void},
	},
}

// CanBecome reports whether a payment may move from one status to another by itself: by what payer, bank and merchant do.
func (m *Moves) CanBecome(from, to Status) bool { return slices.Contains(m.next[from], to) }

// CanBecomeLate reports whether a payment that has ended in a status may still move to another, by a later result that a scenario
// scheduled.
func (m *Moves) CanBecomeLate(from, to Status) bool { return slices.Contains(m.late[from], to) }

// Final reports whether the payer has nothing left to do in a payment with the status.
func (s Status) Final() bool { return s != Initiated && s != InProgress }
