package mockserver

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

func badControl(format string, args ...any) *control.Error {
	return &control.Error{Status: http.StatusBadRequest, Code: "bad_request", Message: fmt.Sprintf(format, args...)}
}

// controlError converts every error to the control API's error.
func controlError(err error) *control.Error {
	if e, ok := errors.AsType[*control.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*tap.Error](err); ok {
		return &control.Error{Status: e.HTTPStatus, Code: map[bool]string{true: "unauthorized", false: "bad_request"}[e.HTTPStatus == 401], Message: e.Error()}
	}
	e := &control.Error{Status: http.StatusBadRequest, Code: "bad_request", Message: err.Error()}
	set := func(status int, code string) { e.Status, e.Code = status, code }
	switch {
	case is[*gateway.BusyError](err), is[*gateway.CheckedError](err), is[*gateway.OtherReaderError](err), errors.Is(err, gateway.ErrReaderLeft):
		set(http.StatusConflict, "busy")
	case is[*payment.EndedError](err), errors.Is(err, gateway.ErrNoOutcomes):
		set(http.StatusConflict, "busy")
	case errors.Is(err, gateway.ErrNotEmpty):
		set(http.StatusConflict, "not_empty")
	case errors.Is(err, gateway.ErrBackwards):
		set(http.StatusConflict, "backwards")
	case is[*gateway.EvictedError](err), is[*gateway.EvidenceError](err):
		set(http.StatusGone, "evicted")
	case isEvictedDelivery(err):
		set(http.StatusGone, "evicted")
	case is[*gateway.NoDeliveryError](err), is[*gateway.NoChargeError](err), is[*gateway.NoRefundError](err), is[*gateway.NoCustomerError](err), is[*gateway.NoInvoiceError](err), is[*gateway.NoAuthorizationError](err), is[*gateway.NoGateError](err), is[*gateway.NoEffectError](err), is[*scenarios.UnknownError](err):
		set(http.StatusNotFound, "not_found")
	case isTooLarge(err):
		set(http.StatusRequestEntityTooLarge, "too_large")
	case is[*gateway.FullError](err), errors.Is(err, gateway.ErrEvicted):
		set(http.StatusServiceUnavailable, "full")
	case is[*http.MaxBytesError](err):
		large, _ := errors.AsType[*http.MaxBytesError](err)
		set(http.StatusRequestEntityTooLarge, "too_large")
		e.Message = tooLargeText(large.Limit)
	case errors.Is(err, gateway.ErrNoCheck):
		set(http.StatusNotFound, "not_found")
	case errors.Is(err, gateway.ErrUnknownKey):
		set(http.StatusUnauthorized, "unauthorized")
	}
	return e
}

// isTooLarge reports whether a call needs more than a limit allows, whatever is evicted.
func isTooLarge(err error) bool {
	e, ok := errors.AsType[*gateway.FullError](err)
	return ok && e.Needs > e.Max
}

func isEvictedDelivery(err error) bool {
	e, ok := errors.AsType[*gateway.NoDeliveryError](err)
	return ok && e.Evicted
}

func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

func writeControlError(w http.ResponseWriter, e *control.Error) {
	shown := *e
	shown.Message = tap.Mask(e.Message)
	writeControl(w, e.Status, reply{"error": shown})
}
