package tap

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

// MovesOf is the table of moves of a kind of payments.
func MovesOf(kind Kind) *Moves {
	if kind == KindAuthorization {
		return &AuthorizationMoves
	}
	return &ChargeMoves
}

// Authorized is the outcome of an authorization for that of a charge: what the bank captures for a charge it authorizes here.
func (o Outcome) Authorized() Outcome {
	if o.Status == Captured {
		o.Status, o.Result = Authorized, PlainResult(Authorized)
	}
	return o
}
