package tap

import (
	"bytes"
	"fmt"
	"strings"
)

// PaymentRequest is a valid request for a charge or an authorization with Tap's defaults filled in (Tap API 1.1, documented). It does not
// change after its object is created. Language comes from a header; the caller sets it.
type PaymentRequest struct {
	Amount              Amount
	Currency            string
	CustomerInitiated   bool
	ThreeDSecure        bool
	SaveCard            bool
	ReceiptEmail        bool
	ReceiptSMS          bool
	AuthorizeDebit      bool // of an authorization
	Description         string
	StatementDescriptor string
	Metadata            string // a JSON object as sent, compact; "" if none was sent
	OrderID             string
	MerchantID          string
	Transaction         string // reference.transaction
	Order               string // reference.order
	Idempotent          string // reference.idempotent
	Customer            Customer
	Source              string // src_kw.knet, src_all or src_card; of a capture the id of the authorization
	PostURL             string
	RedirectURL         string
	ExpiryMinutes       int
	Auto                *AutoRequest // of an authorization; nil if none was sent
	Language            string       // en or ar, from the header lang_code; "" if there was none
}

// Customer is the customer in a create request.
type Customer struct {
	ID          string
	FirstName   string
	MiddleName  string
	LastName    string
	Email       string
	CountryCode string
	Number      string
}

// IsToken reports whether the source is a token of a card.
func (r *PaymentRequest) IsToken() bool { return strings.HasPrefix(r.Source, "tok_") }

// The sources that the mock supports. With SourceKNET the payer gets KNET's page, with the others a page to choose the method.
const (
	SourceKNET = "src_kw.knet"
	SourceAll  = "src_all"
	SourceCard = "src_card"
)

// ParsePaymentRequest reads the JSON of a request for a charge or an authorization and checks it in Tap's order (Tap API 1.2, order inferred). The error is an
// *[Error] with the first mistake. Each note names a leniency: something that was accepted although it is not as documented. Under
// the setting strict the first leniency is an error (1103, naming the field).
func ParsePaymentRequest(kind Kind, body []byte, s *Settings) (*PaymentRequest, []string, error) {
	rd := &reader{kind: kind}
	defer func() { freeJSON(rd.raw.tree) }()
	if err := rd.parse(body); err != nil {
		return nil, nil, err
	}
	req, err := rd.payment(s)
	if err != nil {
		return nil, rd.notes, err
	}
	if size := req.Size(); size > maxKept {
		return nil, nil, NewError("1103", fmt.Sprintf("the values together have %d bytes, tapmock keeps at most %d for a charge", size, maxKept))
	}
	if s.Strict && len(rd.notes) > 0 {
		return nil, nil, StrictError(rd.notes[0])
	}
	texts := req.texts()
	compact(append(texts[:], &req.Currency, &req.Source, &req.Language))
	return req, rd.notes, nil
}

// maxKept bounds the values of one charge in bytes. Tap documents no limit for e-mail, ids, URLs and metadata as a whole, but the
// mock keeps them in memory.
const maxKept = 16 << 10

// Size is the number of bytes of text that the request keeps.
func (r *PaymentRequest) Size() int {
	n := 0
	for _, text := range r.texts() {
		n += len(*text)
	}
	return n
}

// texts are the merchant's texts in the request.
func (r *PaymentRequest) texts() [17]*string {
	c := &r.Customer
	return [...]*string{
		&r.Description, &r.StatementDescriptor, &r.Metadata, &r.OrderID, &r.MerchantID, &r.Transaction, &r.Order, &r.Idempotent,
		&c.ID, &c.FirstName, &c.MiddleName, &c.LastName, &c.Email, &c.CountryCode, &c.Number, &r.PostURL, &r.RedirectURL,
	}
}

// Masked returns the request as the control API may show it, see [Mask]. It is r itself if there is nothing to mask.
func (r *PaymentRequest) Masked() *PaymentRequest {
	shown := *r
	for _, text := range shown.texts() {
		*text = Mask(*text)
	}
	if shown == *r {
		return r
	}
	return &shown
}

// StrictError is the error for a leniency under the setting strict: 400 with 1103, and a description that names the field.
func StrictError(leniency string) *Error {
	e := NewError("1103", "")
	e.Description = "strict: " + leniency
	return e
}

// parse reads the body into a raw request.
func (rd *reader) parse(body []byte) error {
	_, root, err := rd.whole(body)
	if err != nil {
		return err
	}
	return rd.read(requestSchemas[rd.kind], root)
}

// whole reads the JSON of a request that creates something, an object with values. The caller frees the tree.
func (rd *reader) whole(body []byte) (*jsonTree, int32, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, 0, NewError("1102", "the body is empty")
	}
	tree, root, err := parseJSON(body)
	rd.raw.tree = tree
	if err != nil {
		return tree, 0, NewError("2100", err.Error())
	}
	n := &tree.nodes[root]
	switch {
	case n.kind == isNull, n.child == 0 && (n.kind == isObject || n.kind == isList):
		return tree, 0, NewError("1102", "the body has no values")
	case n.kind != isObject:
		return tree, 0, NewError("2100", "the body is "+kindNames[n.kind]+", an object is wanted")
	}
	return tree, root, nil
}
