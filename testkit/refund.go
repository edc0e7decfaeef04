package testkit

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Refund is a refund in the mock.
type Refund struct {
	ID         string
	ChargeID   string
	Status     tap.RefundStatus
	Code       string             // response.code
	Message    string             // response.message
	Amount     string             // with the decimals of the currency, such as 12.500
	Currency   string             // such as KWD
	Reason     string             // as sent
	Reference  string             // reference.merchant
	Scenario   string             // name of the scenario that the refund follows; "" is none
	Created    time.Time          // on the account's clock
	PostStatus tap.DeliveryStatus // post.status
	PostURL    string             // post.url
}

// Refunds are the refunds of a charge, or of the whole account if charge is "", oldest first.
func (m *Mock) Refunds(charge string) []Refund {
	m.tb.Helper()
	list, err := m.control.Refunds(m.tb.Context(), charge)
	m.check(err)
	all := make([]Refund, len(list))
	for i, r := range list {
		all[len(list)-1-i] = Refund(r)
	}
	return all
}

// Refund is the current state of a refund.
func (m *Mock) Refund(id string) Refund {
	m.tb.Helper()
	r, err := m.control.Refund(m.tb.Context(), id)
	m.check(err)
	return Refund(r)
}

// AwaitRefund waits until a charge has a refund with a status, such as tap.Refunded, and returns the latest of them. On a frozen clock it
// does not come by itself: see [Mock.Advance].
func (m *Mock) AwaitRefund(charge string, status tap.RefundStatus) Refund {
	m.tb.Helper()
	var found Refund
	m.await(&awaited{what: "a refund of " + charge + " to become " + string(status), done: func() bool {
		all, err := m.control.Refunds(m.tb.Context(), charge)
		m.check(err)
		for _, r := range all {
			if r.Status == status {
				found = Refund(r)
				return true
			}
		}
		return false
	}})
	return found
}
