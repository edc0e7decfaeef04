package tap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"
)

// CardObject is a card of a token or a saved card (Tap API 9 and Rest of v2 5, documented). A saved card has created, live_mode and customer, the
// card of a token has not.
type CardObject struct {
	ID          string   `json:"id"`
	Created     int64    `json:"created,omitempty"` // epoch milliseconds
	Object      string   `json:"object"`            // always "card"
	LiveMode    *bool    `json:"live_mode,omitempty"`
	Address     Raw      `json:"address"`
	Customer    string   `json:"customer,omitempty"`
	Funding     string   `json:"funding"` // always "DEBIT"
	Fingerprint string   `json:"fingerprint"`
	Brand       string   `json:"brand"`  // always "KNET"
	Scheme      string   `json:"scheme"` // always "KNET"
	Name        string   `json:"name,omitempty"`
	Issuer      *BankRef `json:"issuer,omitempty"`
	ExpMonth    int      `json:"exp_month"`
	ExpYear     int      `json:"exp_year"` // two digits
	LastFour    string   `json:"last_four"`
	FirstSix    string   `json:"first_six"`
}

// BankRef names the bank that issued a card.
type BankRef struct {
	Bank    string `json:"bank"`
	Country string `json:"country"`
	ID      string `json:"id"`
}

// TestBank is the bank of KNET's test cards (Rest of v2 14, documented).
const TestBank = "KNET Test Card [KNET1]"

// NewCardObject is Tap's object for a test card.
func NewCardObject(id string, card TestCard, expiry CardExpiry) CardObject {
	first, last := card.Ends()
	return CardObject{ID: id, Object: "card", Address: "{}", Funding: "DEBIT", Fingerprint: fingerprint(last, expiry), Brand: "KNET", Scheme: "KNET",
		ExpMonth: expiry.Month, ExpYear: expiry.Year % 100, LastFour: last, FirstSix: first}
}

// fingerprint is the same for the same card: 44 characters of base64, percent-encoded (documented shape).
func fingerprint(last string, expiry CardExpiry) string {
	return url.QueryEscape(PageToken(drawsOf(last + expiry.String())))
}

// CardList is the answer to a request for a customer's saved cards. Without any, the status is 404 (Rest of v2 5, documented).
type CardList struct {
	Object   string       `json:"object"` // always "list"
	HasMore  bool         `json:"has_more"`
	LiveMode bool         `json:"live_mode"`
	Data     []CardObject `json:"data"`
}

// CardDeleted is the answer to the deletion of a saved card, with both spellings (Rest of v2 5, documented).
type CardDeleted struct {
	Deleted bool   `json:"deleted"` // always true
	ID      string `json:"id"`
	Delete  bool   `json:"delete"` // always true
}

// BIN is what is known of a card's first six digits (Rest of v2 14, from a client).
type BIN struct {
	AddressRequired bool   `json:"address_required"`
	Bank            string `json:"bank"`
	BankLogo        string `json:"bank_logo"`
	BIN             string `json:"bin"`
	CardBrand       string `json:"card_brand"`
	CardScheme      string `json:"card_scheme"`
	Country         string `json:"country"`
	CardType        string `json:"card_type"`
}

// FindBIN returns what is known of six digits. The mock knows only those of KNET's test cards. The error is an *[Error]: 1154 or 1155.
func FindBIN(digits string) (*BIN, error) {
	switch {
	case digits == "":
		return nil, NewError("1154", "the first six digits are missing: GET /v2/bin/"+TestPrefix)
	case digits != TestPrefix:
		return nil, NewError("1155", "tapmock knows only the first six digits of KNET's test cards, "+TestPrefix)
	}
	return &BIN{Bank: TestBank, BIN: TestPrefix, CardBrand: "KNET", CardScheme: "KNET", Country: "KW", CardType: "DEBIT"}, nil
}

// NoCard is the error for a card that the customer has not saved: 404 with three keys (Rest of v2 5, documented for a deletion).
func NoCard(note string) *Error {
	return &Error{HTTPStatus: 404, Code: "7017", Word: "Not_Found", Description: "Invalid card Id", Note: note}
}

// CardID is the id of a saved card or a token, of Tap's second family with environment and node letter as since 2025 (Tap API 10.2, observed;
// Rest of v2 16, documented): the same for the same text.
func CardID(prefix, text string, at time.Time) string {
	h := fnv.New64a()
	h.Write([]byte(text))
	mixed := strings.Map(func(r rune) rune {
		if r == '/' || r == '+' || r == '=' {
			return 'x'
		}
		return r
	}, PageToken(drawsOf(text)))
	at = at.UTC()
	return fmt.Sprintf("%s_TS0%dA%s%s%s%s%03d", prefix, 1+h.Sum64()%7, mixed[:4], at.Format("05061504"), mixed[4:8], at.Format("2")+mixed[8:10], at.Nanosecond()/1e6)
}

// Compact is the JSON of an object whose keys are the same in every style.
func Compact(of any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(of); err != nil {
		panic("tap: an object of this package: " + err.Error())
	}
	return bytes.TrimSpace(out.Bytes())
}

// drawsOf is a source of draws that a text determines.
func drawsOf(text string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(text))
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}
