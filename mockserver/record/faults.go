package record

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

var (
	faultText = regexp.MustCompile(`^([a-z.]+), call (\d+): (.+?)(, after the charge is created|, and no charge is created)?$`)
	faultKind = regexp.MustCompile(`^(?:(slow|[a-z][a-z-]*)|(\d{3})(?: (\d{4}))?)(?: after ([0-9a-z.]+))?(?: at the gate (\S+))?$`)
)

// faults are the faults that were injected into API calls. Calls that follow each other with the same fault are one.
func (r *recording) faults() (all []scenarios.Fault) {
	lastText := ""
	for _, e := range r.all(tap.EventFault) {
		m := faultText.FindStringSubmatch(e.Detail)
		if m == nil {
			r.note("the fault %q cannot be read; it is left out", e.Detail)
			continue
		}
		call, _ := strconv.Atoi(m[2])
		if n := len(all); n > 0 && all[n-1].On == scenarios.Operation(m[1]) && all[n-1].Calls.To == call-1 && lastText == m[3]+m[4] {
			all[n-1].Calls.To = call
			continue
		}
		if f, ok := r.fault(e, m); ok {
			f.Calls = scenarios.Calls{From: call, To: call}
			all, lastText = append(all, f), m[3]+m[4]
		}
	}
	return all
}

// fault makes a fault of the parts of its text.
func (r *recording) fault(e *control.Entry, parts []string) (f scenarios.Fault, ok bool) {
	f.On = scenarios.Operation(parts[1])
	if strings.HasPrefix(parts[1], "page.") {
		r.note("a fault was injected into the payment page (%s); the payer of the scenario uses no page, so it is left out", e.Detail)
		return f, false
	}
	m := faultKind.FindStringSubmatch(parts[3])
	if m == nil {
		r.note("the fault %q cannot be read; it is left out", e.Detail)
		return f, false
	}
	switch {
	case m[2] != "":
		status, _ := strconv.Atoi(m[2])
		f.Fault = &scenarios.FaultKind{Status: status, Code: m[3]}
		if status == 429 || status == 503 {
			r.note("the journal does not say whether answers with %d had the header Retry-After; those of the scenario have none", status)
		}
	case m[1] != "slow":
		f.Fault = &scenarios.FaultKind{Word: m[1]}
	}
	f.Delay = scenarios.Duration(parseSpan(m[4]))
	if m[5] != "" {
		r.gateDelay(&f, e)
	}
	if parts[4] == ", after the charge is created" && !f.Commits() {
		f.Commit = new(true)
	}
	return f, f.Fault != nil || f.Delay > 0
}

// gateDelay replaces a gate by the delay that resulted.
func (r *recording) gateDelay(f *scenarios.Fault, e *control.Entry) {
	if answered := r.first(tap.EventAnswered); f.On == scenarios.CreateCharge && answered != nil {
		f.Delay = scenarios.Duration(between(e.At, answered.At, 0))
		return
	}
	r.note("%s waited at a gate; the journal does not say for how long, and the scenario does not delay it", f.On)
}

// parseSpan reads a duration as scenarios write it, such as 1d2h; 0 is none.
func parseSpan(text string) (d time.Duration) {
	if days, rest, ok := strings.Cut(text, "d"); ok {
		n, _ := strconv.Atoi(days)
		d, text = time.Duration(n)*24*time.Hour, rest
	}
	rest, _ := time.ParseDuration(cmp.Or(text, "0s"))
	return d + rest
}
