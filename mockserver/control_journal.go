package mockserver

import (
	"context"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func getJournal(c *controlCall) (any, error) {
	q, wait, err := c.journalQuery()
	if err != nil {
		return nil, err
	}
	if wait == 0 { // a call that waits is answered with the first entry, before the account is idle
		c.account.Calm(c.r.Context())
	}
	ctx, stop := context.WithTimeout(c.r.Context(), wait)
	defer stop()
	limit := q.Max
	q.Max++
	found, err := c.account.Ask(ctx, q)
	if err != nil {
		return nil, err
	}
	more := len(found) > limit
	if q.Latest {
		if more, err = c.hasMore(len(found), limit, q.Object); err != nil {
			return nil, err
		}
	}
	j := control.Journal{Entries: []control.Entry{}, LastEntry: c.account.Overview().LastEntry, HasMore: more}
	for i := range found[:min(len(found), limit)] {
		j.Entries = append(j.Entries, entry(&found[i]))
	}
	return j, nil
}

// hasMore reports whether a list that starts with the latest, and of which n elements are kept, has more than one page of limit. It is an
// error if a page is short only because the rest was evicted from the journal.
func (c *controlCall) hasMore(n, limit int, object string) (bool, error) {
	if n > limit {
		return true, nil
	}
	err := c.evicted(object)
	if err != nil && n == limit {
		return true, nil
	}
	return false, err
}

// evicted returns an error if the journal has evicted entries of an object, or of the account if object is "". The first entry of an
// object is created: if it is kept, so are the others.
func (c *controlCall) evicted(object string) error {
	if object != "" {
		first, err := c.account.AskNow(gateway.Question{Event: tap.EventCreated, Object: object, Latest: true, Max: 1})
		if err != nil || len(first) > 0 {
			return err
		}
	}
	_, err := c.account.AskNow(gateway.Question{Max: 1})
	return err
}

// journalQuery reads the query of a call for the journal.
func (c *controlCall) journalQuery() (q gateway.Question, wait time.Duration, err error) {
	v := c.r.URL.Query()
	after, err1 := c.number("after", 0)
	before, err2 := c.number("before", 0)
	limit, err3 := c.limit(1000, maxList)
	wait, err4 := c.wait("wait")
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			return q, 0, err
		}
	}
	q = gateway.Question{After: after, Before: before, Event: tap.Event(v.Get("event")), Object: v.Get("object"), Max: limit, Latest: !v.Has("after") && wait == 0}
	switch {
	case q.Event != "" && tap.CheckEvent(q.Event) != nil:
		return q, 0, badControl("event: %v", tap.CheckEvent(q.Event))
	case before > 0 && !q.Latest:
		return q, 0, badControl("before lists the latest entries first and cannot be combined with after or wait")
	}
	return q, wait, checkObject(q.Object)
}

// checkObject returns an error if no payment object can have this id.
func checkObject(id string) error {
	if id != "" && tap.KindOf(id) == "" {
		return badControl("object: %.40q is not the id of a payment object; ids of charges begin with chg_, those of refunds with re_", id)
	}
	return nil
}
