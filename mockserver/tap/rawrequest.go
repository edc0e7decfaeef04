package tap

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// rawCharge is a create request as clients write it: every scalar may be text, number or boolean, and every object may be
// null, "" or [] (PHP's spelling of an empty object).
type rawCharge struct {
	Amount              scalar                               `json:"amount"`
	Currency            scalar                               `json:"currency"`
	CustomerInitiated   scalar                               `json:"customer_initiated"`
	ThreeDSecure        scalar                               `json:"threeDSecure"`
	Misspelt            decoy                                `json:"threeDsecure"` // otherwise encoding/json would take it for threeDSecure
	SaveCard            scalar                               `json:"save_card"`
	Description         scalar                               `json:"description"`
	StatementDescriptor scalar                               `json:"statement_descriptor"`
	Metadata            optional[map[string]json.RawMessage] `json:"metadata"`
	Order               optional[rawID]                      `json:"order"`
	Merchant            optional[rawID]                      `json:"merchant"`
	Receipt             optional[struct {
		Email scalar `json:"email"`
		SMS   scalar `json:"sms"`
	}] `json:"receipt"`
	Reference optional[struct {
		Transaction scalar `json:"transaction"`
		Order       scalar `json:"order"`
		Idempotent  scalar `json:"idempotent"`
	}] `json:"reference"`
	Customer    optional[rawCustomer] `json:"customer"`
	Source      optional[rawID]       `json:"source"`
	Post        optional[rawURL]      `json:"post"`
	Redirect    optional[rawURL]      `json:"redirect"`
	Transaction optional[struct {
		Expiry optional[struct {
			Period scalar `json:"period"`
			Type   scalar `json:"type"`
		}] `json:"expiry"`
	}] `json:"transaction"`
}

type rawID struct {
	ID scalar `json:"id"`
}

type rawURL struct {
	URL scalar `json:"url"`
}

type rawCustomer struct {
	ID         scalar `json:"id"`
	FirstName  scalar `json:"first_name"`
	MiddleName scalar `json:"middle_name"`
	LastName   scalar `json:"last_name"`
	Email      scalar `json:"email"`
	Phone      optional[struct {
		CountryCode scalar `json:"country_code"`
		Number      scalar `json:"number"`
	}] `json:"phone"`
}

// decoy takes a field and forgets it.
type decoy struct{}

func (*decoy) UnmarshalJSON([]byte) error { return nil }

type kind int

const (
	absent kind = iota
	isText
	isNumber
	isBool
)

// scalar is a text, a number or a boolean, kept as its text.
type scalar struct {
	text string
	kind kind
}

func (v *scalar) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case 'n':
		*v = scalar{}
	case '"':
		v.kind = isText
		if bytes.IndexByte(b, '\\') < 0 && asciiOnly(b) {
			v.text = string(b[1 : len(b)-1])
			return nil
		}
		return json.Unmarshal(b, &v.text)
	case 't', 'f':
		*v = scalar{string(b), isBool}
	case '[':
		if len(b) > 2 {
			return misplaced("a list", v)
		}
		*v = scalar{}
	case '{':
		return misplaced("an object", v)
	default:
		*v = scalar{string(b), isNumber}
	}
	return nil
}

func asciiOnly(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= 0x80 }) < 0
}

func misplaced(what string, v any) error {
	return &json.UnmarshalTypeError{Value: what, Type: reflect.TypeOf(v)}
}

// optional is an object that may be missing. raw keeps it as sent.
type optional[T any] struct {
	value T
	set   bool
	empty string // "[]" or `""`, if that stood for no object
	raw   []byte
}

func (o *optional[T]) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '{':
		o.set, o.raw = true, b
		return json.Unmarshal(b, &o.value)
	case 'n':
		return nil
	case '[':
		if compact := bytes.Join(bytes.Fields(b), nil); string(compact) == "[]" {
			o.empty = "[]"
			return nil
		}
		return misplaced("a list", o)
	case '"':
		if string(b) == `""` {
			o.empty = `""`
			return nil
		}
		return misplaced("text", o)
	}
	return misplaced("a number or boolean", o)
}

// knownFields are the fields that the sheet names (Tap API 1.1); below a field that ends with a dot anything goes.
var knownFields = []string{
	"amount", "currency", "customer_initiated", "threeDSecure", "save_card", "description", "statement_descriptor",
	"metadata.", "order.", "payment_agreement.", "merchant.", "platform.", "destinations.", "payment_provider.", "hashstring",
	"receipt", "receipt.email", "receipt.sms",
	"reference", "reference.transaction", "reference.order", "reference.idempotent",
	"customer", "customer.id", "customer.first_name", "customer.middle_name", "customer.last_name", "customer.email",
	"customer.phone", "customer.phone.country_code", "customer.phone.number",
	"source", "source.id", "post", "post.url", "redirect", "redirect.url",
	"transaction", "transaction.expiry", "transaction.expiry.period", "transaction.expiry.type",
}

// unknownFields names, in order, each field of a JSON object that the sheet does not know.
func unknownFields(body []byte) []string {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return nil
	}
	var unknown []string
	walkFields("", fields, &unknown)
	slices.Sort(unknown)
	return unknown
}

func walkFields(prefix string, fields map[string]any, unknown *[]string) {
	for name, v := range fields {
		path := prefix + name
		switch inner, isObject := v.(map[string]any); {
		case slices.Contains(knownFields, path+"."):
		case !slices.Contains(knownFields, path):
			*unknown = append(*unknown, plainASCII(path)+": Tap knows no such field")
		case isObject:
			walkFields(path+".", inner, unknown)
		}
	}
}

// plainASCII keeps a client's own words fit for a header: printable ASCII, at most 60 characters.
func plainASCII(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return s[:min(len(s), 60)]
}
