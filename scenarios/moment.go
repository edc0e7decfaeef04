package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Event is something that happens once in a charge's story, on which steps may hang.
type Event string

// The events. Delivered is written webhook#n and happens when the n-th webhook step's first attempt has been answered or has
// failed; Corrected when the bank's later truth has come.
const (
	Created    Event = "created"
	Answered   Event = "answered"
	PageOpened Event = "page_opened"
	Submitted  Event = "submitted"
	Confirmed  Event = "confirmed"
	Settled    Event = "settled"
	Corrected  Event = "corrected"
	Redirected Event = "redirected"
	Expired    Event = "expired"
	Delivered  Event = "webhook"
)

var events = []string{string(Created), string(Answered), string(PageOpened), string(Submitted), string(Confirmed), string(Settled),
	string(Corrected), string(Redirected), string(Expired), "webhook#1"}

// Moment is an event, or some time after it on the account's clock. The zero value is none.
type Moment struct {
	Event Event
	N     int // of Delivered, from 1
	Plus  time.Duration
}

func (m *Moment) read(text string) error {
	name, plus, later := strings.Cut(text, "+")
	name = strings.TrimSpace(name)
	if later {
		d, err := parseDuration(strings.TrimSpace(plus))
		if err != nil {
			return err
		}
		m.Plus = d
	}
	if number, ok := strings.CutPrefix(name, "webhook#"); ok {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 {
			return fmt.Errorf("%q names no webhook step; count them from 1: webhook#1", clip(name))
		}
		m.Event, m.N = Delivered, n
		return nil
	}
	if name == string(Delivered) {
		return errors.New(`"webhook" needs a number: webhook#1 is the first webhook step`)
	}
	return oneOf((*string)(&m.Event), name, events)
}

func (m *Moment) write() string {
	text := string(m.Event)
	if m.Event == Delivered {
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
	return pattern(`^(`+strings.Join(events[:len(events)-1], "|")+`|webhook#[1-9][0-9]*)( *\+ *([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+)?$`, "settled + 2s")
}

// Is reports whether the moment hangs on that event, of that number if it is Delivered.
func (m Moment) Is(e Event, n int) bool { return m.Event == e && (e != Delivered || m.N == n) }

// Duration is a span of time on the account's clock.
type Duration time.Duration

func (d *Duration) read(text string) error {
	parsed, err := parseDuration(text)
	*d = Duration(parsed)
	return err
}
func (d *Duration) write() string {
	if *d == 0 {
		return ""
	}
	return formatDuration(time.Duration(*d))
}
func (d *Duration) schema() object { return pattern(durationExpr, "1m30s") }

// Time is the span as Go has it.
func (d Duration) Time() time.Duration { return time.Duration(d) }

// Delay is a span of time, or never.
type Delay struct {
	Never bool
	For   time.Duration
}

func (d *Delay) read(text string) (err error) {
	if d.Never = text == "never"; d.Never {
		return nil
	}
	d.For, err = parseDuration(text)
	return err
}
func (d *Delay) write() string {
	switch {
	case d.Never:
		return "never"
	case d.For == 0:
		return ""
	}
	return formatDuration(d.For)
}
func (d *Delay) schema() object {
	return object{"oneOf": []object{{"const": "never"}, pattern(durationExpr, "1m30s")}}
}

const durationExpr = `^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$`

// longest bounds every span of time of a scenario.
const longest = 400 * 24 * time.Hour

// days is the part of a duration that Go's own reader does not know.
var days = regexp.MustCompile(`^([0-9]{1,3})d`)

func parseDuration(text string) (time.Duration, error) {
	sum, rest := time.Duration(0), text
	if d := days.FindStringSubmatch(text); d != nil {
		n, _ := strconv.Atoi(d[1])
		sum, rest = time.Duration(n)*24*time.Hour, text[len(d[0]):]
	}
	if rest != "" || sum == 0 && text == "" {
		part, err := time.ParseDuration(rest)
		if err != nil || part < 0 || strings.HasPrefix(rest, "+") {
			return 0, fmt.Errorf("%q is no span of time; write 500ms, 2s, 1m30s, 3h or 2d", clip(text))
		}
		sum += part
	}
	if sum < 0 || sum > longest {
		return 0, fmt.Errorf("%q is more than 400 days", clip(text))
	}
	return sum.Truncate(time.Millisecond), nil
}

// formatDuration writes 26h as 1d2h and leaves out what is zero.
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

// Retries are the waits before further attempts of a webhook. The zero value leaves them to the setting.
type Retries struct {
	Set   bool
	Waits []time.Duration
}

// maxRetries bounds the attempts of one webhook.
const maxRetries = 20

func (r *Retries) read(text string) error {
	r.Set = true
	if text == "none" {
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		d, err := parseDuration(strings.TrimSpace(part))
		if err != nil {
			return fmt.Errorf("%w; write waits with commas between them, such as 1s,5s, or none", err)
		}
		r.Waits = append(r.Waits, d)
	}
	if len(r.Waits) > maxRetries {
		return fmt.Errorf("%d waits are more than %d", len(r.Waits), maxRetries)
	}
	return nil
}
func (r *Retries) write() string {
	var parts []string
	for _, w := range r.Waits {
		parts = append(parts, formatDuration(w))
	}
	if r.Set && len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ",")
}
func (r *Retries) schema() object {
	return object{"type": "string", "examples": []string{"1s,5s", "none"}}
}

// Calls is a range of calls, counted from 1. To is 0 for one without an end; the zero value is every call.
type Calls struct{ From, To int }

func (c *Calls) read(text string) error {
	from, to, ranged := strings.Cut(text, "-")
	a, err := strconv.Atoi(strings.TrimSpace(from))
	b := a
	if ranged {
		b = 0
		if to = strings.TrimSpace(to); to != "" && err == nil {
			b, err = strconv.Atoi(to)
			if b < a {
				err = errors.New("backwards")
			}
		}
	}
	if err != nil || a < 1 || a > 100_000 || b > 100_000 {
		return fmt.Errorf("%q is no range of calls; write 3, 1-2 or 4-, counted from 1", clip(text))
	}
	c.From, c.To = a, b
	return nil
}
func (c *Calls) write() string {
	switch {
	case c.From == 0:
		return ""
	case c.From == c.To:
		return strconv.Itoa(c.From)
	case c.To == 0:
		return strconv.Itoa(c.From) + "-"
	}
	return fmt.Sprintf("%d-%d", c.From, c.To)
}
func (c *Calls) schema() object {
	return object{"oneOf": []object{{"type": "integer", "minimum": 1}, {"type": "string", "pattern": `^[0-9]+( *- *[0-9]*)?$`}}}
}

// Includes reports whether the n-th call is one of them.
func (c Calls) Includes(n int) bool { return n >= c.From && (c.To == 0 || n <= c.To) }
