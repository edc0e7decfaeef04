package tap

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TokenObject is a token as the API shows it: the keys of 2023 in their order, then those of 2025, whose order is not known (Rest of v2 7,
// documented).
type TokenObject struct {
	ID       string         `json:"id"`
	Created  int64          `json:"created"` // epoch milliseconds
	Object   string         `json:"object"`  // always "token"
	LiveMode bool           `json:"live_mode"`
	Type     string         `json:"type"` // CARD, or SAVED_CARD
	Used     bool           `json:"used"`
	Card     CardObject     `json:"card"`
	Status   string         `json:"status,omitempty"`  // ACTIVE; not in older styles, as what follows
	Purpose  string         `json:"purpose,omitempty"` // CHARGE
	Merchant *TokenMerchant `json:"merchant,omitempty"`
	ClientIP string         `json:"client_ip,omitempty"`
}

// TokenMerchant is the merchant of a token.
type TokenMerchant struct {
	ID string `json:"id"`
}

// TokenLife is how long a token can be used (Rest of v2 7, documented).
const TokenLife = 5 * time.Minute

// TokenRequest is a valid request for a token: of a test card, or of a card that a customer has saved.
type TokenRequest struct {
	Card       TestCard
	Expiry     CardExpiry
	Name       string
	Address    string // a JSON object as sent, compact
	SavedCard  string // id; "" for a token of a card
	CustomerID string // whose card it is
	ClientIP   string
}

// tokenPaths are the paths of all fields and objects of a request for a token.
var tokenPaths = []string{"card", "card.number", "card.exp_month", "card.exp_year", "card.cvc", "card.name", "card.address", "card.crypted_data",
	"saved_card", "saved_card.card_id", "saved_card.customer_id", "client_ip", "type", "token_data", "merchant"}

// tokenReader reads a request for a token.
type tokenReader struct {
	bodyReader
	req         TokenRequest
	number      string
	month, year string
	other       string // a form of a request that the mock does not have
}

// ParseTokenRequest reads the JSON of a request for a token. Only numbers of KNET's test cards are taken, see [ParseTestCard]; for any other one
// the error is the permission that a merchant needs for card numbers (2108). The error is an *[Error]; notes and the setting strict are as in
// [ParsePaymentRequest].
func ParseTokenRequest(body []byte, s *Settings) (*TokenRequest, []string, error) {
	rd := &tokenReader{}
	rd.paths, rd.field = tokenPaths, rd.read
	notes, err := rd.readBody(body, s, func() error {
		if err := rd.check(); err != nil {
			return err
		}
		r := &rd.req
		compact([]*string{&r.Name, &r.Address, &r.SavedCard, &r.CustomerID, &r.ClientIP})
		return nil
	})
	if err != nil {
		return nil, notes, err
	}
	return &rd.req, notes, nil
}

func (rd *tokenReader) read(path string, at int32) (err error) {
	r := &rd.req
	switch path {
	case "card", "saved_card":
		return rd.object(path, at, path+".")
	case "card.number":
		return rd.digits(path, at, &rd.number)
	case "card.exp_month":
		return rd.digits(path, at, &rd.month)
	case "card.exp_year":
		return rd.digits(path, at, &rd.year)
	case "card.cvc", "merchant": // a KNET card has a PIN instead
	case "card.name":
		return rd.take(path, at, &r.Name)
	case "card.address":
		if r.Address = ""; rd.raw.tree.nodes[at].kind == isObject {
			r.Address = rd.raw.tree.raw(at)
			return nil
		}
		return rd.noObject(path, at)
	case "saved_card.card_id":
		return rd.take(path, at, &r.SavedCard)
	case "saved_card.customer_id":
		return rd.take(path, at, &r.CustomerID)
	case "client_ip":
		return rd.take(path, at, &r.ClientIP)
	case "card.crypted_data", "type", "token_data":
		rd.other = path
	default:
		rd.unknown(path, rd.paths)
	}
	return nil
}

// digits reads digits that may be sent as a number or as text.
func (rd *tokenReader) digits(path string, at int32, to *string) error {
	v, err := rd.scalar(path, at)
	*to = v.text
	return err
}

func (rd *tokenReader) check() (err error) {
	r := &rd.req
	switch {
	case rd.other != "":
		return tokenError("1103", "Required_inputs_invalid", "Failed to decrypt RSA encryption, please check your encryption",
			rd.other+": tapmock makes tokens of test cards and of saved cards only")
	case r.SavedCard != "":
		if !strings.HasPrefix(r.CustomerID, "cus_") {
			return NewError("1105", "saved_card.customer_id: ids of customers begin with cus_")
		}
		return nil
	case rd.number == "":
		return tokenError("1140", "REQUIRED_INPUTS_INVALID", "Card validation failed - Invalid credit card number.", "card.number: it is missing")
	case len(r.Name) > maxCardText, len(r.Address) > maxCardText, len(r.ClientIP) > maxCardText:
		return NewError("1103", fmt.Sprintf("card.name, card.address, client_ip: want at most %d bytes each", maxCardText))
	}
	if r.Card, err = ParseTestCard(rd.number); err != nil {
		e := NewError("2108", "card.number: "+err.Error()+"; the number was not kept")
		e.Description = "It is likely that you need to grant card_number"
		return e
	}
	return rd.expiry()
}

// maxCardText bounds what is kept of a card's name, address and the client's address.
const maxCardText = 2000

func (rd *tokenReader) expiry() error {
	month, errM := strconv.Atoi(rd.month)
	year, errY := strconv.Atoi(rd.year)
	switch {
	case errM != nil || month < 1 || month > 12:
		return tokenError("1141", "REQUIRED_INPUTS_ARE_INVALID", "Card validation failed - exp_month can't be blank", "card.exp_month: want 1 to 12")
	case errY != nil || year < 0 || year > 99 && (year < 2000 || year > 2099):
		return tokenError("1141", "REQUIRED_INPUTS_ARE_INVALID", "Card validation failed - exp_year can't be blank", "card.exp_year: want two or four digits")
	case year < 100:
		year += 2000
	}
	rd.req.Expiry = CardExpiry{Month: month, Year: year}
	return nil
}

// tokenError is an error with three keys (Rest of v2 7, documented).
func tokenError(code, word, description, note string) *Error {
	return &Error{HTTPStatus: 400, Code: code, Word: word, Description: description, Note: note}
}

// CardExpired is the error for a card that has expired (Rest of v2 7, documented).
func CardExpired() *Error {
	return tokenError("4101", "REQUIRED_INPUTS_ARE_INVALID", "Card validation failed - Card has expired, please check", "card.exp_month, card.exp_year: before the month of the account's clock")
}

// VerifyRequest is a valid request to verify a card.
type VerifyRequest struct{ Source string }

// ParseVerifyRequest reads the JSON of a request to verify a card, of which only the source matters: a KNET merchant cannot verify any card. The
// error is an *[Error].
func ParseVerifyRequest(body []byte, _ *Settings) (*VerifyRequest, []string, error) {
	var sent struct {
		Source struct {
			ID string `json:"id"`
		} `json:"source"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, nil, NewError("2100", "the body is not a JSON object with source.id as text")
	}
	if sent.Source.ID == "" {
		return nil, nil, NewError("1124", "source.id: send a token")
	}
	return &VerifyRequest{sent.Source.ID}, nil, nil
}
