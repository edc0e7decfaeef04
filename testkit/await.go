package testkit

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// AwaitCharge waits for a charge of an order (reference.order) and returns it, or the latest if there are several. It does not end
// before the timeout, because the code under test may create the charge at any time.
func (m *Mock) AwaitCharge(order string) Charge {
	m.tb.Helper()
	var found Charge
	m.await(&awaited{event: tap.EventCreated, what: "a charge of order " + order, done: func() bool {
		all, err := m.control.Charges(m.tb.Context(), order)
		m.check(err)
		if len(all) > 0 {
			found = Charge(all[0])
		}
		return len(all) > 0
	}})
	return found
}

// AwaitStatus waits until a charge has a status, such as tap.Captured, and returns the charge. The test fails at once if the charge has
// ended with another status and nothing is scheduled that can change it.
func (m *Mock) AwaitStatus(id string, status tap.Status) Charge {
	m.tb.Helper()
	var c Charge
	m.await(&awaited{charge: id, what: "charge " + id + " to become " + string(status), missed: "charge " + id + " did not become " + string(status),
		done:  func() bool { c = m.Charge(id); return c.Status == status },
		never: (*outlook).staysEnded, open: (*outlook).isOpen})
	return c
}

// AwaitWebhook waits until the first attempt to deliver a webhook of a charge has ended, with any response or none, and returns it. See
// [Mock.AwaitDelivered] for an attempt that the merchant acknowledged. The test fails at once if no webhook of the charge can follow.
func (m *Mock) AwaitWebhook(id string) Webhook {
	m.tb.Helper()
	return m.awaitWebhook(id, "a webhook of "+id, "no webhook for "+id, func(*Webhook) bool { return true })
}

// AwaitDelivered waits until the merchant acknowledged a webhook of a charge with a 2xx, and returns the first such attempt. The test
// fails at once if the mock has given up, with the merchant's responses.
func (m *Mock) AwaitDelivered(id string) Webhook {
	m.tb.Helper()
	return m.awaitWebhook(id, "the merchant to acknowledge a webhook of "+id, "no acknowledged webhook for "+id, func(w *Webhook) bool { return w.Response.OK() })
}

func (m *Mock) awaitWebhook(id, what, missed string, wanted func(*Webhook) bool) Webhook {
	m.tb.Helper()
	var found Webhook
	m.await(&awaited{charge: id, what: what, missed: missed, webhooks: true, never: (*outlook).sendsNoWebhook, open: (*outlook).isOpen, done: func() bool {
		for _, w := range m.Webhooks(id) {
			if wanted(&w) {
				found = w
				return true
			}
		}
		return false
	}})
	return found
}

// AwaitReturn waits until the payer of a charge or an authorization returns to the merchant. The request of an automatic payer may still be under way; see
// [Mock.AwaitIdle]. The test fails at once if the payer cannot return, because of the scenario or because the charge expired.
func (m *Mock) AwaitReturn(id string) {
	m.tb.Helper()
	m.await(&awaited{charge: id, what: "the payer of " + id + " to return", missed: "the payer of " + id + " did not return",
		done:  func() bool { return m.redirectStatus(id) == tap.DeliverySuccess },
		never: (*outlook).neverReturns, open: (*outlook).awaitsPayer})
}

func (m *Mock) redirectStatus(id string) tap.DeliveryStatus {
	m.tb.Helper()
	if tap.KindOf(id) == tap.KindAuthorization {
		return m.Authorization(id).RedirectStatus
	}
	return m.Charge(id).RedirectStatus
}

// awaited is what an Await method waits for.
type awaited struct {
	event    tap.Event             // the only one that can make done true; "" is any
	charge   string                // the only object whose entries can; "" is any. Only for a charge the wait can end early
	what     string                // for the message of a timeout, after "waiting for"
	missed   string                // for the message if it cannot come any more
	webhooks bool                  // the messages have the merchant's responses to webhooks
	done     func() bool           // whether it has come
	never    func(*outlook) string // why it can never come, whatever is scheduled; "" if it can
	open     func(*outlook) bool   // whether it can come without an effect that is scheduled, such as by an act of the payer
}

const (
	lookAgain = time.Second           // how often an Await method looks at the charge if the journal has no new entry
	busyWait  = 50 * time.Millisecond // the same, while only other charges are busy
	stillWait = 2 * time.Second       // how long the clock may be frozen before an Await method reports that nothing moves it
)

// await calls done again after each journal entry of the event and the charge, until it is true. The test fails with the traces after
// the timeout, or as soon as done cannot become true.
func (m *Mock) await(w *awaited) {
	m.tb.Helper()
	ctx, cancel := context.WithTimeout(m.tb.Context(), m.timeout)
	defer cancel()
	deadline, _ := ctx.Deadline()
	var still stillness
	for {
		account, err := m.control.Account(ctx)
		if err == nil {
			if w.done() {
				return
			}
			var pause time.Duration
			if pause, err = m.look(ctx, w, &account, &still); pause == 0 && err == nil {
				return
			}
			if err == nil {
				wait := max(min(time.Until(deadline), pause).Truncate(time.Millisecond), time.Millisecond)
				_, err = m.control.Journal(ctx, control.JournalQuery{After: account.LastEntry, Event: w.event, Object: w.charge, Limit: 1, Wait: wait})
			}
		}
		if ctx.Err() != nil {
			late := context.WithoutCancel(ctx)
			m.tb.Fatalf("testkit: timeout after %s waiting for %s%s\n%s", m.timeout, w.what, m.missing(late, w), m.tracesText(late))
		}
		m.check(err)
	}
}

// look ends the test if what is awaited cannot come any more. Else it returns how long to wait for the next journal entry before the next
// look, or 0 if it has come meanwhile. account was read before done was last called.
func (m *Mock) look(ctx context.Context, w *awaited, account *control.Account, still *stillness) (pause time.Duration, err error) {
	m.tb.Helper()
	if tap.KindOf(w.charge) != tap.KindCharge {
		return time.Minute, nil
	}
	o, err := m.outlook(ctx, w.charge)
	if err != nil || o == nil || o.lastEntry() > account.LastEntry { // done has not seen these entries
		return lookAgain, err
	}
	reason := w.never(o)
	if reason == "" {
		if pause = o.mayCome(w, account, still); pause > 0 {
			return pause, nil
		}
		if quiet, err := m.isQuiet(ctx, o, account.LastEntry); err != nil || !quiet {
			return busyWait, err
		}
		reason = o.schedule(account)
	}
	if w.done() {
		return 0, nil
	}
	m.tb.Fatalf("testkit: %s: %s\n%s", w.missed, o.because(w, reason), m.tracesText(context.WithoutCancel(ctx)))
	return 0, nil
}

// mayCome returns for how long to wait because what is awaited may still come, or 0.
func (o *outlook) mayCome(w *awaited, account *control.Account, still *stillness) time.Duration {
	switch {
	case w.open(o) || o.atGate(account.Now) != nil:
		return lookAgain
	case len(o.Scheduled) == 0:
		return 0
	case !account.Frozen:
		return lookAgain
	}
	return min(lookAgain, stillWait-still.lasts(account))
}

// stillness is since when a frozen clock has not moved and the journal has no new entry.
type stillness struct {
	since time.Time // real
	now   time.Time // on the account's clock
	entry uint64
}

// lasts returns how long the account has been still, in real time.
func (s *stillness) lasts(account *control.Account) time.Duration {
	if s.since.IsZero() || s.entry != account.LastEntry || !s.now.Equal(account.Now) {
		*s = stillness{time.Now(), account.Now, account.LastEntry}
	}
	return time.Since(s.since)
}

// isQuiet reports whether nothing of the account runs or is due, and nothing has changed since the outlook.
func (m *Mock) isQuiet(ctx context.Context, o *outlook, lastEntry uint64) (bool, error) {
	for range 2 { // the second time because an effect may start between the two calls
		if _, err := m.control.AwaitIdle(ctx, busyWait); err != nil {
			return false, unlessBusy(err)
		}
		again, err := m.control.Trace(ctx, o.Charge.ID)
		if err != nil || len(again.Scheduled) != len(o.Scheduled) {
			return false, err
		}
	}
	account, err := m.control.Account(ctx)
	return err == nil && account.LastEntry == lastEntry, err
}

// unlessBusy returns the error, or nil if it says that the account is busy.
func unlessBusy(err error) error {
	if e, ok := errors.AsType[*control.Error](err); ok && e.Code == "busy" {
		return nil
	}
	return err
}

// missing says for the message of a timeout what is known about what is awaited.
func (m *Mock) missing(ctx context.Context, w *awaited) string {
	if tap.KindOf(w.charge) != tap.KindCharge {
		return m.orders(ctx)
	}
	o, err := m.outlook(ctx, w.charge)
	account, err2 := m.control.Account(ctx)
	if err != nil || err2 != nil || o == nil {
		return ""
	}
	return ": " + o.because(w, cmp.Or(w.never(o), o.schedule(&account)))
}

// orders lists the orders of the account's charges.
func (m *Mock) orders(ctx context.Context) string {
	all, err := m.control.Charges(ctx, "")
	if err != nil || len(all) == 0 {
		return ""
	}
	var orders []string
	for _, c := range all[:min(len(all), maxTraces)] {
		orders = append(orders, strconv.Quote(c.Order))
	}
	text := ": the account's charges are of the orders " + strings.Join(orders, ", ")
	if len(all) > len(orders) {
		text += ", …"
	}
	return text
}
