package payment

import (
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Assumption is a default that is inferred or unknown: the text of its line in the ledger, and the setting with which it can be
// chosen explicitly, or "".
type Assumption struct{ Behaviour, Setting string }

// The assumptions that a payment may depend on. What applies to every answer, such as its layout, is not among them.
var (
	AssumesNotCaptured = Assumption{"NOT CAPTURED becomes FAILED 401", ""}
	AssumesCanceled    = Assumption{"CANCELED becomes CANCELLED 302", ""}
	AssumesHostTimeout = Assumption{"HOST TIMEOUT becomes FAILED 401, without an authRespCode", ""}
	AssumesRisk        = Assumption{"DENIED BY RISK becomes FAILED 401, without an authRespCode", ""}
	AssumesPageTimeout = Assumption{"a page time-out becomes CANCELLED 304", ""}
	AssumesExpiry      = Assumption{"an unpaid charge ends ABANDONED after its expiry", "charge_expiry_outcome"}
	AssumesPageLimit   = Assumption{"the page's limit is 5 minutes, noticed when the payer next acts", "page_limit"}
	AssumesOTPTries    = Assumption{"three wrong OTPs end the payment; the charge is then FAILED", "otp_tries"}
	AssumesPINTries    = Assumption{"three PINs that are refused, or that are not 4 digits, end the payment, with authRespCode 75", "pin_tries"}
	AssumesRetries     = Assumption{"attempts are 1 s and 5 s apart", "webhook_retries"}
	AssumesTimeout     = Assumption{"an attempt times out after 10 s", "webhook_timeout"}
	Assumes2xx         = Assumption{"any 2xx is success, redirects are not followed", ""}
	AssumesAmount      = Assumption{"a charge that was captured with another amount shows that amount in amount, transaction.amount and the CAPTURED activity", ""}
	AssumesReturnWait  = Assumption{"the first attempt comes before the payer is sent back", "return_wait"}
)

// Assumptions lists them.
func Assumptions() []Assumption { return slices.Clone(assumptions) }

var assumptions = []Assumption{AssumesNotCaptured, AssumesCanceled, AssumesHostTimeout, AssumesRisk, AssumesPageTimeout, AssumesExpiry,
	AssumesPageLimit, AssumesOTPTries, AssumesPINTries, AssumesRetries, AssumesTimeout, Assumes2xx, AssumesAmount, AssumesReturnWait}

// bit is the bit of the assumption in what a charge remembers.
func (a Assumption) bit() uint32 { return 1 << slices.Index(assumptions, a) }

// Assumptions lists the behaviours that the object depends on, under the setting assumption_findings.
func (h *Head) Assumptions() (all []string) {
	for _, a := range assumptions {
		if h.assumed&a.bit() != 0 {
			all = append(all, a.Behaviour)
		}
	}
	return all
}

// Assume adds, if the setting assumption_findings is true, the fact that the object depends on an assumption: once for an object, which
// remembers it for the notes of API answers.
func (h *Head) Assume(what Assumption, facts []Fact) []Fact {
	if !h.Settings.AssumptionFindings || what.Setting != "" && h.Settings.Chosen(what.Setting) || h.assumed&what.bit() != 0 {
		return facts
	}
	text := what.Behaviour
	if what.Setting != "" {
		text += " (set " + what.Setting + " to choose it explicitly)"
	}
	h.assumed |= what.bit()
	return append(facts, Fact{event: tap.EventAssumption.Number(), follows: true, text: text})
}

// assumeEnd adds that Tap's status for a KNET result is inferred, except for CAPTURED.
func (c *Payment) assumeEnd(end tap.Outcome, facts []Fact) []Fact {
	switch {
	case isPaid(end.Status):
		return facts
	case end.Bank == nil:
		return c.Assume(AssumesCanceled, facts)
	case end.Bank.Message == tap.KNETHostTimeout:
		return c.Assume(AssumesHostTimeout, facts)
	case end.Bank.Message == tap.KNETDeniedByRisk:
		return c.Assume(AssumesRisk, facts)
	}
	return c.Assume(AssumesNotCaptured, facts)
}
