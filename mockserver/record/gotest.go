package record

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"time"
	"unicode"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

//go:embed gotest.tmpl
var goTestText string

var goTest = sync.OnceValue(func() *template.Template { return template.Must(template.New("gotest.tmpl").Parse(goTestText)) })

// goTestData is what the template needs. What is Go source is ready as it is.
type goTestData struct {
	Name     string // of the scenario
	Func     string // name of the test
	YAML     string // Go literal
	Start    string // Go expression of the instant at which the clock is frozen
	Replies  []string
	Advance  string // Go expression; "" does not move the clock
	Status   tap.Status
	Webhooks int
	Tries    int // of the create call

	Amount, Currency, Source string // Go literals
	Order                    string // the same; "" is none
	Posts                    bool   // the charge has a post.url
	Expiry                   int    // in minutes; 0 is the default
}

// GoTest returns the source of a Go test file that plays the payment of a charge again: with package testkit it creates the same charge under the
// scenario of [Scenario], moves the clock as far as the recording did, and checks the status of the charge and the number of webhooks. A
// receiver stands in for the shop until the user puts the shop's own addresses at the marked place. webhooks are those of the charge. notes
// say what the test cannot say.
func GoTest(t *control.Trace, webhooks []control.Webhook) (source string, notes []string) {
	r := read(t, webhooks)
	s := r.scenario()
	s.API = r.withoutDelays(s.API)
	request := r.requested()
	if !strings.HasPrefix(request.source, "src_") {
		r.note("the source of the charge was a token or an authorization, which exists only in the recorded account; the test pays from %s", tap.SourceKNET)
		request.source = tap.SourceKNET
	}
	data := goTestData{Name: string(s.Name), Func: funcName(s.Name), YAML: literal(string(s.YAML())),
		Start: instant(r.begin()), Replies: r.replies(), Advance: r.advance(s), Status: r.charge.Status, Webhooks: r.sentWebhooks(), Tries: tries(s.API),
		Amount: strconv.Quote(request.amount), Currency: strconv.Quote(request.currency), Source: strconv.Quote(request.source),
		Posts: r.charge.PostURL != "" || len(webhooks) > 0}
	if r.charge.Order != "" {
		data.Order = strconv.Quote(r.charge.Order)
	}
	if n := r.expiryMinutes(); n != standardExpiry {
		data.Expiry = n
	}
	var b bytes.Buffer
	err := goTest().Execute(&b, data)
	text, err2 := format.Source(b.Bytes())
	if err != nil || err2 != nil {
		r.note("the source could not be formatted: %v, %v", err, err2)
		return b.String(), r.notes
	}
	return string(text), r.notes
}

// withoutDelays leaves out delays of the create answer, for which the test would wait on its own clock.
func (r *recording) withoutDelays(faults []scenarios.Fault) (all []scenarios.Fault) {
	for _, f := range faults {
		if f.On == scenarios.CreateCharge && f.Delay > 0 {
			r.note("the create answer was delayed; the test, which moves the clock itself, leaves the delay out")
			if f.Delay = 0; f.Fault == nil {
				continue
			}
		}
		all = append(all, f)
	}
	return all
}

// sentWebhooks is the number of webhook requests that the merchant got.
func (r *recording) sentWebhooks() (n int) {
	for _, d := range r.deliveries {
		for _, a := range d.attempts {
			n += len(a.responses)
		}
	}
	return n
}

// advance is how far the clock must move after the create call.
func (r *recording) advance(s *scenarios.Scenario) string {
	from := r.begin()
	if e := r.first(tap.EventAnswered); e != nil {
		from = e.At
	}
	if d := max(between(from, r.end(), 0), r.length(s)); d > 0 {
		return duration(d)
	}
	return ""
}

// replies are the calls of the receiver that make it respond as the recorded shop did, up to its last refusal.
func (r *recording) replies() (calls []string) {
	responses := r.responses()
	for len(responses) > 0 && responses[len(responses)-1].Status/100 == 2 {
		responses = responses[:len(responses)-1]
	}
	for i := 0; i < len(responses); {
		n := 1
		for i+n < len(responses) && responses[i+n].Status == responses[i].Status {
			n++
		}
		switch status := responses[i].Status; {
		case status >= 200 && status <= 599:
			calls = append(calls, fmt.Sprintf("shop.FailNext(%d, %d)", n, status))
		default:
			calls = append(calls, fmt.Sprintf("shop.DisconnectNext(%d)", n))
			r.note("the recorded shop gave no response to a webhook (%s); the receiver of the test closes the connection", responses[i].Failure)
		}
		i += n
	}
	return calls
}

// responses are the merchant's responses to webhooks in their order.
func (r *recording) responses() (all []control.Response) {
	for _, e := range r.all(tap.EventWebhook) {
		known := slices.ContainsFunc(r.deliveries, func(d *delivery) bool { return d.ID == e.Delivery })
		if known && e.Response != nil {
			all = append(all, *e.Response)
		}
	}
	return all
}

// tries is how often the charge must be created until there is an answer.
func tries(faults []scenarios.Fault) int {
	n := 1
	for _, f := range faults {
		if f.On == scenarios.CreateCharge {
			n = max(n, f.Calls.To+1)
		}
	}
	return n
}

// funcName is the name of a test after that of a scenario: TestRecordedCaptured for recorded/captured.
func funcName(name scenarios.Name) string {
	var out strings.Builder
	out.WriteString("Test")
	for word := range strings.FieldsFuncSeq(string(name), func(r rune) bool { return r == '/' || r == '-' }) {
		out.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return out.String()
}

// literal is a text as Go source, in backquotes if they can hold it.
func literal(text string) string {
	plain := func(r rune) bool { return r == '\n' || r != '`' && unicode.IsPrint(r) }
	if strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return strconv.Quote(text)
	}
	return "`" + text + "`"
}

// instant is a time as Go source, in whole seconds.
func instant(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("time.Date(%d, %d, %d, %d, %d, %d, 0, time.UTC)", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second())
}

// duration is a duration as Go source.
func duration(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{time.Hour, "time.Hour"}, {time.Minute, "time.Minute"}, {time.Second, "time.Second"}} {
		if d == unit.of {
			return unit.name
		}
		if d%unit.of == 0 {
			return fmt.Sprintf("%d * %s", d/unit.of, unit.name)
		}
	}
	return fmt.Sprintf("%d * time.Millisecond", d.Milliseconds())
}
