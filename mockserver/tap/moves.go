package tap

import "slices"

// Moves is the table of moves of a kind of payments.
type Moves struct{ next, late map[Status][]Status }

// CanBecome reports whether a payment may move from one status to another by itself: by what payer, bank and merchant do.
func (m *Moves) CanBecome(from, to Status) bool { return slices.Contains(m.next[from], to) }

// CanBecomeLate reports whether a payment that has ended in a status may still move to another, by a later result that a scenario
// scheduled.
func (m *Moves) CanBecomeLate(from, to Status) bool { return slices.Contains(m.late[from], to) }

// MovesOf is the table of moves of a kind of payments.
func MovesOf(kind Kind) *Moves {
	if kind == KindAuthorization {
		return &AuthorizationMoves
	}
	return &ChargeMoves
}

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

// authorized are the statuses in which an attempt to authorize a payment has ended.
var authorized = []Status{Abandoned, Cancelled, Failed, Declined, Restricted, Authorized, Unknown, TimedOut}

// AuthorizationMoves is the table of moves of an authorization (Rest of v2 2.3, documented statuses). One that is AUTHORIZED is captured or
// voided.
var AuthorizationMoves = Moves{
	next: map[Status][]Status{
		Initiated:  append([]Status{InProgress}, authorized...),
		InProgress: authorized,
		Authorized: {Captured, Void},
	},
	late: map[Status][]Status{
		Abandoned: {Authorized},
		Cancelled: {Authorized},
		Failed:    {Authorized},
		Declined:  {Authorized},
		TimedOut:  {Authorized},
		Unknown:   {Authorized},
	},
}

// refundMoves is the table of moves of a refund. A status without an entry is final.
var refundMoves = map[RefundStatus][]RefundStatus{
	RefundPending:    append([]RefundStatus{RefundInProgress}, refundEnds...),
	RefundInProgress: refundEnds,
	RefundAccepted:   {Refunded, RefundRejected, RefundTimedOut, RefundUnknown},
}

// invoiceMoves is the table of moves of an invoice (assumed).
var invoiceMoves = map[InvoiceStatus][]InvoiceStatus{InvoiceDraft: {InvoiceCreated, InvoiceCancelled}, InvoiceCreated: {InvoicePaid, InvoiceCancelled}}
