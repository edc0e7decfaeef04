package record

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// ending says in a word or two how the payment ended, for the name.
func (r *recording) ending(s *scenarios.Scenario) string {
	text := r.result(s)
	text += payerWords(s.Payer)
	if s.Bank == nil {
		return text
	}
	if _, other := s.Bank.Amount.Amount(); other {
		text += "-another-amount"
	}
	if s.Bank.OTP != nil && text == "captured" && *s.Bank.OTP.Ask {
		text += "-with-otp"
	}
	if s.Bank.Delay.For > 0 {
		text += "-after-" + words(s.Bank.Delay.For)
	}
	if later := r.first(tap.EventCorrected); later != nil {
		text += "-then-" + statusWord(changeOf(later).status)
	}
	return text
}

// payerWords are the habits of a payer in the name.
func payerWords(p *scenarios.Payer) (text string) {
	if p.At.Event == scenarios.Created {
		text += "-before-answer"
	}
	if p.Pay != nil && p.Pay.Clicks > 1 {
		text += "-clicked-" + strings.ReplaceAll(times(p.Pay.Clicks), " ", "-")
	}
	if p.Pay != nil && p.Pay.Tabs > 1 {
		text += fmt.Sprintf("-in-%d-tabs", p.Pay.Tabs)
	}
	return text
}

// result is the first result.
func (r *recording) result(s *scenarios.Scenario) string {
	settled := r.first(tap.EventSettled)
	switch {
	case r.first(tap.EventCancelled) != nil:
		return "cancelled"
	case r.first(tap.EventPageLimitReached) != nil:
		return "page-limit"
	case s.Payer.At.Event == scenarios.Expired:
		return "opened-too-late"
	case s.Payer.Abandon != "":
		return "abandoned-" + map[scenarios.Screen]string{scenarios.Unopened: "unopened", scenarios.Entry: "at-entry", scenarios.Confirm: "at-confirm"}[s.Payer.Abandon]
	case settled == nil || r.lapsed():
		return "silent-bank"
	case !r.decides() && r.bySeq[settled.Cause].Event == tap.EventOTPRefused:
		return "otp-refused"
	case !r.decides():
		return "pin-refused"
	case s.Bank != nil && s.Bank.Code != "" && changeOf(settled).status == tap.Failed:
		return "declined-" + string(s.Bank.Code)
	case s.Bank != nil && s.Bank.Result != "" && s.Bank.Status == "" && s.Bank.Response == "" && changeOf(settled).status == tap.Failed:
		return strings.ReplaceAll(strings.ToLower(string(s.Bank.Result)), " ", "-")
	case changeOf(settled).status == tap.Cancelled:
		return "cancelled-by-bank"
	}
	return statusWord(changeOf(settled).status)
}

func statusWord(s tap.Status) string {
	return strings.ReplaceAll(strings.ToLower(string(s)), "_", "-")
}

// sendings counts webhooks for the merchant, copies and repeated ones included; failed attempts and forged webhooks are counted apart.
type sendings struct {
	sent, refused int
	late          time.Duration // the first one after the result
	forged        []string
}

func (r *recording) sendings() (s sendings) {
	settled := r.first(tap.EventSettled, tap.EventExpired)
	for _, d := range r.deliveries {
		if d.Forge != "" {
			s.forged = append(s.forged, d.Forge)
			continue
		}
		if first := d.attempts[0]; s.sent == 0 && settled != nil && r.first(tap.EventCorrected) == nil {
			s.late = between(settled.At, first.at, first.tookMS)
		}
		s.sent += len(d.attempts[0].responses)
		for _, a := range d.attempts {
			if !a.isOK() {
				s.refused++
			}
		}
	}
	return s
}

// webhookWords are the webhooks in the name.
func (r *recording) webhookWords() (all []string) {
	s := r.sendings()
	switch {
	case s.late > 0:
		all = append(all, "webhook", words(s.late)+"-late")
	case s.sent > 1:
		all = append(all, "webhook")
	case s.sent == 0 && len(s.forged) == 0 && r.first(tap.EventSettled) != nil:
		return []string{"no-webhook"}
	}
	if s.sent > 1 {
		all = append(all, strings.ReplaceAll(times(s.sent), " ", "-"))
	}
	if s.refused > 0 {
		all = append(all, "refused-"+strings.ReplaceAll(times(s.refused), " ", "-"))
	}
	if len(s.forged) > 0 {
		all = append(all, "forged-"+slices.Compact(s.forged)[0])
	}
	return all
}

// returnWords are the payer's returns in the name, if they are not the default one.
func (r *recording) returnWords(s *scenarios.Scenario) []string {
	for _, c := range s.Callbacks {
		switch b := c.Return; {
		case b == nil:
		case b.Never:
			return []string{"no-return"}
		case isWithWebhook(s, b):
			return []string{"with-return"}
		case b.Copies > 1:
			return []string{"returned-" + strings.ReplaceAll(times(b.Copies), " ", "-")}
		case b.At.Plus > 0:
			return []string{"returned-" + words(b.At.Plus) + "-late"}
		case b.TapID != "" || len(b.Query) > 0:
			return []string{"returned-elsewhere"}
		}
	}
	return nil
}

// isWithWebhook reports whether the payer returns at the instant at which the webhook is sent.
func isWithWebhook(s *scenarios.Scenario, b *scenarios.Return) bool {
	settled := scenarios.Moment{Event: scenarios.Settled}
	return b.At == settled && slices.ContainsFunc(s.Callbacks, func(c scenarios.Callback) bool { return c.Webhook != nil && c.Webhook.At == settled })
}

// faultWords are the faults in the name.
func faultWords(faults []scenarios.Fault) (all []string) {
	for i := range faults {
		_, call, _ := strings.Cut(string(faults[i].On), ".")
		all = append(all, call+"-"+faultWord(&faults[i]))
	}
	return slices.Compact(all)
}

func faultWord(f *scenarios.Fault) string {
	if f.Fault == nil {
		return "slow"
	}
	return strings.ReplaceAll(f.Fault.String(), " ", "-")
}

// actsText says what the payer did.
func (r *recording) actsText(s *scenarios.Scenario) string {
	p := s.Payer
	text := "The payer pays"
	switch {
	case p.Cancel != "":
		text = "The payer presses Cancel"
	case p.Abandon == scenarios.Unopened:
		return "The payer never opens the page"
	case p.Abandon != "":
		text = "The payer leaves the page"
	case p.At.Event == scenarios.Expired:
		return "The payer opens the page too late"
	}
	if p.Pay != nil && p.Pay.Clicks > 1 {
		text += " with " + plural(p.Pay.Clicks, "clicks at the same instant")
	}
	if p.Pay != nil && p.Pay.Tabs > 1 {
		text += " in " + plural(p.Pay.Tabs, "tabs")
	}
	if p.At.Event == scenarios.Created {
		text += " before the create answer is written"
	}
	if d := p.At.Plus + p.Duration.Time(); d > 0 {
		text += " after " + words(d)
	}
	return text
}

// endText says how the charge ended.
func (r *recording) endText(s *scenarios.Scenario) string {
	settled := r.first(tap.EventSettled)
	text := "the charge expires"
	if settled != nil {
		c := changeOf(settled)
		text = fmt.Sprintf("the charge becomes %s (%s)", c.status, c.code)
		if c.amount != "" {
			text += " with " + c.amount + " instead of the amount of the request"
		}
		if s.Bank != nil && s.Bank.Code != "" {
			text += fmt.Sprintf(", with the bank's code %s", s.Bank.Code)
		}
		if s.Bank != nil && s.Bank.Delay.For > 0 {
			text += " when the bank decides, " + words(s.Bank.Delay.For) + " later"
		}
	}
	if later := r.first(tap.EventCorrected); later != nil && s.Bank != nil && s.Bank.Later != nil {
		if settled == nil {
			text += ", and becomes"
		} else {
			text += ", and"
		}
		text += fmt.Sprintf(" %s at %s", changeOf(later).status, s.Bank.Later.At)
	}
	return text
}

// webhookTexts say which webhooks are sent.
func (r *recording) webhookTexts() (all []string) {
	s := r.sendings()
	switch {
	case s.sent > 0:
		text := "the webhook is sent " + times(s.sent)
		if first := map[bool]string{true: "first "}[s.sent > 1]; s.late > 0 {
			text += ", " + first + words(s.late) + " after the result"
		}
		if r.returnsFirst() {
			text += ", after the payer's return"
		}
		if s.refused > 0 {
			text += ", and the merchant refuses it " + times(s.refused)
		}
		all = append(all, text)
	case len(s.forged) == 0:
		all = append(all, "no webhook is sent")
	}
	if len(s.forged) > 0 {
		all = append(all, "a forged webhook is sent ("+strings.Join(slices.Compact(s.forged), ", ")+")")
	}
	return all
}

// returnsFirst reports whether the payer returned before the first webhook was sent.
func (r *recording) returnsFirst() bool {
	back, webhook := r.first(tap.EventReturned), r.first(tap.EventWebhook)
	return back != nil && webhook != nil && back.Seq < webhook.Seq
}

// returnTexts say how the payer returns, if it is not the default.
func (r *recording) returnTexts(s *scenarios.Scenario) (all []string) {
	for _, c := range s.Callbacks {
		switch b := c.Return; {
		case b == nil:
		case b.Never:
			all = append(all, "the payer does not return")
		case b.Copies > 1:
			all = append(all, fmt.Sprintf("the payer returns %s at %s", times(b.Copies), b.At))
		default:
			all = append(all, "the payer returns at "+b.At.String())
		}
	}
	return all
}

// faultTexts say which faults are injected.
func faultTexts(faults []scenarios.Fault) (all []string) {
	for i := range faults {
		f := &faults[i]
		calls := fmt.Sprintf("call %d of %s", f.Calls.From, f.On)
		if f.Calls.To > f.Calls.From {
			calls = fmt.Sprintf("each of the calls %d to %d of %s", f.Calls.From, f.Calls.To, f.On)
		}
		if f.Fault == nil {
			all = append(all, calls+" is delayed by "+words(f.Delay.Time()))
		} else {
			all = append(all, calls+" has the fault "+f.String())
		}
	}
	return all
}
