package testkit

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Charge is a charge in the mock.
type Charge struct {
	ID             string
	Status         tap.Status
	Code           string             // response.code
	Message        string             // response.message
	Amount         string             // with the decimals of the currency, such as 12.500
	Currency       string             // such as KWD
	Order          string             // reference.order
	Scenario       string             // name of the scenario that the charge follows; "" is none
	Created        time.Time          // on the account's clock
	Screen         string             // last screen of the page that the payer reached: choice, entry or confirm; "" is none
	PageURL        string             // address of the payment page; unlike transaction.url it stays when the charge has ended
	PostStatus     tap.DeliveryStatus // post.status
	PostURL        string             // post.url
	RedirectStatus tap.DeliveryStatus // redirect.status
	Gets           int                // number of GET requests for the charge
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

// Charge is the current state of a charge.
func (m *Mock) Charge(id string) Charge {
	m.tb.Helper()
	c, err := m.control.Charge(m.tb.Context(), id)
	m.check(err)
	return Charge(c)
}

// Trace is the journal of a charge, an authorization, a refund or an invoice and what is scheduled for it, as text to read.
func (m *Mock) Trace(id string) string {
	m.tb.Helper()
	ctx := m.tb.Context()
	switch tap.KindOf(id) {
	case tap.KindAuthorization:
		t, err := m.control.AuthorizationTrace(ctx, id)
		m.check(err)
		return t.Text
	case tap.KindInvoice:
		t, err := m.control.InvoiceTrace(ctx, id)
		m.check(err)
		return t.Text
	case tap.KindRefund:
		t, err := m.control.RefundTrace(ctx, id)
		m.check(err)
		return t.Text
	}
	t, err := m.control.Trace(ctx, id)
	m.check(err)
	return t.Text
}
