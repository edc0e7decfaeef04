package testkit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
)

// Flaws of a shop that refunds.
const (
	refundsAnew        flaw = "creates a new reference.idempotent for each attempt to refund"
	trustsRefundAnswer flaw = "treats every answer to a refund as money given back"
	trustsPending      flaw = "treats a pending refund as money given back"
	ignoresRefusal     flaw = "takes a refused refund as made"
	refundsAll         flaw = "asks for a refund without a look at the charge"
	waitsForRefundHook flaw = "never asks for a refund"
	ignoresRefundHooks flaw = "does nothing on webhooks of refunds, and never asks for a refund"
	refundsNothing     flaw = "never calls POST /v2/refunds"
	claimsRefunds      flaw = "marks a late capture as refunded, without a refund"
	refundsPaid        flaw = "refunds and fulfils a late capture"
)

// back is a refund in the shop's database.
type back struct {
	id     string
	status tap.RefundStatus
	amount tap.Amount
}

// Refund gives back an amount of a paid order; all attempts have the same reference.idempotent.
func (s *Shop) Refund(ctx context.Context, order, amount string) error {
	s.mu.Lock()
	sale := s.sales[order]
	var charge string
	if sale != nil && len(sale.charges) > 0 {
		charge = sale.charges[0]
	}
	open := sale == nil || sale.fulfilled == 0 && !s.has(refundsAll)
	s.mu.Unlock()
	want, _ := tap.ParseAmount(amount)
	switch {
	case s.has(refundsNothing):
		return errors.New("the staff have no time")
	case open || charge == "":
		return fmt.Errorf("order %s is not paid", order)
	}
	r, err := s.refund(ctx, order, charge, amount)
	switch {
	case err != nil && s.has(ignoresRefusal) && errors.Is(err, errAnswer):
		return nil
	case err != nil:
		return err
	}
	s.keepRefund(order, back{r.ID, tap.RefundStatus(r.Status), want})
	return nil
}

func (s *Shop) refund(ctx context.Context, order, charge, amount string) (tap.Charge, error) {
	type object = map[string]any
	idempotent := "refund " + order + " " + amount
	if s.has(refundsAnew) {
		s.mu.Lock()
		s.attempts++
		idempotent += fmt.Sprint(" ", s.attempts)
		s.mu.Unlock()
	}
	return s.call(ctx, "POST", "/refunds", object{"charge_id": charge, "amount": amount, "currency": "KWD", "reason": "requested_by_customer",
		"reference": object{"merchant": order, "idempotent": idempotent}, "post": object{"url": s.url + "/webhook"}})
}

// keepRefund stores what is known of a refund.
func (s *Shop) keepRefund(order string, b back) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sale := s.sales[order]
	if sale == nil {
		return
	}
	if i := slices.IndexFunc(sale.backs, func(x back) bool { return x.id == b.id }); i >= 0 {
		sale.backs[i].status = b.status
		return
	}
	sale.backs = append(sale.backs, b)
}

// refunded reports whether all of an order's money is back. The caller holds the lock.
func (s *Shop) refunded(sale *sale) bool {
	if s.has(claimsRefunds) && sale.closed && sale.seen == tap.Captured {
		return true
	}
	var sum tap.Amount
	for _, b := range sale.backs {
		if b.status == tap.Refunded || s.has(trustsRefundAnswer) || s.has(trustsPending) && b.status == tap.RefundPending {
			sum += b.amount
		}
	}
	price, _ := tap.ParseAmount(sale.order.Amount)
	return sum > 0 && sum >= price
}

// refundWebhook asks for the refund that a signed webhook is about.
func (s *Shop) refundWebhook(w http.ResponseWriter, r *http.Request, id string) {
	if s.has(ignoresRefundHooks) {
		return
	}
	if err := s.askRefund(r.Context(), id); err != nil {
		http.Error(w, "not confirmed", http.StatusServiceUnavailable)
	}
}

// askRefund calls GET for a refund that the shop knows.
func (s *Shop) askRefund(ctx context.Context, id string) error {
	r, err := s.call(ctx, "GET", "/refunds/"+id, nil)
	if err != nil {
		return err
	}
	s.mu.Lock()
	order := ""
	for _, sale := range s.sales {
		if slices.ContainsFunc(sale.backs, func(b back) bool { return b.id == id }) {
			order = sale.order.ID
		}
	}
	s.mu.Unlock()
	s.keepRefund(order, back{id: id, status: tap.RefundStatus(r.Status)})
	return nil
}

// reconcileRefunds asks for the refunds of the latest orders that are not completed.
func (s *Shop) reconcileRefunds(ctx context.Context) (failed error) {
	if s.has(waitsForRefundHook) || s.has(ignoresRefundHooks) {
		return nil
	}
	s.mu.Lock()
	var open []string
	for _, id := range s.recent {
		for _, b := range s.sales[id].backs {
			if b.status != tap.Refunded {
				open = append(open, b.id)
			}
		}
	}
	s.mu.Unlock()
	for _, id := range open {
		failed = errors.Join(failed, s.askRefund(ctx, id))
	}
	return failed
}

var _ testkit.Refunder = (*Shop)(nil)
