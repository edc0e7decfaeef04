package tap

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// value reads and prints one setting. If set fails, the setting keeps its value.
type value interface {
	set(text string) error
	String() string
	values() string
}

// clipped is a value as errors repeat it.
func clipped(text string) string { return Clip(text, 60) }

type choice struct {
	to      *string
	allowed []string
}

func word(to *string, allowed ...string) value { return choice{to, allowed} }

func (v choice) set(text string) error {
	if !slices.Contains(v.allowed, text) {
		return fmt.Errorf("%q is not one of %s", clipped(text), strings.Join(v.allowed, ", "))
	}
	*v.to = text
	return nil
}
func (v choice) String() string { return *v.to }
func (v choice) values() string { return strings.Join(v.allowed, " | ") }

type numberChoice struct {
	to      *int
	allowed []int
}

func number(to *int, allowed ...int) value { return numberChoice{to, allowed} }

func (v numberChoice) set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || !slices.Contains(v.allowed, n) {
		return fmt.Errorf("%q is not one of %s", clipped(text), strings.ReplaceAll(v.values(), " | ", ", "))
	}
	*v.to = n
	return nil
}
func (v numberChoice) String() string { return strconv.Itoa(*v.to) }
func (v numberChoice) values() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(v.allowed), " ", " | "), "[]")
}

type whole struct {
	to          *int
	least, most int
}

func (v whole) set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < v.least || n > v.most {
		return fmt.Errorf("%q is not %s", clipped(text), v.values())
	}
	*v.to = n
	return nil
}
func (v whole) String() string { return strconv.Itoa(*v.to) }
func (v whole) values() string { return fmt.Sprintf("a whole number from %d to %d", v.least, v.most) }

type boundedText struct {
	to             *string
	least, longest int
}

func text(to *string, least, longest int) value { return boundedText{to, least, longest} }

func (v boundedText) set(text string) error {
	if len(text) < v.least || len(text) > v.longest {
		return fmt.Errorf("%q must be %s", clipped(text), v.values())
	}
	*v.to = text
	return nil
}
func (v boundedText) String() string { return *v.to }
func (v boundedText) values() string {
	if v.least == v.longest {
		return fmt.Sprintf("%d characters", v.least)
	}
	return fmt.Sprintf("%d to %d characters", v.least, v.longest)
}

type digits struct {
	to *string
	n  int
}

func (v digits) set(text string) error {
	if len(text) != v.n || !digitsOnly(text) {
		return fmt.Errorf("%q is not %s", clipped(text), v.values())
	}
	*v.to = text
	return nil
}
func (v digits) String() string { return *v.to }
func (v digits) values() string { return fmt.Sprintf("%d digits", v.n) }

type boolean struct{ to *bool }

func (v boolean) set(text string) error {
	if text != "true" && text != "false" {
		return fmt.Errorf("%q is neither true nor false", clipped(text))
	}
	*v.to = text == "true"
	return nil
}
func (v boolean) String() string { return strconv.FormatBool(*v.to) }
func (v boolean) values() string { return "true | false" }

// longest is the longest duration of a setting.
const longest = 1000 * time.Hour

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		return 0, fmt.Errorf("%q: a time cannot be negative; write a duration from 0s to 1000h such as 500ms, 5s or 1h30m", clipped(text))
	}
	if err != nil || d > longest {
		return 0, fmt.Errorf("%q is not a duration from 0s to 1000h such as 500ms, 5s or 1h30m", clipped(text))
	}
	return d, nil
}

type duration struct {
	to    *time.Duration
	least time.Duration
}

func (v duration) set(text string) error {
	d, err := parseDuration(text)
	if err == nil && d < v.least {
		err = fmt.Errorf("%q is less than %s", clipped(text), v.least)
	}
	if err == nil {
		*v.to = d
	}
	return err
}
func (v duration) String() string { return v.to.String() }
func (v duration) values() string { return "a duration: 500ms, 5s, 1h30m" }

type durations struct{ to *[]time.Duration }

// maxRetries bounds the attempts of one webhook.
const maxRetries = 20

func (v durations) set(text string) error {
	list := []time.Duration{}
	for part := range strings.SplitSeq(text, ",") {
		if text == "none" || text == "" {
			break
		}
		d, err := parseDuration(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		list = append(list, d)
	}
	if len(list) > maxRetries {
		return fmt.Errorf("%d waits, at most %d are allowed", len(list), maxRetries)
	}
	*v.to = list
	return nil
}
func (v durations) String() string {
	parts := make([]string, len(*v.to))
	for i, d := range *v.to {
		parts[i] = d.String()
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ",")
}
func (v durations) values() string { return "durations with commas between them, or none" }

type expiries struct{ to *[]CardExpiry }

func (v expiries) set(text string) error {
	list := []CardExpiry{}
	for part := range strings.SplitSeq(text, ",") {
		if text == "none" {
			break
		}
		e, err := ParseCardExpiry(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		list = append(list, e)
	}
	*v.to = list
	return nil
}
func (v expiries) String() string {
	parts := make([]string, len(*v.to))
	for i, e := range *v.to {
		parts[i] = e.String()
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ",")
}
func (v expiries) values() string { return "expiries such as 09/30 with commas between them, or none" }

type amountOrNone struct{ to *string }

func (v amountOrNone) set(text string) error {
	if text != "none" {
		if _, err := ParseAmount(text); err != nil {
			return err
		}
	}
	*v.to = text
	return nil
}
func (v amountOrNone) String() string { return *v.to }
func (v amountOrNone) values() string { return "an amount such as 25.000, or none" }

type money struct{ to *Amount }

func (v money) set(text string) error {
	a, err := ParseAmount(text)
	if err != nil {
		return err
	}
	*v.to = a
	return nil
}
func (v money) String() string { return v.to.String() }
func (v money) values() string { return "an amount such as 0.100" }

type baseURL struct{ to *string }

func (v baseURL) set(text string) error {
	if text == "" {
		*v.to = ""
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("want a base like https://pay.shop.example or http://127.0.0.1:8080, without query or fragment")
	}
	*v.to = strings.TrimRight(text, "/")
	return nil
}
func (v baseURL) String() string { return *v.to }
func (v baseURL) values() string { return "http(s)://host[:port][/path], or empty" }
