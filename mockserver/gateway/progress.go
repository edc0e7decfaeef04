package gateway

import (
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// progress is what has happened of an object's script, and what the gateway remembers for it.
type progress struct {
	Script      *scenarios.Script           // never nil
	number      uint64                      // of its place on the shelf, from 1
	lane        uint64                      // in which its effects run one after another: the place of the payment that it belongs to
	fingerprint uint64                      // of the request's body, to detect a repeated request with a different one
	deadline    timeline.Ref                // what happens by itself in its present status: the expiry of a payment, the auto of an authorization
	createdBy   uint64                      // journal entry of the creation
	settledBy   uint64                      // journal entry of the last change
	reached     map[moment]int64            // moments that have been reached, in ns on the account's clock
	calls       map[scenarios.Operation]int // calls of each operation that has faults
	staleCalls  int                         // calls of charge.get after the charge's first change
	sent        *Sent                       // the last genuine webhook

	returnAllowedBy uint64        // journal entry that allowed the return
	returnAdded     []string      // the parameters with which the payer was sent back, the same each time; nil before, and if it was only tap_id
	returnAllowed   bool          // the payer may be sent back
	voiding         bool          // a void of the authorization is pending
	automatic       bool          // an automatic payer has acted on the page
	listedIdle      bool          // it is in the account's idle list
	Attention       tap.Attention // what a person should look at
}

// isPlain reports whether an object follows the script that is the same for all charges without a scenario.
func (p *progress) isPlain() bool { return p.Script.IsPlain() }

// AwaitsAnswer reports whether a step of the object's script is scheduled at the moment answered.
func (p *progress) AwaitsAnswer() bool {
	return !p.isPlain() && p.Script.HasStepsAt(scenarios.Answered)
}
