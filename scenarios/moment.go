package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Event is an event of a payment at which steps can be scheduled: one of the moments of [tap.Events].
type Event = tap.Event

// The events at which steps can be scheduled. Each happens once to an object. FirstAttempt is written webhook#n and happens when
// the merchant has responded to the first attempt of the n-th webhook step, or the attempt has failed.
const (
	Created      = tap.EventCreated
	Answered     = tap.EventAnswered
	PageOpened   = tap.EventPageOpened
	Submitted    = tap.EventSubmitted
	Confirmed    = tap.EventConfirmed
	Settled      = tap.EventSettled
	Corrected    = tap.EventCorrected
	Returned     = tap.EventReturned
	Expired      = tap.EventExpired
	FirstAttempt = tap.EventWebhook
	FirstCapture = tap.EventCaptured // of an authorization: its first capture
	Voided       = tap.EventVoided   // likewise: by the merchant
	Auto         = tap.EventAuto     // likewise
)

// events are the moments as they are written, webhook#1 for all webhooks at the end.
var events = func() []string {
	var names []string
	for _, e := range tap.Events() {
		if e.Moment && e.Event != FirstAttempt {
			names = append(names, string(e.Event))
		}
	}
	return append(names, string(FirstAttempt)+"#1")
}()

// Moment is an event, or some time after it on the account's clock. The zero value is none.
type Moment struct {
	Event Event
	N     int // of FirstAttempt, from 1
	Plus  time.Duration
}

var webhookNumber = regexp.MustCompile(`^webhook#[1-9][0-9]{0,2}$`)

func (m *Moment) read(text string) error {
	name, plus, later := strings.Cut(text, "+")
	name = strings.Trim(name, " ")
	if later {
		d, err := parseDuration(strings.Trim(plus, " "))
		if err != nil {
			return err
		}
		m.Plus = d
	}
	before, _, minus := strings.Cut(name, " -")
	switch {
	case durationForm.MatchString(name) && !later:
		return fmt.Errorf("%q is a duration without an event; write settled + %s, or another event", clip(name), clip(name))
	case negative(name):
		return fmt.Errorf("%q: a time cannot be negative; write an event, such as settled, or settled + 2s", name)
	case webhookNumber.MatchString(name):
		m.N, _ = strconv.Atoi(name[len("webhook#"):])
		m.Event = FirstAttempt
		return nil
	case strings.HasPrefix(name, "webhook#"):
		return fmt.Errorf("%q is not a webhook step; they are counted from 1: webhook#1", clip(name))
	case name == string(FirstAttempt):
		return errors.New(`"webhook" needs a number: webhook#1 is the first webhook step`)
	case minus:
		return fmt.Errorf("%q: a step cannot run before its event; write %s + 2s", clip(name), clip(before))
	}
	return oneOf((*string)(&m.Event), name, events)
}

func (m *Moment) write() string {
	text := string(m.Event)
	if m.Event == FirstAttempt {
		text += "#" + strconv.Itoa(m.N)
	}
	if m.Plus > 0 {
		text += " + " + formatDuration(m.Plus)
	}
	return text
}

// String is the moment as it is written, such as "settled + 2s".
func (m Moment) String() string { return m.write() }

func (m *Moment) schema() object {
	return pattern(`^ *(`+strings.Join(events[:len(events)-1], "|")+`|webhook#[1-9][0-9]{0,2})( *\+ *`+durationExpr+`)? *$`, "settled + 2s")
}

// Is reports whether the moment belongs to that event, with that number if it is FirstAttempt.
func (m Moment) Is(e Event, n int) bool { return m.Event == e && (e != FirstAttempt || m.N == n) }

// Duration is a duration on the account's clock.
type Duration time.Duration

func (d *Duration) read(text string) error {
	parsed, err := parseSpan(text)
	*d = Duration(parsed)
	return err
}
func (d *Duration) write() string {
	if *d == 0 {
		return ""
	}
	return formatDuration(time.Duration(*d))
}
func (d *Duration) schema() object { return pattern("^"+durationExpr+"$", "1m30s") }

// Time is the duration in Go's type.
func (d Duration) Time() time.Duration { return time.Duration(d) }

// Delay is a duration, or forever.
type Delay struct {
	Forever bool
	For     time.Duration
}

func (d *Delay) read(text string) (err error) {
	if d.Forever = text == "forever"; d.Forever {
		return nil
	}
	if err := renamedWord(text, []string{"forever"}); err != nil {
		return err
	}
	if d.For, err = parseSpan(text); err != nil {
		return fmt.Errorf("%w, or forever", err)
	}
	return nil
}
func (d *Delay) write() string {
	switch {
	case d.Forever:
		return "forever"
	case d.For == 0:
		return ""
	}
	return formatDuration(d.For)
}
func (d *Delay) schema() object {
	return object{"oneOf": []object{{"const": "forever"}, pattern("^"+durationExpr+"$", "1m30s")}}
}

// durationExpr is the notation of a duration: days first, then Go's units.
const durationExpr = `([0-9]{1,3}d|([0-9]{1,3}d)?([0-9]+(\.[0-9]+)?(h|m|s|ms))+)`

var (
	durationForm = regexp.MustCompile("^" + durationExpr + "$")
	days         = regexp.MustCompile(`^([0-9]{1,3})d`)
)

// longest bounds every duration of a scenario.
const longest = 400 * 24 * time.Hour

// parseSpan reads a duration other than zero, which is the same as none.
func parseSpan(text string) (time.Duration, error) {
	d, err := parseDuration(text)
	if err == nil && d == 0 {
		err = fmt.Errorf("%q is zero; remove the key, or use at least 1ms", clip(text))
	}
	return d, err
}

func parseDuration(text string) (time.Duration, error) {
	if negative(text) {
		return 0, fmt.Errorf("%q: a time cannot be negative; write 500ms, 2s, 1m30s, 3h or 2d", text)
	}
	if len(text) > 40 || !durationForm.MatchString(text) {
		return 0, fmt.Errorf("%q is not a duration; write 500ms, 2s, 1m30s, 3h or 2d", clip(text))
	}
	sum, rest := time.Duration(0), text
	if d := days.FindStringSubmatch(text); d != nil {
		n, _ := strconv.Atoi(d[1])
		sum, rest = time.Duration(n)*24*time.Hour, text[len(d[0]):]
	}
	if rest != "" {
		part, err := time.ParseDuration(rest)
		if err != nil || part > longest {
			return 0, fmt.Errorf("%q is more than 400 days", clip(text))
		}
		sum += part
	}
	switch {
	case sum > longest:
		return 0, fmt.Errorf("%q is more than 400 days", clip(text))
	case sum%time.Millisecond != 0:
		return 0, fmt.Errorf("%q is not in whole milliseconds", clip(text))
	}
	return sum, nil
}

// negative reports whether text is a duration with a minus before it.
func negative(text string) bool {
	rest, minus := strings.CutPrefix(text, "-")
	return minus && len(text) <= 40 && durationForm.MatchString(strings.TrimSpace(rest))
}

// formatDuration writes 26h as 1d2h and omits units that are zero.
func formatDuration(d time.Duration) string {
	text := ""
	if n := d / (24 * time.Hour); n > 0 {
		text, d = strconv.Itoa(int(n))+"d", d%(24*time.Hour)
		if d == 0 {
			return text
		}
	}
	rest := d.String()
	if strings.HasSuffix(rest, "m0s") {
		rest = strings.TrimSuffix(rest, "0s")
	}
	if strings.HasSuffix(rest, "h0m") {
		rest = strings.TrimSuffix(rest, "0m")
	}
	return text + rest
}
