package gateway

import (
	"strconv"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// withWrongValue returns a copy of the charge in which one value is wrong wherever a merchant reads it. Real answers and webhooks of
// Tap are not known to have one. other is the request of another order of the account, or nil.
func withWrongValue(c payment.Payment, value scenarios.Forgery, other *tap.PaymentRequest) payment.Payment {
	req := *c.Request
	switch value {
	case scenarios.AnotherAmount:
		c.Amount = tenth(c.Amount, req.Currency)
		req.Amount = c.Amount
	case scenarios.AnotherCurrency:
		req.Currency = tap.AnotherCurrency(req.Currency)
	case scenarios.AnotherOrder:
		if other == nil {
			req.Order = "order-" + strconv.FormatUint(hash64("another order "+c.ID)%1_000_000, 10)
			break
		}
		req.Order, req.Transaction, req.OrderID, req.Metadata = other.Order, other.Transaction, other.OrderID, other.Metadata
	}
	c.Request = &req
	return c
}

// tenth is a tenth of an amount in the decimals of its currency. Where that is nothing, it is ten times the amount.
func tenth(a tap.Amount, currency string) tap.Amount {
	places, _ := tap.Decimals(currency)
	part, _ := tap.ParseAmount((a / 10).Text(places))
	if part == 0 {
		return a * 10
	}
	return part
}

// otherOrder returns the request of the account's latest charge of another order, or nil.
func (t *tx) otherOrder(o object) *tap.PaymentRequest {
	c, ok := o.(*Payment)
	if !ok {
		return nil
	}
	var latest *Payment
	for other := range t.payments.all() {
		if order := other.Request.Order; order != "" && order != c.Request.Order && (latest == nil || other.Ordinal > latest.Ordinal) {
			latest = other
		}
	}
	if latest == nil {
		return nil
	}
	return latest.Request
}
