package mockserver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits bound what a server keeps and accepts. Zero is the default, see [LimitNames].
type Limits struct {
	Charges       int   // charges of one account
	ServerCharges int   // charges of all accounts
	Accounts      int   // accounts
	Journal       int   // bytes of one account's journal
	ServerJournal int   // bytes of all journals
	Calls         int   // bytes of the kept API calls of one account; below 0: none are kept
	ServerCalls   int   // bytes of all kept API calls
	Deliveries    int   // webhook attempts under way
	Body          int64 // bytes of a request's body

	Scenarios       int // bytes of memory that the own scenarios of one account need
	ServerScenarios int // bytes of memory that those of all accounts need
}

// limitNames are the names of the limits on the command line, with their defaults.
var limitNames = []struct {
	name, preset string
	set          func(*Limits, int64)
}{
	{"charges", "10000", func(l *Limits, n int64) { l.Charges = int(n) }},
	{"server-charges", "50000", func(l *Limits, n int64) { l.ServerCharges = int(n) }},
	{"accounts", "10000", func(l *Limits, n int64) { l.Accounts = int(n) }},
	{"journal", "16MB", func(l *Limits, n int64) { l.Journal = int(n) }},
	{"server-journal", "256MB", func(l *Limits, n int64) { l.ServerJournal = int(n) }},
	{"calls", "2MB", func(l *Limits, n int64) { l.Calls = int(n) }},
	{"server-calls", "64MB", func(l *Limits, n int64) { l.ServerCalls = int(n) }},
	{"scenarios", "32MB", func(l *Limits, n int64) { l.Scenarios = int(n) }},
	{"server-scenarios", "256MB", func(l *Limits, n int64) { l.ServerScenarios = int(n) }},
	{"deliveries", "1000", func(l *Limits, n int64) { l.Deliveries = int(n) }},
	{"body", "1MB", func(l *Limits, n int64) { l.Body = n }},
}

// LimitNames lists the limits that [Limits.Set] knows, each as name=default.
func LimitNames() []string {
	names := make([]string, len(limitNames))
	for i, l := range limitNames {
		names[i] = l.name + "=" + l.preset
	}
	return names
}

// Set sets the limit of that name to a number above zero; text may be a size such as 512KB or 16MB. The limit calls may be none. The error
// says what is wrong and what is allowed.
func (l *Limits) Set(name, text string) error {
	if name == "calls" && text == "none" {
		l.Calls = -1
		return nil
	}
	for _, known := range limitNames {
		if known.name != name {
			continue
		}
		n, err := parseSize(text)
		if err != nil {
			return fmt.Errorf("limit %s: %w", name, err)
		}
		known.set(l, n)
		return nil
	}
	return fmt.Errorf("there is no limit %q; the limits are %s", name, strings.Join(LimitNames(), ", "))
}

var errSize = errors.New("want a number above zero, such as 20000, 512KB or 16MB")

func parseSize(text string) (int64, error) {
	number, unit := text, int64(1)
	if n, ok := strings.CutSuffix(text, "KB"); ok {
		number, unit = n, 1<<10
	} else if n, ok := strings.CutSuffix(text, "MB"); ok {
		number, unit = n, 1<<20
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return 0, errSize
	}
	return n * unit, nil
}
