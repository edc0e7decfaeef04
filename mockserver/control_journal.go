package mockserver

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// number is a parameter of the query as a whole number, or what it is without it.
func (c *controlCall) number(name string, without uint64) (uint64, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return without, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 && name == "limit" {
		return 0, badControl("%s: %.40q is no whole number%s", name, text, map[bool]string{true: " above 0"}[name == "limit"])
	}
	return n, nil
}

// known refuses parameters of the query that the call does not have.
func (c *controlCall) known(names ...string) error {
	for name := range c.r.URL.Query() {
		if near := tap.Nearest(name, names); near != name {
			text := "there is no parameter " + strconv.Quote(name) + "; there are " + strings.Join(names, ", ")
			if near != "" {
				text += "; did you mean " + near + "?"
			}
			return badControl("%s", text)
		}
	}
	return nil
}

func listControlCharges(c *controlCall) (any, error) {
	if err := c.known("status", "order", "limit"); err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 100)
	if err != nil {
		return nil, err
	}
	c.account.Calm(c.r.Context())
	q := c.r.URL.Query()
	list, evicted := c.account.Charges(func(charge *gateway.Charge) bool {
		return (q.Get("status") == "" || q.Get("status") == string(charge.Status)) && (q.Get("order") == "" || q.Get("order") == charge.Request.Order)
	}, int(min(limit, 10_000)))
	all := control.Charges{Charges: []control.Charge{}, Evicted: evicted}
	for i := range list {
		all.Charges = append(all.Charges, controlCharge(&list[i]))
	}
	return all, nil
}

func controlCharge(c *gateway.Charge) control.Charge {
	places, _ := tap.Decimals(c.Request.Currency)
	return control.Charge{ID: c.ID, Status: string(c.Status), Code: c.Result.Code, Message: c.Result.Message, Amount: c.Request.Amount.Text(places),
		Currency: c.Request.Currency, Order: c.Request.Order, Scenario: c.Story.Name, Created: c.Created, Page: string(c.Page.Stage), PageURL: c.PageURL(),
		Post: string(c.Post), Redirect: string(c.Redirect), PostURL: c.Request.PostURL, GETs: c.Retrieved}
}

func getStory(c *controlCall) (any, error) {
	c.account.Calm(c.r.Context())
	charge, entries, pending, err := c.account.Told(c.name)
	if err != nil {
		return nil, err
	}
	story := control.Story{Charge: controlCharge(&charge), Entries: []control.Entry{}, Pending: effects(pending)}
	for i := range entries {
		story.Entries = append(story.Entries, entry(&entries[i]))
	}
	story.Text = storyText(&story)
	return story, nil
}

// storyText tells a charge's story in lines that a person can read: when, what, and what led to it.
func storyText(s *control.Story) string {
	var b strings.Builder
	c := &s.Charge
	fmt.Fprintf(&b, "%s: %s, %s %s, %s %s", c.ID, c.Status, c.Code, c.Message, c.Amount, c.Currency)
	if c.Scenario != "" {
		fmt.Fprintf(&b, ", scenario %s", c.Scenario)
	}
	b.WriteByte('\n')
	for _, e := range s.Entries {
		fmt.Fprintf(&b, "%5d  %s  %-17s %s", e.Seq, e.At.UTC().Format("2006-01-02 15:04:05.000"), e.Event, e.Detail)
		if e.Cause != 0 {
			fmt.Fprintf(&b, "  (by %d)", e.Cause)
		}
		b.WriteByte('\n')
	}
	for _, e := range s.Pending {
		fmt.Fprintf(&b, "    …  %s  %s", e.Due.UTC().Format("2006-01-02 15:04:05.000"), e.Text)
		if e.Gate != "" {
			fmt.Fprintf(&b, ", at the gate %s", e.Gate)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func entry(e *gateway.Entry) control.Entry {
	out := control.Entry{Seq: e.Seq, Cause: e.Cause, At: e.At, Event: string(e.Event), Charge: e.Charge, Detail: e.Detail}
	if e.Attempt != nil {
		out.Answer = new(answerOf(e.Attempt))
	}
	return out
}

func answerOf(t *gateway.Attempt) control.Answer {
	return control.Answer{Status: t.Status, Fault: t.Fault, Remedy: t.Remedy, Body: t.Answer, TookMS: float64(t.Took.Microseconds()) / 1000}
}

// longestWait bounds how long a question about the journal waits, in real time.
const longestWait = time.Minute

func getJournal(c *controlCall) (any, error) {
	if err := c.known("after", "event", "charge", "limit", "wait"); err != nil {
		return nil, err
	}
	after, err1 := c.number("after", 0)
	limit, err2 := c.number("limit", 1000)
	wait, err3 := c.wait("wait")
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return nil, err
		}
	}
	q := c.r.URL.Query()
	event := gateway.Event(q.Get("event"))
	if event != "" && !gateway.KnownEvent(event) {
		return nil, badControl("event: %.40q is none; the events are %s", event, strings.Join(gateway.EventNames(), ", "))
	}
	if wait == 0 { // who waits wants to see things as they happen, not what has become of them
		c.account.Calm(c.r.Context())
	}
	ctx, stop := context.WithTimeout(c.r.Context(), wait)
	defer stop()
	found, err := c.account.Ask(ctx, gateway.Question{After: after, Event: event, Charge: q.Get("charge"), Max: int(min(limit, 10_000))})
	if err != nil {
		return nil, err
	}
	j := control.Journal{Entries: []control.Entry{}, Last: c.account.Overview().Journal}
	for i := range found {
		j.Entries = append(j.Entries, entry(&found[i]))
	}
	return j, nil
}

func (c *controlCall) wait(name string) (time.Duration, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	d, err := scenarios.ParseDuration(text)
	if err != nil || d > longestWait {
		return 0, badControl("%s: %.40q is no span of time up to 60s, such as 5s", name, text)
	}
	return d, nil
}
