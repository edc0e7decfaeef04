package testkit

import (
	"fmt"
	"strings"
)

// script is one that a check plays, and how what comes of it is judged.
type story struct {
	Name       string // names of scenarios, joined by +
	Payer      payer
	Unpaid     Code   // if the order is paid without a capture; "" is PaidWithoutCapture
	Lost       Code   // if a captured order is not paid at the end; "" is LosesPayment
	Later      bool   // lost only if Reconcile has not mended it
	Forged     bool   // nobody can rightly know yet, when the first webhook has come, that the charge is captured
	Deaf       bool   // genuine webhooks may be refused, because they cannot be confirmed
	Concurrent int    // that many requests are let go at once from where each asks for the charge
	Return     bool   // it is the return that is false: it comes after the first look at the order, and what is wrong before has another reason
	Other      bool   // needs another, paid order beforehand
	Rest       string // scenario of further charges, if the merchant makes some
	Scenario   string
}

// payer says who pays in a story.
type payer int

const (
	auto   payer = iota // the mock's automatic payer, by the story or by payer/pays-later
	own                 // the scenario has one of its own
	person              // the check walks through the page
	slow                // likewise, and looks at the order before he submits
)

// library is every story of a check.
var library = concat(
	each("outcome/", story{}, "captured", "not-captured", "no-funds", "wrong-pin", "pin-tries", "expired-card", "over-limit", "issuer-down", "host-timeout",
		"timed-out", "unknown", "denied-by-risk", "restricted", "declined", "cancelled", "page-expired", "otp", "otp-refused", "slow-bank", "silent-bank"),
	each("payer/", story{Payer: own}, "cancels", "cancels-at-confirm", "abandons", "abandons-at-confirm", "never-opens", "too-slow", "after-expiry",
		"refused", "double-click", "two-tabs", "wrong-otp"),
	each("payer/", story{Payer: own, Lost: LosesEarlyWebhook}, "before-answer"),
	each("webhook/", story{Concurrent: 3}, "together"),
	each("webhook/", story{}, "twice", "after-redirect", "late", "next-day", "once", "three-days"),
	each("webhook/", story{Payer: person, Concurrent: 2}, "with-redirect"),
	each("webhook/", story{Payer: slow}, "while-initiated"),
	each("webhook/", story{Lost: NeedsWebhook}, "never"),
	each("webhook/", story{Lost: DoesNotReconcile, Later: true}, "never + return/never"),
	each("return/", story{}, "late", "twice"),
	each("return/", story{Lost: NeedsWebhook, Concurrent: 2}, "together + webhook/never"),
	each("return/", story{Lost: NeedsReturn}, "never", "unknown-charge", "no-charge"),
	each("return/", story{Unpaid: TrustsReturn, Return: true}, "claims-captured"),
	each("return/", story{Unpaid: TakesAnotherCharge, Return: true, Other: true}, "other-charge"),
	each("forge/", story{Unpaid: TrustsForgedWebhook, Lost: NeedsReturn, Forged: true}, "no-signature", "wrong-key", "another-account", "body-changed"),
	each("forge/", story{}, "two-decimals", "upper-case", "replay", "unknown-charge"),
	each("forge/", story{Unpaid: TrustsWebhookAlone}, "says-captured"),
	each("late/", story{Lost: IgnoresLateCapture, Later: true}, "captured-after-failure", "captured-after-cancel", "captured-after-expiry"),
	each("late/", story{}, "voided", "in-progress"),
	each("api/", story{Rest: "payer/pays-later"}, "create-lost", "create-refused", "create-done-502", "create-limited", "create-slow", "create-half", "create-not-json"),
	each("api/", story{Lost: GivesUpAsking}, "retrieve-down", "retrieve-reset", "retrieve-content-type", "retrieve-stale"),
	each("api/", story{Lost: DoesNotReconcile, Later: true, Deaf: true}, "retrieve-lags"),
	each("api/", story{Payer: own, Lost: LosesEarlyWebhook, Rest: "payer/before-answer"}, "create-lost + payer/before-answer"),
)

func each(group string, like story, names ...string) []story {
	all := make([]story, 0, len(names))
	for _, name := range names {
		s := like
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

// gate is where the check lets requests meet.
const gate = "check-together"

// script is the story's scenario if the library's alone will not do, or "".
func (s *story) script() string {
	fault := ""
	switch {
	case s.Forged: // whoever believes the false webhook has believed the webhook itself
		fault = "{on: charge.get, before: webhook#1 + 30s, fault: {status: 503}}"
	case s.Concurrent > 0: // whoever looks whether he has fulfilled, asks, and then fulfils, does so more than once
		fault = fmt.Sprintf("{on: charge.get, calls: 1-%d, gate: %s}", s.Concurrent, gate)
	default:
		return ""
	}
	return fmt.Sprintf("scenarios:\n  - name: check/%s\n    description: A story of the check.\n    extends: %s\n    api: [%s]\n",
		strings.ReplaceAll(s.Name, " + ", "/"), s.Scenario, fault)
}
