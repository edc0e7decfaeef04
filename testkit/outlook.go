package testkit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// outlook is a charge, and what can still happen to it.
type outlook struct {
	control.Trace
	script *scenarios.Script // that the charge follows; nil: not known
}

// outlook reads a charge. It is nil if journal entries of the charge were evicted.
func (m *Mock) outlook(ctx context.Context, id string) (*outlook, error) {
	trace, err := m.control.Trace(ctx, id)
	if e, ok := errors.AsType[*control.Error](err); ok && e.Code == "evicted" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o := &outlook{Trace: trace}
	if !o.seen(tap.EventOutcomeChosen) { // on the page's panel, which overrides the scenario
		o.script = m.script(ctx, trace.Charge.Scenario)
	}
	return o, nil
}

// script is the script of a scenario, by its name. It is nil if the name is not that of a scenario that the account has, as of one that
// was queued as text, or if the scenario is random.
func (m *Mock) script(ctx context.Context, name string) *scenarios.Script {
	if name == "" {
		return scenarios.Plain()
	}
	text, err := m.control.Scenario(ctx, name)
	if err != nil {
		return nil
	}
	const renamed = "testkit/charge" // the library may have the name already
	named := string(scenarios.Combination(name).Name())
	set, err := scenarios.Parse(scenarios.Builtin(), name, []byte(strings.Replace(text, "- name: "+named+"\n", "- name: "+renamed+"\n", 1)))
	if err != nil {
		return nil
	}
	script, err := set.Resolve(renamed)
	if err != nil || script.Chaos != nil {
		return nil
	}
	return script
}

func (o *outlook) lastEntry() uint64 {
	if len(o.Entries) == 0 {
		return 0
	}
	return o.Entries[len(o.Entries)-1].Seq
}

func (o *outlook) seen(events ...tap.Event) bool {
	return slices.ContainsFunc(o.Entries, func(e control.Entry) bool { return slices.Contains(events, e.Event) })
}

func (o *outlook) hasScheduled(kinds ...string) bool {
	return slices.ContainsFunc(o.Scheduled, func(e control.Effect) bool { return slices.Contains(kinds, e.Kind) })
}

// atGate is the first effect that is due and waits at a gate; nil is none.
func (o *outlook) atGate(now time.Time) *control.Effect {
	for i, e := range o.Scheduled {
		if e.Gate != "" && !e.Due.After(now) {
			return &o.Scheduled[i]
		}
	}
	return nil
}

// isOpen reports whether the status or the webhooks of the charge can change without an effect that is scheduled: by the payer, or by a
// step that is scheduled when the create answer is written or the payer returns.
func (o *outlook) isOpen() bool {
	return o.payerMayAct() || o.mayBeAnswered() || o.hasStepsAt(scenarios.Returned) && o.payerMayReturn()
}

// awaitsPayer reports whether the payer can return without an effect that is scheduled.
func (o *outlook) awaitsPayer() bool {
	return o.payerMayAct() || o.mayBeAnswered() || o.payerMayReturn()
}

// payerMayAct reports whether a person may still pay on the page. If an automatic payer or the bank is about to act, it is scheduled.
func (o *outlook) payerMayAct() bool {
	return o.Charge.Status == tap.Initiated && !o.hasScheduled("payer", "settle") && !o.seen(tap.EventBankSilent)
}

// mayBeAnswered reports whether steps are scheduled at the create answer, which is not written yet.
func (o *outlook) mayBeAnswered() bool {
	answered := func(e control.Entry) bool {
		return e.Event == tap.EventAnswered || e.Event == tap.EventAPICall && strings.HasPrefix(e.Detail, "POST ") && strings.HasSuffix(e.Detail, ": HTTP 200")
	}
	return o.hasStepsAt(scenarios.Answered) && !slices.ContainsFunc(o.Entries, answered)
}

// hasStepsAt reports whether the script may have steps that are scheduled at a moment.
func (o *outlook) hasStepsAt(e scenarios.Event) bool {
	return o.script == nil || o.script.HasStepsAt(e)
}

// payerMayReturn reports whether a person may still return from the page. The return of an automatic payer is scheduled.
func (o *outlook) payerMayReturn() bool {
	return o.Charge.RedirectStatus != tap.DeliverySuccess && !o.leftPage() && (o.script == nil || o.script.Payer == nil) && o.scenarioReturns()
}

// leftPage reports whether the charge expired before the payer had done their part at the page.
func (o *outlook) leftPage() bool {
	return o.Charge.Status == tap.Abandoned && !o.seen(tap.EventConfirmed, tap.EventBankSilent, tap.EventChangeRefused)
}

func (o *outlook) scenarioReturns() bool {
	return o.script == nil || slices.ContainsFunc(o.script.Callbacks, func(c scenarios.Callback) bool { return c.Return != nil && !c.Return.Never })
}

// neverReturns says why the payer of the charge never returns; "" if they may.
func (o *outlook) neverReturns() string {
	if !o.scenarioReturns() && !o.hasScheduled("return") {
		return "the scenario " + o.Charge.Scenario + " never returns the payer"
	}
	return ""
}

// sendsNoWebhook says why the charge never has a webhook; "" if it may.
func (o *outlook) sendsNoWebhook() string {
	switch {
	case o.Charge.PostURL == "":
		return "the charge has no post.url"
	case o.script != nil && o.script.Webhook(1) == nil && !o.hasScheduled("webhook"):
		return "the scenario " + o.Charge.Scenario + " sends no webhook"
	}
	return ""
}

// staysEnded says that the charge has ended and its status never changes; "" if it may.
func (o *outlook) staysEnded() string {
	if o.Charge.Status == tap.Initiated || o.script == nil || o.script.Bank.Later != nil || o.hasScheduled("settle", "correct") {
		return ""
	}
	return o.ended() + " and nothing is scheduled that changes it"
}

// ended says how the charge has ended.
func (o *outlook) ended() string {
	switch {
	case o.Charge.Status == tap.Abandoned:
		return "the charge has expired as " + string(tap.Abandoned)
	case o.Charge.Status.Final():
		return "the charge has ended as " + string(o.Charge.Status)
	}
	return "the charge is " + string(o.Charge.Status)
}

// dueFormat is the format of the time of an effect.
const dueFormat = "2006-01-02 15:04:05.999"

// schedule says what is scheduled for the charge.
func (o *outlook) schedule(account *control.Account) string {
	if e := o.atGate(account.Now); e != nil {
		return fmt.Sprintf("%s, and an effect waits at the gate %s: call Release (%s)", o.ended(), e.Gate, e.Text)
	}
	if len(o.Scheduled) == 0 {
		return o.ended() + " and nothing is scheduled"
	}
	next := o.Scheduled[0]
	due := next.Due.UTC().Format(dueFormat)
	if account.Frozen {
		return fmt.Sprintf("%s; the clock is frozen, pending until %s: call Advance (%s)", o.ended(), due, next.Text)
	}
	return fmt.Sprintf("%s; pending until %s (%s)", o.ended(), due, next.Text)
}

// because is a reason, after the merchant's responses to the webhooks if they are wanted.
func (o *outlook) because(w *awaited, reason string) string {
	attempts := o.attempts()
	switch {
	case !w.webhooks || attempts == "":
		return reason
	case len(o.Scheduled) == 0:
		return attempts
	}
	return attempts + "; " + reason
}

// attempts says how the merchant responded to the webhooks: "3 attempts, all HTTP 401 "bad signature"".
func (o *outlook) attempts() string {
	var all []string
	for _, e := range o.Entries {
		if e.Event == tap.EventWebhook && e.Response != nil {
			all = append(all, describeResponse(e.Response))
		}
	}
	n, different := len(all), slices.Compact(slices.Clone(all))
	switch {
	case n == 0:
		return ""
	case n == 1:
		return "1 attempt: " + all[0]
	case len(different) == 1:
		return fmt.Sprintf("%d attempts, all %s", n, all[0])
	case n > maxAttempts:
		all = append(all[:maxAttempts], "…")
	}
	return fmt.Sprintf("%d attempts: %s", n, strings.Join(all, ", "))
}

// maxAttempts is how many responses a message has.
const maxAttempts = 10

// describeResponse is a merchant's response or the fault, with the first bytes of the body.
func describeResponse(r *control.Response) string {
	text := "HTTP " + strconv.Itoa(r.Status)
	if r.Status == 0 {
		text = cmp.Or(r.Failure, "no response")
		if r.Remedy != "" {
			text += " (" + r.Remedy + ")"
		}
	}
	if r.Body != "" {
		text += " " + beginning(r.Body)
	}
	return text
}
