package testkit

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Charge is a charge as the mock sees it.
type Charge struct {
	ID             string
	Status         tap.Status
	Code           string // response.code
	Message        string // response.message
	Amount         string // with the decimals of the currency
	Currency       string
	Order          string             // reference.order
	Scenario       string             // that it follows; "" is none
	Created        time.Time          // on the account's clock
	Screen         string             // screen of the page that the payer has reached: choice, entry or confirm
	PageURL        string             // of the payment page
	PostStatus     tap.DeliveryStatus // post.status
	PostURL        string             // post.url
	RedirectStatus tap.DeliveryStatus // redirect.status
	Gets           int                // number of GET requests for it
}

// Charges are the account's charges, oldest first.
func (m *Mock) Charges() []Charge {
	m.tb.Helper()
	list, err := m.control.Charges(m.tb.Context(), "")
	m.check(err)
	all := make([]Charge, len(list))
	for i, c := range list {
		all[len(list)-1-i] = Charge(c)
	}
	return all
}

// Charge is a charge as it is now.
func (m *Mock) Charge(id string) Charge {
	m.tb.Helper()
	c, err := m.control.Charge(m.tb.Context(), id)
	m.check(err)
	return Charge(c)
}

// Trace is what has happened to a charge and what is scheduled, as text for people.
func (m *Mock) Trace(id string) string {
	m.tb.Helper()
	t, err := m.control.Trace(m.tb.Context(), id)
	m.check(err)
	return t.Text
}
