package testkit

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Entry is one entry of the account's journal.
type Entry struct {
	Seq      uint64    // from 1, without gaps
	Cause    uint64    // Seq of the entry that caused it; 0 is none
	At       time.Time // on the account's clock
	Event    tap.Event // what happened, such as tap.EventSettled
	ObjectID string    // of a charge, refund or authorization; "" if the entry is about the whole account
	Delivery string    // id of the webhook delivery; "" is none
	Detail   string    // what happened, as text to read
	Response *Response // the merchant's response to a webhook or a return; nil is none
}

func entryOf(e control.Entry) Entry {
	out := Entry{Seq: e.Seq, Cause: e.Cause, At: e.At, Event: e.Event, Delivery: e.Delivery, Detail: e.Detail}
	if e.Object != nil {
		out.ObjectID = e.Object.ID
	}
	if e.Response != nil {
		r := responseOf(*e.Response)
		out.Response = &r
	}
	return out
}

// Journal is the account's journal: all that happened to it, oldest first.
func (m *Mock) Journal() []Entry {
	m.tb.Helper()
	var all []Entry
	for q := (control.JournalQuery{Oldest: true, Limit: 10_000}); ; {
		j, err := m.control.Journal(m.tb.Context(), q)
		m.check(err)
		for _, e := range j.Entries {
			all = append(all, entryOf(e))
			q.After = e.Seq
		}
		if !j.HasMore {
			return all
		}
	}
}
