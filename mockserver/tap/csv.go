package tap

import (
	"strings"
	"time"
)

// ChargeColumns is the first line of a download of charges (Rest of v2 3, documented).
const ChargeColumns = "payout_id,settlement_id,charge_id,currency,amount,status,authorization_id,status_code,status_message,gateway_code,gateway_message," +
	"issuer_code,issuer_message,charge_date,capture_date,post_date,settlement_date,payout_date,track_id,reference_gateway,reference_acquirer," +
	"reference_transaction,reference_order,receipt,customer_id,customer_name,customer_phone_code,customer_phone,customer_email,first_eight,last_four," +
	"issuer_country,payment_method,payment_scheme,payment_type,merchant_id,product,post_currency,post_amount,fee,fee_vat,net_amount," +
	"metadata_1,metadata_2,metadata_3,metadata_4,metadata_5"

// RefundColumns is the first line of a download of refunds. Tap's columns are not known: its documentation repeats those of charges.
const RefundColumns = "refund_id,charge_id,currency,amount,status,status_code,status_message,refund_date,completed_date,reference_gateway," +
	"reference_acquirer,reference_payment,reference_merchant,reason,description,merchant_id,metadata_1,metadata_2,metadata_3,metadata_4,metadata_5"

// Row is one line of a download, to which cells are appended from left to right.
type Row []byte

// Cell appends a cell, in quotes if its text needs them.
func (r *Row) Cell(text string) {
	if strings.ContainsAny(text, ",\"\r\n") {
		r.Quoted(text)
		return
	}
	*r = append(append(*r, text...), ',')
}

// Cells appends several cells.
func (r *Row) Cells(texts ...string) {
	for _, text := range texts {
		r.Cell(text)
	}
}

// Quoted appends a cell in quotes, as Tap writes references, receipts and phone numbers; an empty one without.
func (r *Row) Quoted(text string) {
	if text != "" {
		*r = append(append(append(*r, '"'), strings.ReplaceAll(text, `"`, `""`)...), '"')
	}
	*r = append(*r, ',')
}

// Code appends a code as Tap writes it: in quotes, with a blank at the end.
func (r *Row) Code(code string) {
	if code != "" {
		code += " "
	}
	r.Quoted(code)
}

// Moment appends date and time in UTC+03:00 (the zone is assumed), nothing for the zero value.
func (r *Row) Moment(at time.Time) {
	text := ""
	if !at.IsZero() {
		text = at.In(kuwait).Format("02/01/2006 03:04 PM")
	}
	r.Cell(text)
}

// Metadata appends five cells with the first five values of metadata.
func (r *Row) Metadata(metadata string) {
	keys, _ := metadataMembers(metadata)
	for i := range 5 {
		value := ""
		if i < len(keys) {
			value = MetadataText(metadata, keys[i])
		}
		r.Cell(value)
	}
}

// End ends the line.
func (r *Row) End() { *r = append((*r)[:len(*r)-1], '\n') }
