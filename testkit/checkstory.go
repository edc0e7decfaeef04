package testkit

import (
	"fmt"
	"strings"
)

// story is one scenario played by a check, and how the result is judged.
type story struct {
	Name       string // names of scenarios, joined by +
	Payer      payer
	Unpaid     Code   // finding if the order is paid without a capture; "" is PaidWithoutCapture
	Lost       Code   // finding if a captured order is not paid at the end; "" is LosesPayment
	Later      bool   // Lost is judged only after Reconcile
	Forged     bool   // when the first webhook arrives, the merchant cannot know yet that the charge is captured
	MayRefuse  bool   // genuine webhooks may be refused, because the merchant cannot confirm them
	Concurrent int    // number of GETs of the charge that wait for each other and are answered at the same time; 0 is none
	Return     bool   // the return is forged: Unpaid is for what happens after it, PaidWithoutCapture for what happens before
	Other      bool   // another order is paid first
	Rest       string // scenario of further charges, if the merchant creates any; "" is Scenario
	Scenario   string // of the first charge
}

// payer is the payer of a story.
type payer int

const (
	auto   payer = iota // the mock's automatic payer, of the story's scenario or of payer/pays-later
	own                 // the scenario has its own payer
	person              // the check submits the forms of the page
	slow                // the same, and the check inspects the order before it submits the card
)

// library has all stories of a check.
var library = concat(
	each("outcome/", story{}, "captured", "not-captured", "no-funds", "wrong-pin", "pin-tries", "expired-card", "over-limit", "issuer-down", "host-timeout",
		"timed-out", "unknown", "denied-by-risk", "restricted", "declined", "cancelled", "page-expired", "otp", "otp-refused", "slow-bank", "silent-bank"),
	each("payer/", story{Payer: own}, "cancels", "cancels-at-confirm", "abandons", "abandons-at-confirm", "never-opens", "too-slow", "after-expiry",
		"refused", "double-click", "two-tabs", "wrong-otp"),
	each("payer/", story{Payer: own, Lost: LosesEarlyWebhook}, "before-answer"),
	each("webhook/", story{Concurrent: 3}, "concurrent"),
	each("webhook/", story{}, "twice", "after-return", "late", "next-day", "once", "three-days"),
	each("webhook/", story{Payer: person, Concurrent: 2}, "with-return"),
	each("webhook/", story{Payer: slow}, "while-initiated"),
	each("webhook/", story{Lost: NeedsWebhook}, "never"),
	each("webhook/", story{Lost: DoesNotReconcile, Later: true}, "never + return/never"),
	each("return/", story{}, "late", "twice"),
	each("return/", story{Lost: NeedsWebhook, Concurrent: 2}, "concurrent + webhook/never"),
	each("return/", story{Lost: NeedsReturn}, "never", "unknown-charge", "no-charge"),
	each("return/", story{Unpaid: TrustsReturn, Return: true}, "claims-captured"),
	each("return/", story{Unpaid: TakesAnotherCharge, Return: true, Other: true}, "other-charge"),
	each("forge/", story{Unpaid: TrustsForgedWebhook, Lost: NeedsReturn, Forged: true}, "no-signature", "wrong-key", "another-account", "body-changed"),
	each("forge/", story{}, "two-decimals", "upper-case", "replay", "unknown-charge"),
	each("forge/", story{Unpaid: TrustsWebhookAlone}, "says-captured"),
	each("late/", story{Lost: IgnoresLateCapture, Later: true}, "captured-after-failure", "captured-after-cancel", "captured-after-expiry"),
	each("late/", story{}, "voided", "in-progress"),
	each("api/", story{Rest: "payer/pays-later"}, "create-lost", "create-refused", "create-done-502", "create-limited", "create-slow", "create-half", "create-not-json"),
	each("api/", story{Lost: GivesUpAsking}, "get-down", "get-reset", "get-content-type", "get-stale"),
	each("api/", story{Lost: DoesNotReconcile, Later: true, MayRefuse: true}, "get-lags"),
	each("api/", story{Payer: own, Lost: LosesEarlyWebhook, Rest: "payer/before-answer"}, "create-lost + payer/before-answer"),
)

// each returns a story for each name of a scenario group.
func each(group string, template story, names ...string) []story {
	all := make([]story, 0, len(names))
	for _, name := range names {
		s := template
		s.Name = group + name
		s.Scenario = s.Name
		if s.Payer == auto {
			s.Scenario += " + payer/pays-later"
		}
		if s.Forged {
			s.Scenario += " + return/never"
		}
		all = append(all, s)
	}
	return all
}

func concat(groups ...[]story) []story {
	var all []story
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// gate is the gate at which concurrent requests wait for each other.
const gate = "check-concurrent"

// script is a scenario file with the story's scenario and the check's fault, or "" if the story needs no fault.
func (s *story) script() string {
	fault := ""
	switch {
	case s.Forged: // GET cannot confirm the forged webhook, so a merchant that fulfils has trusted the webhook alone
		fault = "{on: charge.get, before: webhook#1 + 30s, fault: {status: 503}}"
	case s.Concurrent > 0: // a merchant that checks, calls GET, and then fulfils does so more than once
		fault = fmt.Sprintf("{on: charge.get, calls: 1-%d, gate: %s}", s.Concurrent, gate)
	default:
		return ""
	}
	return fmt.Sprintf("scenarios:\n  - name: check/%s\n    description: A story of the check.\n    extends: %s\n    api: [%s]\n",
		strings.ReplaceAll(s.Name, " + ", "/"), s.Scenario, fault)
}
