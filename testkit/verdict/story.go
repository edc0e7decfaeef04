package verdict

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// story is one scenario played by a check, and how the result is judged.
type story struct {
	Name       string // names of scenarios, joined by +
	Payer      payer
	Unpaid     Code                // finding if the order is paid without a capture; "" is PaidWithoutCapture
	Lost       Code                // finding if a captured order is not paid at the end; "" is LosesPayment
	Later      bool                // Lost is judged only after Reconcile
	Reconcile  bool                // only Reconcile can help: not played without it
	Forged     bool                // when the first webhook arrives, the merchant cannot know yet that the charge is captured
	Mismatch   bool                // the charge does not fit the order: fulfilling it is the finding Unpaid, everything else is correct
	MayRefuse  bool                // genuine webhooks may be refused, because the merchant cannot confirm them
	Concurrent int                 // number of GETs of the charge that wait for each other and are answered at the same time; 0 is none
	After      bool                // what is forged comes after the first inspection: what is wrong before that is PaidWithoutCapture
	Return     bool                // it is the return that is forged
	Other      other               // another order of the same amount comes first
	OtherPaid  Code                // finding if that order is fulfilled although it was not paid; "" is not judged
	Slow       scenarios.Operation // whose first answer is held in real time until the client hangs up
	Rest       string              // scenario of further charges, if the merchant creates any; "" is Scenario
	Scenario   string              // of the first charge
	Holding    *holding            // the money is only held at first; nil: it is captured at once. Not played without an Authorizer
	Giving     *giving             // the order's money is given back; nil: not. Not played without a Refunder
}

// payer is the payer of a story.
type payer int

const (
	auto   payer = iota // the mock's automatic payer, of the story's scenario or of payer/pays-later
	own                 // the scenario has its own payer
	person              // the check submits the forms of the page
	slow                // the same, and the check inspects the order before it submits the card
)

// other is another order that comes before a story's.
type other int

const (
	none other = iota
	paid       // its charge is captured
	open       // its charge is not paid
)

// library has all stories of a check. Those that wait in real time come last.
var library = concat(
	each("outcome/", story{}, "captured", "not-captured", "no-funds", "wrong-pin", "pin-tries", "expired-card", "over-limit", "issuer-down", "host-timeout",
		"timed-out", "unknown", "denied-by-risk", "restricted", "declined", "cancelled", "page-expired", "otp", "otp-refused", "slow-bank", "silent-bank"),
	each("outcome/", story{Unpaid: IgnoresAmount, Mismatch: true}, "captured-less"),
	each("payer/", story{Payer: own}, "cancels", "cancels-at-confirm", "abandons", "abandons-at-confirm", "never-opens", "too-slow", "after-expiry",
		"declined", "double-click", "two-tabs", "wrong-otp"),
	each("payer/", story{Payer: own, Lost: LosesEarlyWebhook}, "before-answer"),
	each("webhook/", story{Concurrent: 3}, "concurrent"),
	each("webhook/", story{}, "twice", "after-return", "late", "late-twice", "next-day", "no-retry", "three-days"),
	each("webhook/", story{Payer: person, Concurrent: 2}, "with-return"),
	each("webhook/", story{Payer: slow}, "while-initiated"),
	each("webhook/", story{Lost: NeedsWebhook}, "never"),
	each("webhook/", story{Lost: DoesNotReconcile, Later: true, Reconcile: true}, "never + return/never"),
	each("return/", story{}, "late", "twice"),
	each("return/", story{Lost: NeedsWebhook, Concurrent: 2}, "concurrent + webhook/never"),
	each("return/", story{Lost: NeedsReturn}, "never", "unknown-charge", "no-charge"),
	each("return/", story{Unpaid: TrustsReturn, After: true, Return: true}, "claims-captured"),
	each("return/", story{Unpaid: TakesAnotherCharge, After: true, Return: true, Other: paid}, "other-charge"),
	each("forge/", story{Unpaid: TrustsForgedWebhook, Lost: NeedsReturn, Forged: true}, "no-signature", "wrong-key", "another-account", "body-changed"),
	each("forge/", story{}, "two-decimals", "upper-case", "replay", "unknown-charge"),
	each("forge/", story{Unpaid: TrustsWebhookAlone, After: true}, "says-captured"),
	each("forge/", story{Unpaid: IgnoresAmount, Mismatch: true}, "another-amount", "another-currency"),
	each("forge/", story{Unpaid: TakesAnotherCharge, Mismatch: true, Other: open, OtherPaid: TrustsWebhookAlone}, "another-order"),
	each("late/", story{Lost: IgnoresLateCapture, Later: true, Reconcile: true}, "captured-after-failure"),
	each("late/", story{Lost: IgnoresLateCapture, Later: true}, "captured-after-cancel", "captured-after-expiry"),
	each("late/", story{}, "voided", "in-progress"),
	each("api/", story{Rest: "payer/pays-later"}, "create-lost", "create-refused", "create-done-502", "create-limited", "create-half", "create-not-json"),
	each("api/", story{Lost: GivesUpAsking}, "get-down", "get-reset", "get-content-type", "get-stale"),
	each("api/", story{Lost: DoesNotReconcile, Later: true, Reconcile: true, MayRefuse: true}, "get-lags"),
	each("api/", story{Unpaid: IgnoresAmount, Mismatch: true}, "get-another-amount", "get-another-currency"),
	each("api/", story{Unpaid: TakesAnotherCharge, Mismatch: true, Other: open, OtherPaid: TakesAnotherCharge}, "get-another-order"),
	each("api/", story{Payer: own, Lost: LosesEarlyWebhook, Rest: "payer/before-answer"}, "create-lost + payer/before-answer"),
	refundStories,
	authorizationStories,
	each("api/", story{Slow: scenarios.CreateCharge, Rest: "payer/pays-later"}, "create-slow"),
	each("api/", story{Slow: scenarios.GetCharge, MayRefuse: true, Later: true}, "get-slow"),
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

// Stories are the names of all stories, in the order in which they are played.
func Stories() []string {
	names, _ := Select(nil, nil)
	return names
}

// Select are the names of the stories that the words only select and the words skip do not, as [Config] has them. The error names a word
// that fits no story, and the nearest one.
func Select(only, skip []string) ([]string, error) {
	some, err := chosen(only, skip)
	names := make([]string, len(some))
	for i, s := range some {
		names[i] = s.Name
	}
	return names, err
}

// chosen are the stories that the words only select and the words skip do not; without only all. The error names a word that fits no story.
func chosen(only, skip []string) ([]story, error) {
	for _, word := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(library, func(s story) bool { return s.fits(word) }) {
			return nil, fmt.Errorf("no story's name contains %q%s", word, near(word))
		}
	}
	some := slices.DeleteFunc(slices.Clone(library), func(s story) bool {
		return len(only) > 0 && !slices.ContainsFunc(only, s.fits) || slices.ContainsFunc(skip, s.fits)
	})
	if len(some) == 0 {
		return nil, errors.New("no story is left: each one that is selected is also skipped")
	}
	return some, nil
}

// fits reports whether a word selects the story: it is a part of its name, unless it is the whole name of a story.
func (s story) fits(word string) bool {
	return s.Name == word || strings.Contains(s.Name, word) && !isName(word)
}

func isName(word string) bool {
	return slices.ContainsFunc(library, func(s story) bool { return s.Name == word })
}

// near suggests the story that a word is probably meant for.
func near(word string) string {
	if name := tap.Nearest(word, Stories()); name != "" {
		return ", did you mean " + name + "?"
	}
	var parts []string
	for _, name := range Stories() {
		parts = append(parts, strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == ' ' || r == '+' })...)
	}
	if part := tap.Nearest(word, parts); part != "" {
		return ", did you mean " + part + "?"
	}
	return "; verdict.Stories lists them"
}

// The gates of a check.
const (
	meetGate   = "check-concurrent" // concurrent requests wait for each other
	slowGate   = "check-slow"       // an answer waits until the client hangs up
	returnGate = "check-return"     // the return waits until the order was inspected
)

// yaml is a scenario file with the story's scenario and what the check adds to it.
func (s *story) yaml() string {
	var b strings.Builder
	fmt.Fprintf(&b, "scenarios:\n  - name: check/%s\n    description: A story of the check.\n", strings.ReplaceAll(s.Name, " + ", "/"))
	switch {
	case s.Holding != nil:
		fmt.Fprintf(&b, "    extends: %s\n    object: authorization\n    payer: {pay: {}, at: answered, duration: %s}\n", s.Scenario, thinking/2)
	case s.Slow != "": // the scenario's own delay is of the account's clock; this one is of real time
		fmt.Fprintf(&b, "    extends: payer/pays-later\n    api: [{on: %s, calls: 1, gate: %s}]\n", s.Slow, slowGate)
		return b.String()
	case s.Forged: // GET cannot confirm the forged webhook, so a merchant that fulfils has trusted the webhook alone
		fmt.Fprintf(&b, "    extends: %s\n    api: [{on: charge.get, before: webhook#1 + 30s, fault: {status: 503}}]\n", s.Scenario)
	case s.Concurrent > 0: // a merchant that checks, calls GET, and then fulfils does so more than once
		fmt.Fprintf(&b, "    extends: %s\n    api: [{on: charge.get, calls: 1-%d, gate: %s}]\n", s.Scenario, s.Concurrent, meetGate)
	default:
		fmt.Fprintf(&b, "    extends: %s\n", s.Scenario)
	}
	return b.String()
}

// splits reports whether the return of the story can wait at a gate: it is the default one, and it can happen.
func (s *story) splits() bool {
	script, err := scenarios.Builtin().Resolve(s.Scenario)
	if err != nil || !script.PlainReturn || s.Concurrent > 0 || s.Slow != "" {
		return false
	}
	_, err = scenarios.Parse(scenarios.Builtin(), "check", []byte(s.withGate()))
	return err == nil
}

// withGate is the same with a gate for the return, so that the check sees whether the webhook or the return made the order paid.
func (s *story) withGate() string {
	return s.yaml() + fmt.Sprintf("    callbacks: [return#1: {gate: %s}]\n", returnGate)
}

// description is what the library says of the story's scenarios.
func (s *story) description() string {
	switch {
	case s.Giving != nil && s.Giving.says != "":
		return s.Giving.says
	case s.Holding != nil && s.Holding.says != "":
		return s.Holding.says
	}
	var all []string
	for name := range strings.SplitSeq(s.Name, " + ") {
		if one, err := scenarios.Builtin().Lookup(name); err == nil {
			all = append(all, one.Description)
		}
	}
	return strings.Join(all, " ")
}
