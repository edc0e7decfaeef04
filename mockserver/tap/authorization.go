package tap

// AutoType is what becomes of an authorization by itself when the hours of its auto are over (Rest of v2 2.1, documented).
type AutoType string

// The types of an auto.
const (
	AutoVoid    AutoType = "VOID"
	AutoCapture AutoType = "CAPTURE"
)

// AutoStatus is what has become of the auto of an authorization, as on the wire (Rest of v2 2.4). SCHEDULED and PENDING are documented,
// CANCELLED is proven, the others are in a client of Tap's.
type AutoStatus string

// The statuses of an auto: PENDING before the payment, SCHEDULED once it is authorized, CANCELLED if it is not needed any more.
const (
	AutoPending   AutoStatus = "PENDING"
	AutoScheduled AutoStatus = "SCHEDULED"
	AutoCancelled AutoStatus = "CANCELLED"
	AutoVoided    AutoStatus = "VOID"
	AutoCaptured  AutoStatus = "CAPTURED"
	AutoFailed    AutoStatus = "FAILED"
	AutoDeclined  AutoStatus = "DECLINED"
)

// AutoResults lists the statuses in which an auto can end when its hours are over.
func AutoResults() []AutoStatus {
	return []AutoStatus{AutoVoided, AutoCaptured, AutoFailed, AutoDeclined}
}

// Authorized is the outcome of an authorization for that of a charge: what the bank captures for a charge it authorizes here.
func (o Outcome) Authorized() Outcome {
	if o.Status == Captured {
		o.Status, o.Result = Authorized, PlainResult(Authorized)
	}
	return o
}
