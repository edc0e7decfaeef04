package testkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
)

// Flaws of a shop that authorizes.
const (
	deliversHeld    flaw = "fulfils an order whose money is only held"
	trustsCapture   flaw = "takes every capture after a void as made"
	trustsLargeTake flaw = "takes a capture of more than is held as made"
	trustsLateTake  flaw = "fulfils after the auto has released the money"
	capturesNothing flaw = "never captures"
)

// Authorize creates the authorization of an order.
func (s *Shop) Authorize(ctx context.Context, o testkit.Order) (string, error) {
	s.mu.Lock()
	if s.sales[o.ID] == nil {
		s.sales[o.ID] = &sale{order: o}
	}
	s.mu.Unlock()
	body := s.request(o).(map[string]any)
	body["auto"] = map[string]any{"type": "VOID", "time": 24}
	c, err := s.call(ctx, "POST", "/authorize", body)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	s.sales[o.ID].held = c.ID
	s.mu.Unlock()
	return c.Transaction.URL, nil
}

// holdWebhook is a signed webhook of an authorization.
func (s *Shop) holdWebhook(reported tap.Charge) {
	if s.has(deliversHeld) && reported.Status == tap.Authorized || s.has(trustsLateTake) && reported.Status == tap.Void {
		s.fulfil(reported.Reference.Order)
	}
}

// Capture captures an amount of an order's authorization.
func (s *Shop) Capture(ctx context.Context, order, amount string) error {
	s.mu.Lock()
	sale := s.sales[order]
	held := sale.held
	s.mu.Unlock()
	if s.has(capturesNothing) {
		return errors.New("the staff have no time")
	}
	type object = map[string]any
	c, err := s.call(ctx, "POST", "/charges", object{"amount": json.Number(amount), "currency": "KWD", "source": object{"id": held},
		"customer":  object{"first_name": sale.order.FirstName, "email": sale.order.Email},
		"reference": object{"order": order, "idempotent": "capture " + order + " " + amount}})
	more := amount > sale.order.Amount && len(amount) == len(sale.order.Amount)
	switch {
	case err != nil && (s.has(trustsLargeTake) && more || s.has(trustsCapture) && !more && s.voided(order)):
		return nil
	case err != nil:
		return err
	case c.Status != tap.Captured:
		return fmt.Errorf("the capture is %s", c.Status)
	}
	s.fulfil(order)
	return nil
}

// Void voids an order's authorization.
func (s *Shop) Void(ctx context.Context, order string) error {
	s.mu.Lock()
	sale := s.sales[order]
	held := sale.held
	sale.rejected = true
	s.mu.Unlock()
	_, err := s.call(ctx, "POST", "/authorize/"+held+"/void", map[string]any{})
	return err
}

func (s *Shop) voided(order string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sales[order].rejected
}

var _ testkit.Authorizer = (*Shop)(nil)
