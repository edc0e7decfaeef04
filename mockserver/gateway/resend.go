package gateway

import (
	"cmp"
	"context"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Resend sends the bytes of a webhook attempt again, now, as a new delivery, and returns its journal entry. With a signature the
// delivery is forged: its headers hashstring and hash have that text. The object does not change. The entry must have the event
// webhook. Errors: [*BusyError] and [*EvidenceError].
func (a *Account) Resend(ctx context.Context, e Entry, signature string) (entry Entry, err error) {
	again, how := *e.Sent, e.Sent.twisted()
	var then evidence
	var mark effect
	a.update(func(t *tx) {
		if t.live.turn {
			err = t.busy()
			return
		}
		if then, err = t.shown(e.Sent); err == nil {
			n := t.newDelivery()
			again.delivery, how.resendOf, again.twist = n, e.Sent.delivery, &how
			mark = t.begin(t.find(e.Object), action{kind: SendWebhook, object: e.Object, delivery: n, attempt: e.Sent.Attempt, out: true})
		}
	})
	if err != nil {
		return Entry{}, err
	}
	if signature != "" {
		how.signature, how.replay = signature, false
	}
	attempt := a.send(again.message(a.key, then))
	a.update(func(t *tx) {
		if t.epoch != mark.Args.epoch {
			err = ErrReset
			return
		}
		t.timeline.End(mark.Ref())
		t.write(e.Object, e.Seq, fact{payment.Said(tap.EventWebhook, ""), &call{attempt, &again, 0, 1, true}})
		last := t.journal.Latest()
		entry = t.read(&last)
	})
	return entry, cmp.Or(err, ctx.Err())
}
