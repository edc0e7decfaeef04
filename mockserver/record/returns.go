package record

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// returns are the steps that bring the payer back; never is one of them, and none is the default.
func (r *recording) returns(settings scenarios.Settings) (steps []step) {
	var before *control.Entry
	for _, e := range r.all(tap.EventReturned) {
		if n := len(steps); n > 0 && r.isCopy(before, e, addressOf(before) == addressOf(e)) {
			steps[n-1].Return.Copies = min(max(steps[n-1].Return.Copies, 1)+1, 50)
		} else {
			steps = append(steps, step{e.Seq, scenarios.Callback{Return: r.back(e, settings)}})
		}
		before = e
	}
	if slices.ContainsFunc(steps, func(s step) bool { return s.Return.Copies > 1 }) {
		r.note("the payer returned more than once; the journal does not say whether that was at the same instant, and the scenario does it one after the other")
	}
	for _, e := range r.scheduled {
		if e.Kind == "return" && e.Gate == "" {
			r.note("a return of the payer was scheduled when it was recorded; the scenario has it at its time")
			steps = append(steps, step{lastSeq, scenarios.Callback{Return: &scenarios.Return{At: r.after(0, e.Due, 0)}}})
		}
	}
	if r.first(tap.EventMerchantTimeout) != nil {
		r.note("the merchant did not respond to the webhook while the payer waited; play it against a merchant that does not respond either")
	}
	if len(steps) == 0 && r.isPaid() {
		steps = append(steps, step{lastSeq, scenarios.Callback{Return: &scenarios.Return{Never: true}}})
	}
	return steps
}

// isCopy reports whether a return is one more copy of the one before it.
func (r *recording) isCopy(before, e *control.Entry, sameAddress bool) bool {
	together := e.Cause == before.Cause || e.Cause == before.Seq
	return together && sameAddress && between(before.At, e.At, tookMS(e)) == 0
}

func tookMS(e *control.Entry) float64 {
	if e.Response == nil {
		return 0
	}
	return e.Response.TookMS
}

var returnAddress = regexp.MustCompile(`^(?:copy \d+ of \d+ )?to (\S+?)(?:: .*)?$`)

// addressOf is the address to which the payer returned.
func addressOf(e *control.Entry) string {
	if m := returnAddress.FindStringSubmatch(e.Detail); m != nil {
		return m[1]
	}
	return ""
}

// back is the step of one return.
func (r *recording) back(e *control.Entry, settings scenarios.Settings) *scenarios.Return {
	b := &scenarios.Return{At: r.after(e.Cause, e.At, tookMS(e)), TapID: scenarios.NoCharge}
	_, query, _ := strings.Cut(addressOf(e), "?")
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		switch {
		case key == "" || key == "…": // the merchant's own query
		case key == "tap_id" && value == r.charge.ID:
			b.TapID = ""
		case key == "tap_id":
			b.TapID = scenarios.AnotherCharge
			r.note("the payer returned with the tap_id of another charge, which may not exist; the scenario names one of the account, if there is one")
		case returnData.MatchString(pair):
			settings["return_data"] = "true"
		default:
			r.parameter(b, key, value)
		}
	}
	return b
}

var returnData = regexp.MustCompile(`^data=[0-9A-F]{32}$`)

// parameter adds a parameter to a return.
func (r *recording) parameter(b *scenarios.Return, key, value string) {
	name, err := url.QueryUnescape(key)
	text, err2 := url.QueryUnescape(value)
	if err != nil || err2 != nil || strings.Contains(key+value, "…") || strings.ContainsFunc(name+text, unicode.IsControl) {
		r.note("a parameter of the payer's return is not complete in the journal, or not one line; the scenario leaves it out")
		return
	}
	if b.Query == nil {
		b.Query = map[string]string{}
	}
	b.Query[name] = text
}

// isPlainReturn reports whether a return is the one that a scenario without return steps has.
func isPlainReturn(b *scenarios.Return, plain scenarios.Moment) bool {
	return !b.Never && b.At == plain && b.Copies == 0 && b.TapID == "" && len(b.Query) == 0
}
