package scenarios

import "slices"

// invoiceMoments are the events of an invoice: it is settled when a charge has paid it.
var invoiceMoments = []Event{Created, Answered, Settled, FirstAttempt}

// invoice checks the keys of a scenario for invoices: it has webhook steps and faults of the API. How an invoice is paid is said by scenarios for
// charges.
func (c *checker) invoice(s *Scenario) {
	if s.Object == InvoiceObject {
		c.withoutPayment(s, ", and the charge that pays it can follow a scenario of its own", "the payer returns from the charge of an invoice; a scenario for invoices has only webhook steps")
	}
}

// invoiceScript checks that the moments of a script for invoices are those of invoices.
func (c *checker) invoiceScript(s *Script) {
	blame := func(m *Moment) {
		if m.Event != "" && !slices.Contains(invoiceMoments, m.Event) {
			c.blame(m, "%s does not happen to an invoice; use created, answered, settled or a webhook", m.Event)
		}
	}
	for i := range s.Callbacks {
		if w := s.Callbacks[i].Webhook; w != nil && !w.Never {
			blame(&w.At)
		}
	}
	for i := range s.API {
		blame(&s.API[i].Before)
	}
}
