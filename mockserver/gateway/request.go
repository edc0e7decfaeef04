package gateway

import "github.com/tapmock/tapmock/mockserver/tap"

// Request is what a create request of any kind says that matters for the choice of its script. Make it with [ForPayment],
// [ForRefund] or [ForInvoice].
type Request struct {
	kind       tap.Kind
	idempotent string // reference.idempotent
	metadata   string
	charge     *tap.PaymentRequest // as the conditions of scenarios see it; nil: make one from refund
	refund     *tap.RefundRequest
}

// ForPayment is a request for a charge or an authorization.
func ForPayment(kind tap.Kind, req *tap.PaymentRequest) Request {
	return Request{kind: kind, idempotent: req.Idempotent, metadata: req.Metadata, charge: req}
}

// ForRefund is a request for a refund.
func ForRefund(req *tap.RefundRequest) Request {
	return Request{kind: tap.KindRefund, idempotent: req.Idempotent, metadata: req.Metadata, refund: req}
}

// ForInvoice is a request for an invoice.
func ForInvoice(req *tap.InvoiceRequest) Request {
	return Request{kind: tap.KindInvoice, metadata: req.Metadata, charge: &tap.PaymentRequest{Amount: req.Amount, Currency: req.Currency, Description: req.Description,
		Metadata: req.Metadata, Order: req.Order, Transaction: req.Invoice, Customer: req.Customer}}
}

// hasPage reports whether a payer pays on a page what the request creates.
func (r *Request) hasPage() bool { return r.kind.IsPayment() && !r.charge.IsCapture() }

// conditions is the request as the conditions of scenarios see it. Those of a refund are about its amount, currency, description and
// metadata; reference.transaction is its reference.merchant.
func (r *Request) conditions() *tap.PaymentRequest {
	if r.refund == nil {
		return r.charge
	}
	return &tap.PaymentRequest{Amount: r.refund.Amount, Currency: r.refund.Currency, Description: r.refund.Description, Metadata: r.refund.Metadata,
		Transaction: r.refund.Merchant, Idempotent: r.refund.Idempotent}
}

// order is what the create calls of one order have in common.
func (r *Request) order() string {
	switch {
	case r.refund != nil:
		return "refund of " + r.refund.ChargeID
	case r.charge.Order != "":
		return "order " + r.charge.Order
	case r.idempotent != "":
		return "idempotent " + r.idempotent
	}
	return "transaction " + r.charge.Transaction
}
