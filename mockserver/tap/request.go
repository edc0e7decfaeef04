package tap

import (
	"bytes"
	"encoding/json"
	"errors"
)

// ChargeRequest is a create request that has been found valid, with Tap's defaults filled in (Tap API 1.1, documented).
// It is never changed after [ParseChargeRequest] has made it.
type ChargeRequest struct {
	Amount              Amount
	Currency            string
	CustomerInitiated   bool
	ThreeDSecure        bool
	SaveCard            bool
	Description         string
	StatementDescriptor string
	Metadata            string // a JSON object as sent, compact; "" if none was sent
	OrderID             string
	MerchantID          string
	ReceiptEmail        bool
	ReceiptSMS          bool
	Transaction         string // reference.transaction
	Order               string // reference.order
	Idempotent          string // reference.idempotent
	Customer            Customer
	Source              string // src_kw.knet, src_all or src_card
	PostURL             string
	RedirectURL         string
	ExpiryMinutes       int
}

// Customer is who pays, as the request says.
type Customer struct {
	ID          string
	FirstName   string
	MiddleName  string
	LastName    string
	Email       string
	CountryCode string
	Number      string
}

// Sources that the mock plays. KNET leads straight to KNET's page, the others to a page with a choice.
const (
	SourceKNET = "src_kw.knet"
	SourceAll  = "src_all"
	SourceCard = "src_card"
)

// ParseChargeRequest reads the JSON of a create request and checks it in the sheet's order (Tap API 1.2, order inferred).
// The error is an *[Error] with the first thing that is wrong. Notes say, a line each, what was taken although it is not
// as documented; under the setting strict the first of them is an error instead (1103, naming the field).
func ParseChargeRequest(body []byte, s *Settings) (*ChargeRequest, []string, error) {
	raw, err := decodeCharge(body)
	if err != nil {
		return nil, nil, err
	}
	rd := &reader{}
	req, err := rd.charge(raw, s)
	if err != nil {
		return nil, rd.notes, err
	}
	if s.Strict {
		rd.notes = append(rd.notes, unknownFields(body)...)
		if len(rd.notes) > 0 {
			return nil, nil, StrictError(rd.notes[0])
		}
	}
	return req, rd.notes, nil
}

// StrictError is the answer to a leniency under the setting strict: 400 with 1103, and a description that names the field.
func StrictError(leniency string) *Error {
	e := NewError("1103", "")
	e.Description = "strict: " + leniency
	return e
}

func decodeCharge(body []byte) (*rawCharge, error) {
	body = bytes.TrimSpace(body)
	switch string(body[:min(len(body), 4)]) {
	case "":
		return nil, NewError("1102", "the body is empty")
	case "null", "[]", "{}":
		return nil, NewError("1102", "the body holds no values")
	}
	var raw rawCharge
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, NewError("2100", jsonTrouble(err))
	}
	return &raw, nil
}

// jsonTrouble says in plain words what a JSON body lacks.
func jsonTrouble(err error) string {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if e.Field == "" {
			return "the body is JSON of another kind (" + e.Value + "), an object is wanted"
		}
		return e.Field + ": " + e.Value + " cannot stand there"
	}
	return plainASCII(err.Error())
}
