package mockserver

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// problem is Tap's error for an error of a call of any kind. Only here are other errors converted.
func (s *Server) problem(c *call, err error) *tap.Error {
	if e, ok := errors.AsType[*tap.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*gateway.NoChargeError](err); ok {
		p := tap.NewError("1144", e.Error())
		p.HTTPStatus = c.settings.ChargeNotFoundStatus
		return p
	}
	if e, ok := errors.AsType[*gateway.NoRefundError](err); ok {
		return tap.NewError("1160", e.Error())
	}
	if p := cmp.Or(authorizationProblem(err), cardProblem(err), invoiceProblem(err)); p != nil {
		return p
	}
	if e, ok := errors.AsType[*gateway.RefundError](err); ok {
		return tap.NewError(refundCode(e), e.Error())
	}
	if _, ok := errors.AsType[*gateway.FullError](err); ok {
		return tap.NewError("2101", err.Error())
	}
	if _, ok := errors.AsType[*payment.ChangesError](err); ok {
		return tap.NewError("2101", err.Error()+", so tapmock makes no more updates")
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(e.Limit)
	}
	switch {
	case errors.Is(err, gateway.ErrReset), errors.Is(err, gateway.ErrEvicted):
		return tap.NewError("2101", err.Error())
	case errors.Is(err, gateway.ErrUnknownKey):
		return tap.NewError("2104", "the server does not accept this key; it accepts only the keys of -keys")
	case errors.Is(err, gateway.ErrUnknownCustomer):
		return tap.NewError("1106", "strict: "+err.Error())
	case errors.Is(err, gateway.ErrOtherBody):
		return tap.StrictError(err.Error())
	}
	return tap.NewError("9999", "")
}

// refundCode is Tap's code for the reason why a charge cannot be refunded (Rest of v2 1.3).
func refundCode(e *gateway.RefundError) string {
	switch {
	case e.Status != "":
		return "1143" // assumed
	case e.Currency != "":
		return "1149"
	case e.Full:
		return "2101" // a limit of the mock
	}
	return "1161"
}

// authorizationProblem is Tap's error for a call about an authorization that cannot be done, or nil (Tap API 7 and Rest of v2 2.4, documented codes).
func authorizationProblem(err error) *tap.Error {
	if e, ok := errors.AsType[*gateway.NoAuthorizationError](err); ok {
		return tap.NewError("1115", e.Error())
	}
	if e, ok := errors.AsType[*gateway.VoidError](err); ok {
		return tap.NewError("1114", e.Error())
	}
	e, ok := errors.AsType[*gateway.CaptureError](err)
	switch {
	case !ok:
		return nil
	case e.Status != "", e.Voiding:
		return tap.NewError("1114", e.Error())
	case e.Currency != "":
		return tap.NewError("1149", e.Error())
	case e.Full:
		return tap.NewError("2101", e.Error()) // a limit of the mock
	}
	return tap.NewError("1150", e.Error())
}

// noSuchAuthorization is the answer to a call about an authorization that the account does not have: documented for an update, assumed for the
// others, whose code the setting authorization_not_found chooses.
func noSuchAuthorization(err error, code string) error {
	if e, ok := errors.AsType[*gateway.NoAuthorizationError](err); ok {
		p := tap.NewError(code, e.Error())
		p.HTTPStatus = http.StatusBadRequest
		return p
	}
	return err
}

// cardProblem is Tap's error for an error about customers, cards and tokens, or nil.
func cardProblem(err error) *tap.Error {
	if e, ok := errors.AsType[*gateway.NoCustomerError](err); ok {
		return tap.NewError("1106", e.Error())
	}
	if e, ok := errors.AsType[*gateway.NoCardError](err); ok {
		return tap.NoCard(e.Error())
	}
	e, ok := errors.AsType[*gateway.TokenError](err)
	switch {
	case !ok:
		return nil
	case e.Used:
		return tap.NewError("1126", e.Error())
	}
	return tap.NewError("1125", e.Error())
}

// invoiceProblem is Tap's error for an error about invoices, or nil.
func invoiceProblem(err error) *tap.Error {
	if e, ok := errors.AsType[*gateway.NoInvoiceError](err); ok {
		p := tap.NewError("2102", e.Error())
		p.HTTPStatus = 400
		return p
	}
	if e, ok := errors.AsType[*payment.MoveError](err); ok {
		return tap.NewError("1103", e.Error())
	}
	return nil
}

// noInvoice is the answer to a call about an invoice that the account does not have (assumed, as for an authorization).
func noInvoice(note string) error {
	e := tap.NewError("2102", note)
	e.HTTPStatus = 400
	return e
}
