package scenarios

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Retries are the waits before further attempts of a webhook. The zero value uses the setting webhook_retries.
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
		d, err := parseDuration(strings.Trim(part, " "))
		if err != nil && !durationForm.MatchString(strings.Trim(part, " ")) {
			return fmt.Errorf("%q is not a list of waits; separate them with commas, such as 1s,5s, or write none", clip(text))
		} else if err != nil {
			return err
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
	return object{"type": "string", "pattern": `^(none| *` + durationExpr + ` *(, *` + durationExpr + ` *)*)$`, "examples": []string{"1s,5s", "none"}}
}

// Calls is a range of calls, counted from 1. To is 0 for a range without an end; the zero value is every call.
type Calls struct{ From, To int }

var callsForm = regexp.MustCompile(`^([1-9][0-9]{0,8})( *- *([1-9][0-9]{0,8})?)?$`)

func (c *Calls) read(text string) error {
	m := callsForm.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("%q is not a range of calls; write 3, 1-2 or 4-, counted from 1", clip(text))
	}
	c.From, _ = strconv.Atoi(m[1])
	c.To, _ = strconv.Atoi(m[3]) // without it there is no end
	if m[2] == "" {
		c.To = c.From
	}
	if c.To > 0 && c.To < c.From {
		return fmt.Errorf("%q ends before it begins; write %d-%d", clip(text), c.To, c.From)
	}
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
	return object{"type": []string{"integer", "string"}, "minimum": 1, "maximum": 999_999_999, "pattern": callsForm.String()}
}

// Includes reports whether the n-th call is one of them.
func (c Calls) Includes(n int) bool { return n >= c.From && (c.To == 0 || n <= c.To) }
