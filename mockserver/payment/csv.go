package payment

import (
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// AppendCSV appends the charge as a line of a download (Rest of v2 3, documented). Amounts have three decimals whatever the currency. The
// mock has no fees: their cells are 0.000. Cells about payouts are empty until the payout is computed, and without payouts. more is how many empty
// cells follow for additional fields.
func (c *Payment) AppendCSV(b []byte, payouts *Payouts, more int) []byte {
	row, refs, req := tap.Row(b), c.References(), c.Request
	amount, captured, bank := c.Amount.Text(3), c.capturedAt(), tap.Result{}
	if c.Bank != nil {
		bank = *c.Bank
	}
	var payout Payout
	if payouts != nil && !captured.IsZero() {
		payout = payouts.settled(captured)
	}
	row.Cells(payout.ID, "", c.ID, req.Currency, amount, string(c.Status), refs.Authorization)
	row.Code(c.Result.Code)
	row.Cell(c.Result.Message)
	row.Code(bank.Code)
	row.Cells(bank.Message, "", "")
	row.Moment(c.Created)
	row.Moment(captured)
	row.Moment(captured)
	row.Moment(payout.Closed)
	row.Moment(payout.Date)
	row.Cell(refs.Track)
	row.Quoted(refs.Gateway)
	row.Cell(refs.Acquirer)
	row.Quoted(req.Transaction)
	row.Quoted(req.Order)
	row.Quoted(refs.Receipt)
	row.Cells(c.CustomerNow(), strings.TrimSpace(req.Customer.FirstName+" "+req.Customer.LastName), req.Customer.CountryCode)
	row.Quoted(req.Customer.Number)
	row.Cell(req.Customer.Email)
	c.appendMethod(&row)
	row.Cells(c.merchant().ID, "GOSELL")
	if captured.IsZero() {
		row.Cells("", "", "", "", "")
	} else {
		row.Cells(req.Currency, amount, "0.000", "0.000", amount)
	}
	row.Metadata(req.Metadata)
	for range more {
		row.Cell("")
	}
	row.End()
	return row
}

// appendMethod appends the cells about the card and the method, which are empty until KNET has been used.
func (c *Payment) appendMethod(row *tap.Row) {
	if !c.Status.Final() || c.Source != tap.SourceKNET {
		row.Cells("", "", "", "", "", "")
		return
	}
	first, last := c.Page.Card.Ends()
	row.Cells(first, last, "KW", "KNET", "KNET", "DEBIT")
}

// CustomerNow is the id of the customer as the API shows it now.
func (c *Payment) CustomerNow() string {
	if c.Succeeded() {
		return c.References().Customer
	}
	return c.Request.Customer.ID
}

// Succeeded reports whether the payer has paid: the charge is captured, or the authorization was authorized.
func (c *Payment) Succeeded() bool {
	return c.Status == tap.Captured || c.Kind() == tap.KindAuthorization && c.References().Authorization != ""
}

// capturedAt is when the charge was captured, zero if it was not.
func (c *Payment) capturedAt() time.Time {
	for n := range c.Latest() + 1 {
		if v := c.version(n); v.Status == tap.Captured {
			return v.At
		}
	}
	return time.Time{}
}

// AppendCSV appends the refund as a line of a download, see [tap.RefundColumns].
func (r *Refund) AppendCSV(b []byte) []byte {
	row, req, refs := tap.Row(b), r.Request, RefundReferences{}
	if r.drawn != nil && r.Status == tap.Refunded {
		refs = *r.drawn
	}
	completed := time.Time{}
	if r.Status.Final() {
		completed = r.At
	}
	row.Cells(r.ID, req.ChargeID, req.Currency, req.Amount.Text(3), string(r.Status))
	row.Code(r.Result.Code)
	row.Cell(r.Result.Message)
	row.Moment(r.Created)
	row.Moment(completed)
	row.Quoted(refs.Gateway)
	row.Cells(refs.Acquirer, refs.Payment)
	row.Quoted(req.Merchant)
	row.Cells(req.Reason, req.Description, r.Settings.MerchantID)
	row.Metadata(req.Metadata)
	row.End()
	return row
}
