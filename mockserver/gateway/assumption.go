package gateway

import (
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// assumption is a default that is inferred or unknown: the text of its line in the ledger, and the setting with which it can be
// chosen explicitly, or "".
type assumption struct{ behaviour, setting string }

// The assumptions that a payment may depend on. What applies to every answer, such as its layout, is not among them.
var (
	assumesNotCaptured = assumption{"NOT CAPTURED becomes FAILED 401", ""}
	assumesCanceled    = assumption{"CANCELED becomes CANCELLED 302", ""}
	assumesHostTimeout = assumption{"HOST TIMEOUT becomes FAILED 401, without an authRespCode", ""}
	assumesRisk        = assumption{"DENIED BY RISK becomes FAILED 401, without an authRespCode", ""}
	assumesPageTimeout = assumption{"a page time-out becomes CANCELLED 304", ""}
	assumesExpiry      = assumption{"an unpaid charge ends ABANDONED after its expiry", "charge_expiry_outcome"}
	assumesPageLimit   = assumption{"the page's limit is 5 minutes, noticed when the payer next acts", "page_limit"}
	assumesOTPTries    = assumption{"three wrong OTPs end the payment; the charge is then FAILED", "otp_tries"}
	assumesPINTries    = assumption{"three PINs that are refused, or that are not 4 digits, end the payment, with authRespCode 75", "pin_tries"}
	assumesRetries     = assumption{"attempts are 1 s and 5 s apart", "webhook_retries"}
	assumesTimeout     = assumption{"an attempt times out after 10 s", "webhook_timeout"}
	assumes2xx         = assumption{"any 2xx is success, redirects are not followed", ""}
	assumesAmount      = assumption{"a charge that was captured with another amount shows that amount in amount, transaction.amount and the CAPTURED activity", ""}
	assumesReturnWait  = assumption{"the first attempt comes before the payer is sent back", "return_wait"}
)

// assumptions lists them, for the test that compares them with the ledger.
var assumptions = []assumption{assumesNotCaptured, assumesCanceled, assumesHostTimeout, assumesRisk, assumesPageTimeout, assumesExpiry,
	assumesPageLimit, assumesOTPTries, assumesPINTries, assumesRetries, assumesTimeout, assumes2xx, assumesAmount, assumesReturnWait}

// assumeLocked records, if the setting assumption_findings is true, that the charge's payment depends on an assumption: once in
// the journal, and in the charge for the notes of API answers.
func (a *Account) assumeLocked(c *Charge, what assumption, cause uint64) {
	if !c.Settings.AssumptionFindings || what.setting != "" && c.Settings.Chosen(what.setting) {
		return
	}
	if slices.Contains(c.Assumptions, what.behaviour) {
		return
	}
	detail := what.behaviour
	if what.setting != "" {
		detail += " (set " + what.setting + " to choose it explicitly)"
	}
	c.Assumptions = append(c.Assumptions[:len(c.Assumptions):len(c.Assumptions)], what.behaviour)
	a.record(Entry{Event: tap.EventAssumption, Object: c.object(), Cause: cause, Detail: detail})
}
