package mockserver

import (
	"strconv"
	"time"

	"github.com/tapmock/tapmock/scenarios"
)

// number is a parameter of the query as a whole number; without is its default.
func (c *controlCall) number(name string, without uint64) (uint64, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return without, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 && name == "limit" {
		return 0, badControl("%s: %.40q is not a whole number%s", name, text, map[bool]string{true: " above 0"}[name == "limit"])
	}
	return n, nil
}

// limit is the parameter limit, from 1 to max; without is its default.
func (c *controlCall) limit(without, max uint64) (int, error) {
	n, err := c.number("limit", without)
	if err == nil && n > max {
		err = badControl("limit: %d is larger than %d; get more with further calls while has_more is true", n, max)
	}
	return int(n), err
}

// maxList bounds a list of charges or journal entries.
const maxList = 10_000

// wait is a parameter of the query as a duration; 0 without it.
func (c *controlCall) wait(name string) (time.Duration, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	d, err := scenarios.ParseDuration(text)
	if err != nil {
		return 0, badControl("%s: %v; at most 60s", name, err)
	}
	if d > longestWait {
		return 0, badControl("%s: %.40q is more than 60s", name, text)
	}
	return d, nil
}

// longestWait bounds how long a call of the control API waits, in real time.
const longestWait = time.Minute
