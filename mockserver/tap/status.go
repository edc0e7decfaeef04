package tap

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

// Final reports whether the payer has nothing left to do in a payment with the status.
func (s Status) Final() bool { return s != Initiated && s != InProgress }
