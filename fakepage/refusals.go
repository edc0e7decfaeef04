package fakepage

import (
	"context"
	"errors"
	"net/http"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

var (
	errNotOver  = errors.New("the payer has a further step on the page")
	errForm     = errors.New("the form cannot be read")
	errOtherTab = errors.New("the page is open in another tab")
)

// refuse shows a notice for an error.
func (p *Pages) refuse(w http.ResponseWriter, err error, root string) {
	if ended, ok := errors.AsType[*payment.EndedError](err); ok {
		showNotice(w, http.StatusGone, root, endedNotice(ended))
		return
	}
	switch {
	case errors.Is(err, payment.ErrNoPage):
		showNotice(w, http.StatusNotFound, root, notice{Title: "No such payment",
			Text: "No payment has this link. The link is wrong, or the mock has evicted the payment to stay within its limits."})
	case errors.Is(err, payment.ErrTabClosed):
		showNotice(w, http.StatusOK, root, notice{Title: "Tab closed", Text: "The payer closed the tab after Confirm: the payment is " +
			"captured and the webhook is sent, but the payer does not return to the shop. You can close this tab."})
	case errors.Is(err, payment.ErrNoOutcome):
		showNotice(w, http.StatusBadRequest, root, notice{Title: "No such outcome", Text: "The panel has no outcome of this name."})
	case errors.Is(err, errOtherTab):
		showNotice(w, http.StatusConflict, root, notice{Title: "Open in another tab", Text: "This payment was opened again, in another tab or by a reload. " +
			"Continue there. The error of KNET is IPAY0100040. This form was not processed."})
	case errors.Is(err, errForm):
		showNotice(w, http.StatusBadRequest, root, notice{Title: "Invalid form", Text: "The form cannot be read."})
	case errors.Is(err, context.Canceled):
		// The browser has closed the connection.
	default:
		showNotice(w, http.StatusInternalServerError, root, notice{Title: "Internal error", Text: "The mock cannot continue this payment."})
	}
}

func endedNotice(e *payment.EndedError) notice {
	c := &e.Payment
	t := wordsIn(lookOf(c).Lang)
	text := t.EndedText
	if c.Status == tap.Captured {
		text = t.EndedPaid
	}
	return notice{Title: t.EndedTitle, Text: text, W: t, Status: string(c.Status), Code: c.Result.Code,
		Message: c.Result.Message, Error: "2118", Return: c.ReturnURL()}
}
