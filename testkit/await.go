package testkit

import (
	"context"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
)

// AwaitCharge waits for the charge of an order (reference.order), the newest if there are several.
func (m *Mock) AwaitCharge(order string) control.Charge {
	m.tb.Helper()
	var found control.Charge
	m.await("charge_created", "", "a charge of order "+order, func() bool {
		all, err := m.control.Charges(m.tb.Context(), order)
		m.check(err)
		if len(all) > 0 {
			found = all[len(all)-1]
		}
		return len(all) > 0
	})
	return found
}

// AwaitStatus waits until a charge has a status, such as CAPTURED.
func (m *Mock) AwaitStatus(id, status string) control.Charge {
	m.tb.Helper()
	var c control.Charge
	m.await("charge_settled", id, "charge "+id+" to become "+status, func() bool {
		c = m.Charge(id)
		return c.Status == status
	})
	return c
}

// AwaitWebhook waits until the merchant has been told of a charge, and returns the first attempt that he has taken with a 2xx.
func (m *Mock) AwaitWebhook(id string) control.Webhook {
	m.tb.Helper()
	var taken control.Webhook
	m.await("webhook_attempt", id, "the merchant to take a webhook for "+id, func() bool {
		for _, w := range m.Webhooks(id) {
			if w.Answer.Status/100 == 2 {
				taken = w
				return true
			}
		}
		return false
	})
	return taken
}

// AwaitRedirect waits until the payer of a charge has been sent back to the merchant.
func (m *Mock) AwaitRedirect(id string) {
	m.tb.Helper()
	m.await("payer_returned", id, "the payer of "+id+" to be sent back", func() bool {
		return m.Charge(id).Redirect == "SUCCESS"
	})
}

// await asks again each time an event is journalled, until done or out of patience; then the test fails with what happened instead.
func (m *Mock) await(event, charge, what string, done func() bool) {
	m.tb.Helper()
	ctx, cancel := context.WithTimeout(m.tb.Context(), m.patience)
	defer cancel()
	deadline, _ := ctx.Deadline()
	for {
		account, err := m.control.Account(ctx)
		if err == nil {
			if done() {
				return
			}
			wait := min(time.Until(deadline), time.Minute)
			_, err = m.control.Journal(ctx, control.Question{After: account.Journal, Event: event, Charge: charge, Limit: 1, Wait: max(wait.Truncate(time.Millisecond), time.Millisecond)})
		}
		if ctx.Err() != nil {
			m.tb.Fatalf("testkit: waited %s for %s in vain. %s", m.patience, what, m.storiesText(context.WithoutCancel(ctx)))
		}
		m.check(err)
	}
}
