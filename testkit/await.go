package testkit

import (
	"context"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// AwaitCharge waits for a charge of an order (reference.order) and returns it, or the latest if there are several.
func (m *Mock) AwaitCharge(order string) Charge {
	m.tb.Helper()
	var found Charge
	m.await(tap.EventCreated, "", "a charge of order "+order, func() bool {
		all, err := m.control.Charges(m.tb.Context(), order)
		m.check(err)
		if len(all) > 0 {
			found = Charge(all[0])
		}
		return len(all) > 0
	})
	return found
}

// AwaitStatus waits until a charge has a status, such as tap.Captured, and returns the charge.
func (m *Mock) AwaitStatus(id string, status tap.Status) Charge {
	m.tb.Helper()
	var c Charge
	m.await("", id, "charge "+id+" to become "+string(status), func() bool {
		c = m.Charge(id)
		return c.Status == status
	})
	return c
}

// AwaitWebhook waits until the first attempt to deliver a webhook of a charge has ended, with any response or none, and returns it. See
// [Mock.AwaitDelivered] for an attempt that the merchant acknowledged.
func (m *Mock) AwaitWebhook(id string) Webhook {
	m.tb.Helper()
	return m.awaitWebhook(id, "a webhook of "+id, func(*Webhook) bool { return true })
}

// AwaitDelivered waits until the merchant acknowledged a webhook of a charge with a 2xx, and returns the first such attempt.
func (m *Mock) AwaitDelivered(id string) Webhook {
	m.tb.Helper()
	return m.awaitWebhook(id, "the merchant to acknowledge a webhook of "+id, func(w *Webhook) bool { return w.Response.OK() })
}

func (m *Mock) awaitWebhook(id, what string, wanted func(*Webhook) bool) Webhook {
	m.tb.Helper()
	var found Webhook
	m.await(tap.EventWebhook, id, what, func() bool {
		for _, w := range m.Webhooks(id) {
			if wanted(&w) {
				found = w
				return true
			}
		}
		return false
	})
	return found
}

// AwaitReturn waits until the payer of a charge has returned to the merchant.
func (m *Mock) AwaitReturn(id string) {
	m.tb.Helper()
	m.await(tap.EventReturned, id, "the payer of "+id+" to return", func() bool {
		return m.Charge(id).RedirectStatus == tap.DeliverySuccess
	})
}

// await calls done again after each journal entry of the event and the charge ("" is any), until it is true. After the timeout the
// test fails with the traces.
func (m *Mock) await(event tap.Event, charge, what string, done func() bool) {
	m.tb.Helper()
	ctx, cancel := context.WithTimeout(m.tb.Context(), m.timeout)
	defer cancel()
	deadline, _ := ctx.Deadline()
	for {
		account, err := m.control.Account(ctx)
		if err == nil {
			if done() {
				return
			}
			wait := max(min(time.Until(deadline), time.Minute).Truncate(time.Millisecond), time.Millisecond)
			_, err = m.control.Journal(ctx, control.JournalQuery{After: account.LastEntry, Event: event, Object: charge, Limit: 1, Wait: wait})
		}
		if ctx.Err() != nil {
			m.tb.Fatalf("testkit: timeout after %s waiting for %s\n%s", m.timeout, what, m.tracesText(context.WithoutCancel(ctx)))
		}
		m.check(err)
	}
}
