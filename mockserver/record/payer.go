package record

import (
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Texts of the journal, by which the ways differ in which the page refused a form.
const (
	saysOtherTab = "IPAY0100040"
	saysAgain    = "Confirm was pressed again"
	saysBankPIN  = "the bank refused the PIN"
)

// payer is what the payer did.
func (r *recording) payer(settings scenarios.Settings) *scenarios.Payer {
	opened, refused := r.first(tap.EventPageOpened), r.first(tap.EventPageRefused)
	switch {
	case opened != nil:
	case refused != nil:
		return &scenarios.Payer{Pay: &scenarios.Pay{}, At: r.after(refused.Cause, refused.At, 0)}
	case r.first(tap.EventSettled) == nil || r.lapsed():
		return &scenarios.Payer{Abandon: scenarios.Unopened}
	default:
		r.note("the charge was paid without a page, as a capture of an authorization is; the scenario has a payer, for a charge with a page")
		return &scenarios.Payer{Pay: &scenarios.Pay{}}
	}
	p := &scenarios.Payer{At: r.start(opened)}
	last := r.acts(p)
	if last != nil {
		p.Duration = scenarios.Duration(between(opened.At, last.At, 0))
	}
	r.limit(settings, p.Duration.Time())
	r.notePage()
	return p
}

// start is when the payer opened the page. The zero value is the default: as soon as the create answer was written.
func (r *recording) start(opened *control.Entry) (at scenarios.Moment) {
	from := r.begin()
	answered := r.first(tap.EventAnswered)
	switch {
	case answered != nil && answered.Seq < opened.Seq:
		from = answered.At
	case answered != nil || r.isAutomatic(): // an automatic payer that does not wait for the answer
		at.Event = scenarios.Created
	}
	if at.Plus = between(from, opened.At, 0); at.Plus > 0 && at.Event == "" {
		at.Event = scenarios.Answered
	}
	return at
}

// isAutomatic reports whether the mock made the payer's return, as it does for automatic payers.
func (r *recording) isAutomatic() bool {
	back := r.first(tap.EventReturned)
	return back != nil && back.Response != nil
}

// acts sets what the payer did on the page, and returns the entry at which their part was done.
func (r *recording) acts(p *scenarios.Payer) *control.Entry {
	cancelled, limit := r.first(tap.EventCancelled), r.first(tap.EventPageLimitReached)
	submitted, confirmed := r.first(tap.EventSubmitted), r.first(tap.EventConfirmed)
	switch {
	case cancelled != nil:
		if p.Cancel = r.screen(cancelled); p.Cancel == scenarios.Confirm {
			r.noteWait(submitted, cancelled)
		}
		return cancelled
	case limit != nil:
		p.Pay = &scenarios.Pay{}
		if submitted != nil {
			r.note("the time limit of the page passed on the confirm screen; the payer of the scenario needs that time on the entry screen")
		}
		return limit
	case confirmed != nil || r.isPaid():
		p.Pay = r.pay()
		return r.paid(submitted, confirmed)
	}
	if r.first(tap.EventExpired) == nil && !r.lapsed() {
		r.note("the payer had not finished when it was recorded; the payer of the scenario leaves the page")
	}
	p.Abandon = r.screen(nil)
	return submitted
}

// isPaid reports whether the payment was settled by what the payer entered.
func (r *recording) isPaid() bool { return r.first(tap.EventSettled) != nil && !r.lapsed() }

// paid is the entry at which the payer had done their part.
func (r *recording) paid(submitted, confirmed *control.Entry) *control.Entry {
	last := confirmed
	if last == nil {
		last = r.first(tap.EventOTPRefused, tap.EventSubmitRefused, tap.EventOutcomeChosen, tap.EventSettled)
	}
	r.noteWait(submitted, last)
	return last
}

// noteWait notes that the payer waited on the confirm screen, until an entry.
func (r *recording) noteWait(submitted, until *control.Entry) {
	if submitted == nil {
		return
	}
	if d := between(submitted.At, until.At, 0); d > 0 {
		r.note("the payer waited for %s on the confirm screen; the payer of the scenario needs that time on the entry screen", words(d))
	}
}

// screen is the screen of the page before an entry, or at the end of the recording.
func (r *recording) screen(before *control.Entry) scenarios.Screen {
	screen := scenarios.Entry
	for i := range r.entries {
		switch e := &r.entries[i]; {
		case e == before:
			return screen
		case e.Event == tap.EventSubmitted:
			screen = scenarios.Confirm
		case e.Event == tap.EventPageBack, e.Event == tap.EventSubmitRefused && screen == scenarios.Confirm:
			screen = scenarios.Entry
		}
	}
	return screen
}

// pay is how the payer paid.
func (r *recording) pay() *scenarios.Pay {
	p := &scenarios.Pay{}
	if n := len(r.refusals(saysAgain)); n > 0 {
		p.Clicks = min(n+1, 5)
	}
	if n := len(r.refusals(saysOtherTab)); n > 0 {
		p.Tabs = min(n+1, 5)
	}
	if refused := r.all(tap.EventOTPRefused); len(refused) > 0 && r.ended(refused[len(refused)-1]) {
		switch {
		case allSay(refused, "wrong,"):
			p.OTP = scenarios.WrongOTP
		case allSay(refused, "expired,"):
			p.OTP = scenarios.ExpiredOTP
		}
	}
	return p
}

// refusals are the entries of refused forms whose text contains a text.
func (r *recording) refusals(text string) (some []*control.Entry) {
	for _, e := range r.all(tap.EventSubmitRefused) {
		if strings.Contains(e.Detail, text) {
			some = append(some, e)
		}
	}
	return some
}

// ended reports whether the payment ended because of an entry.
func (r *recording) ended(e *control.Entry) bool {
	settled := r.first(tap.EventSettled)
	return settled != nil && settled.Cause == e.Seq
}

func allSay(some []*control.Entry, begin string) bool {
	for _, e := range some {
		if !strings.HasPrefix(e.Detail, begin) {
			return false
		}
	}
	return true
}

// limit sets the page's time limit, if it was not the default one or would end the payment that did not end.
func (r *recording) limit(settings scenarios.Settings, duration time.Duration) {
	if e := r.first(tap.EventPageLimitReached); e != nil {
		text := strings.TrimSuffix(strings.TrimPrefix(e.Detail, "after "), " on the page")
		if d, err := time.ParseDuration(text); err == nil && d != r.standard.PageLimit {
			settings["page_limit"] = text
		}
	} else if duration >= r.standard.PageLimit {
		settings["page_limit"] = (duration + time.Minute).String()
	}
}

// notePage notes what the payer did on the page that no automatic payer does.
func (r *recording) notePage() {
	for event, what := range map[tap.Event]string{
		tap.EventPageBack:      "the payer went back to the entry screen",
		tap.EventCardSaved:     "a card was saved for KFAST",
		tap.EventCardDeleted:   "a saved card was deleted",
		tap.EventOutcomeChosen: "the payer chose an outcome in the panel of the page instead of paying; the payer of the scenario pays",
	} {
		if r.first(event) != nil {
			r.note("%s; the scenario has only the outcome", what)
		}
	}
	if len(r.all(tap.EventOTPSent)) > 1 {
		r.note("the payer asked for another one-time password; the payer of the scenario does not")
	}
}
